"""Days, months and periods against Python's own calendar."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.errors import Refusal
from gonghui.core.periods import (
    FOREVER,
    add_months,
    date_of,
    day_of,
    full_years,
    month_of,
    month_start,
    parse_day,
    period_end,
    period_start,
    year_start,
)

DATES = st.dates(date(1890, 1, 1), date(2150, 12, 31))
ANCHORS = st.sampled_from(
    [date(2022, 1, 1), date(2020, 9, 25), date(2020, 2, 29), date(2022, 1, 31), date(2021, 7, 1)]
)
LENGTHS = st.sampled_from([1, 3, 6, 12, 24, 36])


def months_later(day: date, months: int) -> date:
    """As people count: the same day of the month, or that month's last."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


@given(DATES)
def test_a_day_number_is_a_date(day):
    assert date_of(day_of(day)) == day
    assert day_of(day) == (day - date(1970, 1, 1)).days
    assert parse_day(day.isoformat()) == day_of(day)


def test_the_open_end_is_the_day_after_the_last_of_the_calendar():
    assert date_of(FOREVER - 1) == date.max


@pytest.mark.parametrize(
    "text",
    ["2022-02-30", "2022-02-29", "2022-13-01", "2022-00-10", "0000-01-01", "20220131", "22-01-31",
     "2022/01/31", "2022-1", "31.01.2022", "", "tomorrow", "2022-01-31T00:00", "２０２２-01-31"],
)  # fmt: skip
def test_what_no_calendar_has_is_refused(text):
    with pytest.raises(Refusal) as caught:
        parse_day(text)
    assert caught.value.words().startswith(f"“{text}” is not a date")


def test_a_date_may_leave_out_its_zeros():
    assert parse_day(" 2022-3-5 ") == day_of(date(2022, 3, 5))


@given(DATES)
def test_months_are_counted_from_year_zero_and_start_on_their_first(day):
    assert month_of(day_of(day)) == day.year * 12 + day.month - 1
    assert month_start(month_of(day_of(day))) == day_of(day.replace(day=1))
    assert year_start(day_of(day)) == day_of(date(day.year, 1, 1))


@given(DATES, st.integers(-400, 400))
def test_adding_months_keeps_the_day_of_the_month_or_takes_its_last(day, months):
    assert add_months(day_of(day), months) == day_of(months_later(day, months))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 1, 31), 3, date(2022, 4, 30)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2022, 12, 31), 2, date(2023, 2, 28)),
        (date(2022, 3, 31), -1, date(2022, 2, 28)),
        (date(2022, 5, 5), 0, date(2022, 5, 5)),
    ],
)
def test_the_end_of_a_short_month_is_its_last_day(day, months, later):
    assert add_months(day_of(day), months) == day_of(later)


@given(DATES, ANCHORS, LENGTHS)
def test_periods_tile_the_days_and_are_counted_from_their_anchor(day, anchor, months):
    start = date_of(period_start(day_of(day), day_of(anchor), months))
    end = date_of(period_end(day_of(day), day_of(anchor), months))
    assert start <= day < end
    number = (start.year - anchor.year) * 12 + start.month - anchor.month
    assert number % months == 0
    assert start == months_later(anchor, number)
    assert end == months_later(anchor, number + months)


@pytest.mark.parametrize(
    ("day", "anchor", "months", "start", "end"),
    [
        (date(2022, 9, 24), date(2020, 9, 25), 12, date(2021, 9, 25), date(2022, 9, 25)),
        (date(2022, 9, 25), date(2020, 9, 25), 12, date(2022, 9, 25), date(2023, 9, 25)),
        (date(2019, 9, 24), date(2020, 9, 25), 12, date(2018, 9, 25), date(2019, 9, 25)),
        (date(2021, 2, 27), date(2020, 2, 29), 12, date(2020, 2, 29), date(2021, 2, 28)),
        (date(2021, 2, 28), date(2020, 2, 29), 12, date(2021, 2, 28), date(2022, 2, 28)),
        (date(2024, 2, 28), date(2020, 2, 29), 12, date(2023, 2, 28), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2020, 2, 29), 12, date(2024, 2, 29), date(2025, 2, 28)),
        (date(2022, 2, 28), date(2022, 1, 31), 1, date(2022, 2, 28), date(2022, 3, 31)),
        (date(2022, 6, 30), date(2020, 3, 1), 36, date(2020, 3, 1), date(2023, 3, 1)),
    ],
)
def test_a_period_that_starts_where_few_do(day, anchor, months, start, end):
    found = period_start(day_of(day), day_of(anchor), months)
    assert date_of(found) == start
    assert date_of(period_end(day_of(day), day_of(anchor), months)) == end


@given(DATES, ANCHORS, LENGTHS)
def test_the_end_of_a_period_is_the_start_of_the_next(day, anchor, months):
    end = period_end(day_of(day), day_of(anchor), months)
    assert period_start(end, day_of(anchor), months) == end
    assert period_end(end - 1, day_of(anchor), months) == end


@given(DATES, st.integers(0, 40_000))
def test_years_of_age_are_birthdays_had(born, lived):
    day = born + timedelta(days=lived)
    had = 0
    while months_later(born, 12 * (had + 1)) <= day:
        had += 1
    assert full_years(day_of(born), day_of(day)) == had


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2006, 3, 1), date(2022, 2, 28), 15),
        (date(2006, 3, 1), date(2022, 3, 1), 16),
        (date(2004, 2, 29), date(2022, 2, 27), 17),
        (date(2004, 2, 29), date(2022, 2, 28), 18),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
    ],
)
def test_age_on_a_day(born, day, years):
    assert full_years(day_of(born), day_of(day)) == years
