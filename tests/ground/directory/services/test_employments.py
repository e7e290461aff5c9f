"""Hired, left, transferred, each from a day on."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal
from tests.ground.directory.rooms import employments, people

MARCH, APRIL = date(2022, 3, 1), date(2022, 4, 1)


def works_in(house, name, day):
    codes = {number: code for code, number in house.union.items()}
    return [codes[one] for one in people.workplaces_on(house.clerk, house.person[name], day)]


def test_who_leaves_is_gone_from_the_day_on(house):
    employments.leave(house.officer_a, house.person["worker_a"], house.union["unit_a"], on=MARCH)
    assert works_in(house, "worker_a", date(2022, 2, 28)) == ["unit_a"]
    assert works_in(house, "worker_a", MARCH) == []
    again = house.person["worker_a"], house.union["unit_a"]
    with pytest.raises(Refusal, match="no such entry"):
        employments.leave(house.officer_a, *again, on=APRIL)
    employments.hire(house.officer_a, *again, on=APRIL, category="在职")
    assert works_in(house, "worker_a", APRIL) == ["unit_a"]
    with pytest.raises(Refusal, match="works there on one of these days"):
        employments.hire(house.officer_a, *again, on=APRIL)


def test_a_transfer_leaves_no_day_between(house):
    worker, old, new = house.person["worker_a"], house.union["unit_a"], house.union["unit_a2"]
    employments.transfer(house.county_clerk_a, worker, old, new, on=MARCH)
    assert works_in(house, "worker_a", date(2022, 2, 28)) == ["unit_a"]
    assert works_in(house, "worker_a", MARCH) == ["unit_a2"]
    with pytest.raises(Refusal, match="are one"):
        employments.transfer(house.county_clerk_a, worker, new, new, on=APRIL)
    with pytest.raises(Refusal, match="no such entry"):
        employments.transfer(house.county_clerk_a, worker, old, new, on=APRIL)


def test_nobody_takes_or_pushes_people_over_a_border(house):
    mine, theirs = house.person["worker_a"], house.person["worker_b"]
    a, b = house.union["unit_a"], house.union["unit_b"]
    for attempt in (
        lambda: employments.transfer(house.officer_a, mine, a, b, on=MARCH),
        lambda: employments.transfer(house.officer_a, theirs, b, a, on=MARCH),
        lambda: employments.hire(house.officer_a, theirs, a, on=MARCH),
        lambda: employments.hire(house.officer_a, mine, b, on=MARCH),
        lambda: employments.hire(house.officer_a, 10**9, a, on=MARCH),
        lambda: employments.leave(house.officer_a, theirs, b, on=MARCH),
    ):
        with pytest.raises(Refusal, match="no such entry"):
            attempt()
    with pytest.raises(Refusal, match="do not allow"):
        employments.leave(house.auditor, mine, a, on=MARCH)
