"""Working days, checked against the words of the notices rather than against the data file."""

from datetime import date, timedelta

import pytest

from gonghui.core.calendar import ANNOUNCED, WorkingDays
from gonghui.core.errors import Refusal
from gonghui.core.periods import day_of


@pytest.fixture(scope="module")
def calendar():
    return WorkingDays.load()


def days(first, last):
    """All days of a span in one year, both ends included: "1-31", "2-6"."""
    month, day = map(int, first.split("-"))
    end = date(2022, *map(int, last.split("-")))
    start = date(2022, month, day)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}


def test_the_year_2022_is_as_its_notice_says(calendar):
    off = set().union(
        days("1-1", "1-3"),
        days("1-31", "2-6"),
        days("4-3", "4-5"),
        days("4-30", "5-4"),
        days("6-3", "6-5"),
        days("9-10", "9-12"),
        days("10-1", "10-7"),
        days("12-31", "12-31"),
    )
    worked = {
        date(2022, *day) for day in [(1, 29), (1, 30), (4, 2), (4, 24), (5, 7), (10, 8), (10, 9)]
    }
    for number in range(365):
        day = date(2022, 1, 1) + timedelta(days=number)
        wanted = day in worked or (day.weekday() < 5 and day not in off)
        assert calendar.is_working(day_of(day)) == wanted, day


# As the package chinesecalendar 1.11.0 counts them, which others keep from the same notices.
@pytest.mark.parametrize(
    ("year", "count"),
    [
        (2017, 249),
        (2018, 250),
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_working_days_of_a_year(calendar, year, count):
    assert calendar.between(day_of(date(year - 1, 12, 31)), day_of(date(year, 12, 31))) == count


def test_spans_are_open_at_their_start_and_closed_at_their_end(calendar):
    friday, saturday_worked = day_of(date(2022, 1, 28)), day_of(date(2022, 1, 29))
    assert calendar.between(friday, saturday_worked) == 1
    assert calendar.between(friday, friday) == 0
    assert calendar.between(saturday_worked, friday) == 0
    assert calendar.between(friday, day_of(date(2022, 2, 6))) == 2
    assert calendar.add(friday, 3) == day_of(date(2022, 2, 7))


@pytest.mark.parametrize("day", [date(2016, 12, 30), date(2027, 1, 1)])
def test_years_without_a_notice_are_refused(calendar, day):
    with pytest.raises(Refusal, match=f"{day.year} are not known"):
        calendar.between(day_of(day), day_of(date(2022, 1, 1)))
    with pytest.raises(Refusal, match="not known"):
        calendar.add(day_of(date(2026, 12, 30)), 5)


GOOD = "year: 2022\noff: [{name: 元旦, from: 2022-01-01, to: 2022-01-03}]\nworked: [2022-01-29]\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no calendar"),
        ("year: 2022\n", "no calendar"),
        (GOOD.replace("2022-01-29", "2022-02-30"), "not a date"),
        (GOOD.replace("2022-01-29", "2022-01-28"), "contradicts"),  # a Friday is worked anyway
        (GOOD.replace("2022-01-29", "2022-01-02"), "contradicts"),  # worked and off
        (GOOD.replace("year: 2022", "year: 2023"), "contradicts"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(tmp_path, text, complaint):
    (tmp_path / "2022.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=complaint) as refused:
        WorkingDays.load(tmp_path)
    assert "2022.yaml" in str(refused.value)


def test_a_gap_between_years_is_refused(tmp_path):
    for year in (2021, 2023):
        source = (ANNOUNCED / f"{year}.yaml").read_text("utf-8")
        (tmp_path / f"{year}.yaml").write_text(source, encoding="utf-8")
    with pytest.raises(Refusal, match="gap"):
        WorkingDays.load(tmp_path)
