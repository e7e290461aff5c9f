"""One city for all tests of the twin: it is never changed."""

import pytest

from gonghui.twin.city import build_city
from tests.twin.plain_scheme import PlainScheme


@pytest.fixture(scope="session")
def city():
    return build_city(PlainScheme())
