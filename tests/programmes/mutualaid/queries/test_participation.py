"""Heads against the staff: which units are below the least share, as far as one sees."""

from datetime import date

import pytest

from gonghui.programmes.mutualaid.terms import Participation
from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.papers.year import PERIOD, enrolled
from tests.vault_fixtures import keys

__all__ = ["keys"]  # a fixture
ON = date(2022, 3, 1)


@pytest.fixture
def year(house, keys, tmp_path):
    from gonghui.ground.directory.services.units import set_unit

    made = enrolled(house, open_for_rosters(house, tmp_path), tmp_path)
    for unit, workforce in (("unit_a", 4), ("unit_b", 30)):
        set_unit(house.clerk, house.union[unit], on=date(2021, 6, 1), workforce=workforce)
    return made


def asked(actor, year, minimum=8_000, **small):
    from gonghui.programmes.mutualaid.queries.participation import participation

    with actor.transaction():
        found = participation(year.scheme.pk, PERIOD[0], Participation(minimum, **small), on=ON)
    return [(one.code, one.heads, one.least, one.missing) for one in found]


def test_units_are_held_against_the_least_share_rounded_up(house, year):
    # 80 % of 4 are 3.2 people, so 4; a unit in which nobody takes part is listed, too.
    assert asked(house.clerk, year) == [("unit_a", 3, 4, 1), ("unit_b", 0, 24, 24)]


def test_small_units_have_a_share_of_their_own(house, year):
    small = asked(house.clerk, year, small_up_to=10, small_minimum=5_000)
    assert small == [("unit_a", 3, 2, 0), ("unit_b", 0, 24, 24)]


def test_an_officer_sees_her_own_unit_only(house, year):
    assert [row[0] for row in asked(house.officer_a, year)] == ["unit_a"]
    assert [row[0] for row in asked(house.officer_b, year)] == ["unit_b"]


def test_who_left_counts_no_longer(house, year):
    from gonghui.programmes.mutualaid.models import Enrolment
    from gonghui.programmes.mutualaid.services.enrolments import withdraw
    from tests.programmes.mutualaid.enrolling import FUND

    with house.clerk.transaction():
        one = Enrolment.objects.order_by("pk").first().pk
    withdraw(house.clerk, one, on=date(2022, 2, 1), because="退休", fund=FUND)
    assert asked(house.clerk, year)[0] == ("unit_a", 2, 4, 2)
