"""Dates: the calendar's months, a scheme's periods, working days."""

import calendar as calendars
from collections.abc import Mapping
from datetime import date, timedelta

from tests.oracle.dictionary import NOT_STATED

DAY_ZERO = date(1970, 1, 1)


def stated(number: int) -> date | None:
    """A date of a settlement: days since 1970-01-01, or None when it is not stated."""
    return None if number == NOT_STATED else DAY_ZERO + timedelta(days=number)


def number(day: date) -> int:
    return (day - DAY_ZERO).days


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last: 31 January + 1 month = 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendars.monthrange(year, month)[1]))


def later(day: date, length: str) -> date:
    """``length`` is ``30 days``, ``1 month`` or ``2 months``."""
    figure, unit = length.split()
    if unit in ("day", "days"):
        return day + timedelta(days=int(figure))
    assert unit in ("month", "months"), length
    return months_later(day, int(figure))


def period_start(day: date, first: date, months: int) -> date:
    """The start of the period (so many months) that holds ``day``, counted from ``first``."""
    nth = 0
    while months_later(first, nth * months) > day:
        nth -= 1
    while months_later(first, (nth + 1) * months) <= day:
        nth += 1
    return months_later(first, nth * months)


def full_years(born: date, day: date) -> int:
    """Full years of age. A birthday on 29 February is kept on the 28th where there is none."""
    years = day.year - born.year
    return years if months_later(born, 12 * years) <= day else years - 1


def is_working(day: date, calendar: Mapping[str, set[date]]) -> bool:
    """Monday to Friday, but for ``holidays``; and the weekend days that are ``workdays``."""
    if day in calendar.get("workdays", ()):
        return True
    return day.weekday() < 5 and day not in calendar.get("holidays", ())


def working_days_later(day: date, count: int, calendar: Mapping[str, set[date]]) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself is not counted."""
    while count:
        day += timedelta(days=1)
        count -= is_working(day, calendar)
    return day


def in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def in_english(day: date) -> str:
    return f"{day.day} {calendars.month_name[day.month]} {day.year}"
