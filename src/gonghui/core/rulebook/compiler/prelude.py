"""What the written step may call: integer functions, copied into every compiled module.

A compiled module holds everything it computes with, so that an auditor reads one file and a cached
binary depends on nothing else.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from gonghui.core import money, periods
from gonghui.core.periods import FOREVER, month_of, month_start


def day_of_year(day: int, years: int, month: int, day_of_month: int) -> int:
    """A fixed day of the year that comes ``years`` after the year of ``day``."""
    first = month_start((month_of(day) // 12 + years) * 12 + month - 1)
    last = month_start(month_of(first) + 1) - 1
    return min(first + day_of_month - 1, last)


def nth_working_day(w: Sequence[int], day: int, number: int) -> int:
    """The ``number``-th working day after ``day``; FOREVER past the calendar's end.

    The folds refuse days the calendar does not know; the bound only keeps memory safe.
    """
    place = day - w[0] + 3  # w[place] - w[place - 1] is 1 when the day after is a working day
    if place < 1:
        return FOREVER
    while number > 0:
        if place >= len(w):
            return FOREVER
        number -= w[place] - w[place - 1]
        place += 1
    return w[0] + place - 3


def held_uses(first: int, second: int, third: int, fourth: int, received: int) -> int:
    """How many of the remembered reversed settlements stood when this one was received.

    Each is the day of a reversal, 0 for none; the slot stands against what came before that day.
    """
    uses = 0
    if first != 0 and first > received:
        uses += 1
    if second != 0 and second > received:
        uses += 1
    if third != 0 and third > received:
        uses += 1
    if fourth != 0 and fourth > received:
        uses += 1
    return uses


FUNCTIONS = (
    money.round_down,
    money.round_up,
    money.round_half_up,
    money.round_half_even,
    periods.month_of,
    periods.month_start,
    periods.add_months,
    periods.year_start,
    periods.period_start,
    periods.period_end,
    periods.full_years,
    day_of_year,
    nth_working_day,
    held_uses,
)


def source(decorator: str) -> str:
    """The functions as source, each under ``decorator`` (which may be empty)."""
    head = f"{decorator}\n" if decorator else ""
    parts = [
        head + inspect.getsource(function).replace("Sequence[int]", "int") for function in FUNCTIONS
    ]
    return "\n\n".join([f"FOREVER = {FOREVER}", *parts])
