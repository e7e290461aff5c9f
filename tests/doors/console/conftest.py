import pytest

from tests.doors.web.conftest import browser  # noqa: F401  (a fixture)
from tests.programmes.mutualaid.claiming import window  # noqa: F401  (a fixture)


@pytest.fixture(autouse=True)
def day_of_the_books(house):
    """The books of the tests are those of 2022."""
    from django.test import override_settings

    with override_settings(BUSINESS_DAY="2022-07-01"):
        yield
