"""For every test: Hypothesis without deadlines; no browser, no browser tests."""

import shutil

import pytest
from hypothesis import settings

from tests.ground_fixtures import *  # noqa: F403  (fixtures are known by their names)

# A busy machine pauses for longer than any deadline for one example.
settings.register_profile("ci", deadline=None)
settings.load_profile("ci")


def pytest_collection_modifyitems(items):
    if shutil.which("chromium"):
        return
    skip = pytest.mark.skip(
        reason="no chromium here (Debian: apt-get install chromium fonts-noto-cjk)"
    )
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)
