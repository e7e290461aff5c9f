"""Every unit is billed for its people once, and bills can be taken back until money comes."""

import pytest

from tests.programmes.mutualaid.enrolling import enrol, open_for_rosters, person, roster
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.paying import (
    BILLED,
    FEE,
    KEPT,
    SLIPPED,
    UNITS,
    billed,
    issue,
    reasons_kept,
)


@pytest.fixture
def year(house, tmp_path, connect):
    return billed(house, open_for_rosters(house, tmp_path), tmp_path, connect)


def test_every_unit_is_billed_for_its_people(year):
    assert year.bill("unit_a")[2:] == (2 * FEE, 0, None)
    assert year.bill("unit_b")[2:] == (FEE, 0, None)
    assert year.row("select count(*) from mutualaid_enrolment where bill_id is null") == (0,)


def test_nobody_is_billed_twice_and_additions_get_a_bill_of_their_own(year, tmp_path):
    assert issue(year.house.clerk, year.scheme).bills == []
    enrol(year.house.clerk, roster(tmp_path, [person(UNITS["unit_a"])], "more.csv"))
    issued = issue(year.house.clerk, year.scheme)
    assert (len(issued.bills), issued.heads, issued.total_fen) == (1, 1, FEE)
    assert year.row("select count(*) from mutualaid_bill") == (3,)


def test_chosen_units_only(year, tmp_path):
    more = [person(UNITS["unit_a"]), person(UNITS["unit_b"])]
    enrol(year.house.clerk, roster(tmp_path, more, "more.csv"))
    here = [year.house.union["unit_b"]]
    assert issue(year.house.clerk, year.scheme, union_ids=here).heads == 1


def test_a_bill_taken_back_leaves_its_people_to_be_billed_again(year):
    from gonghui.programmes.mutualaid.services.bills import cancel_bill

    cancel_bill(year.house.clerk, year.bill()[0], on=BILLED, because="单位名称有误")
    issued = issue(year.house.clerk, year.scheme)
    assert (len(issued.bills), issued.heads) == (1, 2)
    with refused("no such bill"):
        cancel_bill(year.house.clerk, issued.bills[0] - 2, on=BILLED, because="再次")


def test_a_bill_on_which_money_came_stays(year):
    from gonghui.programmes.mutualaid.services.bills import cancel_bill

    year.take(("80.00", year.number(), "S1"))
    with refused("Money was received"):
        cancel_bill(year.house.clerk, year.bill()[0], on=BILLED, because="单位名称有误")


def test_bills_are_issued_by_those_who_may_and_where_they_may(year, tmp_path):
    with refused("contribution.bill"):
        issue(year.house.officer_a, year.scheme)
    more = [person(UNITS["unit_a"]), person(UNITS["unit_b"])]
    enrol(year.house.clerk, roster(tmp_path, more, "more.csv"))
    assert issue(year.house.county_clerk_a, year.scheme).heads == 1


def test_of_a_number_in_the_reason_only_the_end_is_kept(year, connect):
    from gonghui.programmes.mutualaid.services.bills import cancel_bill

    cancel_bill(year.house.clerk, year.bill()[0], on=BILLED, because=SLIPPED)
    assert reasons_kept(connect) == [KEPT]
