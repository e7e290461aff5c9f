"""Keys for errands, and a table in which tasks of the tests leave marks."""

import pytest

from tests.ground.jobs.keys import make_keys


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """A key file of this test."""
    return make_keys(tmp_path, monkeypatch)


@pytest.fixture
def office(house, keys, connect):
    """The house, with keys and a table for marks; ``office.marks()`` is what was done."""
    from tests.ground.jobs.marks import TABLE, marks

    superuser = connect("superuser", autocommit=True)
    superuser.execute(TABLE)
    house.superuser = superuser
    house.marks = lambda: marks(superuser)
    return house
