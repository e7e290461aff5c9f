"""The unions, the people, and identity numbers that nobody can have."""

import re

import numpy as np
import pytest

from gonghui.core.periods import date_of, day_of, full_years, parse_day
from gonghui.twin.identity_numbers import REGION, identity_numbers
from gonghui.twin.published import CONTRIBUTIONS_FEN, COVER_FROM, COVER_UNTIL, UNITS, WORKERS
from gonghui.twin.unions import CITY, MINE, plant

PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47)}
PROVINCES |= {*range(50, 55), *range(61, 66), 71, 81, 82, 83}
WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
NAMED_ON_THE_PAGE = {
    *("张靖宇", "李新和", "葛巧红", "许竹英", "金丽艳", "丁明琴", "吕明亮"),
    *("安艺", "李华", "王娜", "杨军辉", "王影"),
}


def check_character(number):
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return "10X98765432"[total % 11]


def test_exactly_the_published_units_and_people(city):
    assert len(city.tree.units) == UNITS == 423
    assert len(city.people) == city.tree.headcount.sum() == WORKERS == 62_715
    assert (
        np.bincount(city.people.union, minlength=len(city.tree.unions)) == city.tree.headcount
    ).all()
    assert city.contributions_fen == CONTRIBUTIONS_FEN == 5_017_200_00


def test_sizes_have_a_heavy_tail(city):
    sizes = np.sort(city.tree.headcount[city.tree.units])
    assert sizes[0] >= 6
    assert np.median(sizes) < sizes.mean() / 2
    assert sizes[-42:].sum() > 0.4 * sizes.sum()


def test_the_tree_has_one_top_and_parents_come_first(city):
    unions = city.tree.unions
    assert [union.name for union in unions if union.parent < 0] == [CITY]
    assert all(union.parent < place for place, union in enumerate(unions))
    assert len({union.name for union in unions}) == len(unions) == len({u.code for u in unions})
    assert city.tree.path(city.tree.position(MINE)) == "焦作市总工会 → 焦煤集团 → 焦煤集团九里山矿"
    depths = {city.tree.path(place).count("→") for place in city.tree.units}
    assert depths >= {2, 3, 4}


def test_a_tree_too_small_for_its_people_is_refused():
    with pytest.raises(ValueError, match="too few"):
        plant(np.random.default_rng(1), 423, 9_000)


def test_names_of_the_page_cannot_arise(city):
    assert NAMED_ON_THE_PAGE.isdisjoint(city.people.name.tolist())
    assert all(re.fullmatch(r"[\u3400-\u9fff]{2,3}", name) for name in city.people.name.tolist())


def test_everybody_is_of_working_age_and_covered_for_the_year(city):
    facts = city.people.facts
    ages = {full_years(int(born), COVER_FROM) for born in np.unique(facts["born_on"])}
    assert min(ages) == 18
    assert max(ages) == 59
    assert set(facts["cover_from"]) == {parse_day("2022-01-01")} == {COVER_FROM}
    assert set(facts["cover_until"]) == {parse_day("2023-01-01")} == {COVER_UNTIL}
    assert set(facts["in_service"]) == {1}


def test_who_retires_in_the_year_does_so_on_a_birthday(city):
    facts = city.people.facts
    retiring = np.flatnonzero(facts["retired_on"] >= COVER_FROM)
    assert 0 < retiring.size < 0.05 * WORKERS
    for person in retiring:
        years = 60 if facts["sex"][person] == 1 else 55
        assert full_years(int(facts["born_on"][person]), int(facts["retired_on"][person])) == years
        assert facts["retired_on"][person] < COVER_UNTIL


def test_identity_numbers_are_well_formed_and_different(city):
    numbers = city.people.identity_number.tolist()
    assert len(set(numbers)) == WORKERS
    for number, born, sex in zip(
        numbers, city.people.facts["born_on"], city.people.facts["sex"], strict=True
    ):
        assert re.fullmatch(r"[1-9]\d{16}[\dX]", number)
        assert number[6:14] == f"{date_of(int(born)):%Y%m%d}"
        assert int(number[16]) % 2 == (sex == 1)
        assert number[17] == check_character(number)


def test_no_office_can_issue_them(city):
    assert {number[:6] for number in city.people.identity_number.tolist()} == {REGION}
    assert int(REGION[:2]) not in PROVINCES
    # A foreigner's permanent residence number begins with a 9 and names a province after it.
    assert int(REGION[1:3]) not in PROVINCES


def test_the_check_character_is_that_of_the_standard():
    # The number printed as an example in GB 11643-1999.
    assert check_character("11010519491231002X") == "X"


def test_too_many_births_on_one_day_are_refused():
    born = np.full(501, day_of(date_of(5_000)))
    with pytest.raises(ValueError, match="more than 500"):
        identity_numbers(born, np.ones(501, dtype=bool))
