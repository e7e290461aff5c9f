"""For every test: Hypothesis without deadlines; no browser, no browser tests."""

import shutil
from collections import Counter

import pytest
from hypothesis import settings

from tests.ground_fixtures import *  # noqa: F403  (fixtures are known by their names)
from tests.pages_fixtures import *  # noqa: F403
from tests.vault_fixtures import SOAK

# A busy machine pauses for longer than any deadline for one example. `make test` draws the same
# examples every time, so that what fails was changed by somebody; `make soak` draws new ones.
settings.register_profile("ci", deadline=None, derandomize=not SOAK)
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


def pytest_sessionfinish(session):
    """Commands leave the database of their home running, as they should; of a test's home, too."""
    if hasattr(session.config, "workerinput"):
        return  # one of several workers; the one who started them comes last
    factory = session.config._tmp_path_factory
    if factory._basetemp is None and not factory._given_basetemp:
        return
    from gonghui.config.cluster import Cluster

    for mark in factory.getbasetemp().glob("**/postgres/data/postmaster.pid"):
        Cluster(mark.parents[2]).stop()


def pytest_terminal_summary(terminalreporter):
    """Where the time went: minutes a group, the first folder below tests; workers side by side."""
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "nodeid"):
                seconds[report.nodeid.split("/")[1] if "/" in report.nodeid else "."] += (
                    report.duration
                )
    if seconds:
        terminalreporter.section("minutes a group, all workers together")
        for group, spent in seconds.most_common():
            terminalreporter.write_line(f"{spent / 60:6.1f}  {group}")
