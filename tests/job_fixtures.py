"""The house with jobs in it: keys for errands, and a table in which tasks leave marks."""

import pytest

from tests.vault_fixtures import keys

__all__ = ["keys", "office"]


@pytest.fixture
def office(house, keys, connect):
    """The house; ``office.marks()`` is what tasks of the tests did."""
    from tests.ground.jobs.marks import TABLE, marks

    superuser = connect("superuser", autocommit=True)
    superuser.execute(TABLE)
    house.superuser = superuser
    house.marks = lambda: marks(superuser)
    return house
