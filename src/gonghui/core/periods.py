"""Days, months and periods as integers.

A *day* is the number of days since 1970-01-01; spans are half-open. Everything from
``month_of`` to ``full_years`` is compiled into the step: integer arithmetic only, no dates.
Algorithm: Howard Hinnant, "chrono-compatible low-level date algorithms" (proleptic Gregorian).
"""

from __future__ import annotations

import re
from datetime import date

from gonghui.core.errors import N_, Refusal

_EPOCH = date(1970, 1, 1).toordinal()
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)

FOREVER = 2_932_897
"""The day 10000-01-01: the open end of a span."""


def day_of(value: date) -> int:
    """The day number of a date."""
    return value.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(day + _EPOCH)


def parse_day(text: str) -> int:
    """The day number of ``2022-01-31``; refuses what no calendar has."""
    match = _ISO.fullmatch(text.strip())
    try:
        if match:
            return day_of(date(int(match[1]), int(match[2]), int(match[3])))
    except ValueError:
        pass  # 2022-02-30: well written, but no such day; refused below like the rest
    raise Refusal(
        N_("“{text}” is not a date of the calendar."), N_("Write it like 2022-01-31."), text=text
    )


def month_of(day: int) -> int:
    """Months since January of year 0 of the month that holds ``day``."""
    shifted = day + 719468
    era = shifted // 146097
    doe = shifted - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    mp = (5 * (doe - (365 * yoe + yoe // 4 - yoe // 100)) + 2) // 153
    return (yoe + era * 400) * 12 + mp + 2


def month_start(month: int) -> int:
    """The first day of a month counted as in ``month_of``."""
    shifted = month - 2
    year = shifted // 12
    era = year // 400
    yoe = year - era * 400
    doy = (153 * (shifted - year * 12) + 2) // 5
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


def add_months(day: int, months: int) -> int:
    """The same day ``months`` later, or that month's last day (31 Jan + 1 = 28 Feb)."""
    month = month_of(day)
    target = month_start(month + months) + day - month_start(month)
    last = month_start(month + months + 1) - 1
    return target if target < last else last


def year_start(day: int) -> int:
    """1 January of the calendar year that holds ``day``."""
    return month_start(month_of(day) // 12 * 12)


def period_start(day: int, anchor: int, months: int) -> int:
    """The start of the period of ``months`` months, counted from ``anchor``, that holds ``day``."""
    number = (month_of(day) - month_of(anchor)) // months
    if day < add_months(anchor, number * months):
        number -= 1
    elif day >= add_months(anchor, (number + 1) * months):
        number += 1
    return add_months(anchor, number * months)


def period_end(day: int, anchor: int, months: int) -> int:
    """The first day after the period that holds ``day``."""
    number = (month_of(day) - month_of(anchor)) // months
    if day < add_months(anchor, number * months):
        number -= 1
    elif day >= add_months(anchor, (number + 1) * months):
        number += 1
    return add_months(anchor, (number + 1) * months)


def full_years(born: int, day: int) -> int:
    """Full years of age on ``day``; someone born on 29 February is a year older on 28 February."""
    years = (month_of(day) - month_of(born)) // 12
    if add_months(born, years * 12) > day:
        years -= 1
    return years
