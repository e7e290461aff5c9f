"""Where compiled folds of the tests are kept: by shape, so a second run compiles nothing."""

from pathlib import Path

import pytest

KEPT = Path(__file__).parents[3] / ".cache" / "compiled"


@pytest.fixture(scope="session")
def compiled():
    KEPT.mkdir(parents=True, exist_ok=True)
    return KEPT
