"""A city's roster is read and checked within bounds that a busy machine can keep, too."""

import pytest

from tests.programmes.mutualaid.rosters.timing import PEOPLE, figures


@pytest.mark.slow
def test_a_city_is_read_and_checked_in_little_more_than_its_raw_reading():
    found = figures()
    assert found["good"] == found["rows_in"] == PEOPLE
    assert found["check_cpu"] < 4 * found["raw_cpu"]
    assert found["own_mib"] + found["child_mib"] < 512
