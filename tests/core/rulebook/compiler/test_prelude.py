"""What the written step may call, against slow and obvious readings."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.adjudication.history import calendar_array
from gonghui.core.calendar import WorkingDays
from gonghui.core.periods import FOREVER, date_of, day_of
from gonghui.core.rulebook.compiler.prelude import (
    FUNCTIONS,
    day_of_year,
    held_uses,
    nth_working_day,
    source,
)

KNOWN = WorkingDays.load()
TABLE = calendar_array(KNOWN)
FIRST, LAST = KNOWN.origin + 1, KNOWN.last
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@given(DAYS, st.integers(0, 5), st.integers(1, 12), st.integers(1, 31))
def test_a_day_of_a_later_year_is_that_date_or_the_last_of_its_month(day, years, month, wanted):
    found = date_of(day_of_year(day_of(day), years, month, wanted))
    try:
        assert found == date(day.year + years, month, wanted)
    except ValueError:
        assert (found.year, found.month) == (day.year + years, month)
        assert (found + timedelta(days=1)).day == 1


@given(st.integers(FIRST - 1, LAST - 120), st.integers(1, 60))
def test_the_nth_working_day_is_found_by_counting(day, number):
    found, left = day, number
    while left:
        found += 1
        left -= KNOWN.is_working(found)
    assert nth_working_day(TABLE, day, number) == found


def test_no_working_day_after_a_day_is_the_day_itself():
    assert nth_working_day(TABLE, day_of(date(2022, 5, 1)), 0) == day_of(date(2022, 5, 1))


@pytest.mark.parametrize(
    ("day", "number", "found"),
    [
        # 30 April to 4 May 2022 were days off, 7 May (a Saturday) was worked.
        (date(2022, 4, 29), 1, date(2022, 5, 5)),
        (date(2022, 5, 1), 1, date(2022, 5, 5)),
        (date(2022, 5, 6), 1, date(2022, 5, 7)),
        (date(2022, 5, 6), 2, date(2022, 5, 9)),
        (date(2022, 3, 5), 30, date(2022, 4, 18)),
    ],
)
def test_holidays_and_worked_weekends_are_as_announced(day, number, found):
    assert date_of(nth_working_day(TABLE, day_of(day), number)) == found


@pytest.mark.parametrize("day", [FIRST - 400, LAST, LAST + 1, LAST + 400, 0, -10_000, FOREVER])
def test_a_day_the_calendar_does_not_know_is_never_read_out_of_memory(day):
    for table in (TABLE, [0]):
        assert nth_working_day(table, day, 1) == FOREVER
        assert nth_working_day(table, day, 10_000) == FOREVER


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4), st.integers(0, 50))
def test_a_remembered_use_stands_against_what_came_before_its_reversal(held, received):
    assert held_uses(*held, received) == sum(day > received for day in held if day)


def test_the_source_holds_everything_it_computes_with():
    alone: dict = {}
    exec(compile(source(""), "<prelude>", "exec"), alone)
    assert {function.__name__ for function in FUNCTIONS} <= alone.keys()
    assert alone["nth_working_day"](TABLE, day_of(date(2022, 4, 29)), 1) == day_of(date(2022, 5, 5))
    assert alone["period_start"](
        day_of(date(2022, 9, 24)), day_of(date(2020, 9, 25)), 12
    ) == day_of(date(2021, 9, 25))
    assert alone["round_half_even"](25, 10) == 20
    assert "import" not in source("")
    assert source("@njit").count("@njit") == len(FUNCTIONS)
