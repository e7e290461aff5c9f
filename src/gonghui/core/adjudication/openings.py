"""What another system had decided before: a window does not start from nothing.

A city that comes in mid-year brings, for each person, how often she was paid and how much. Of which
kind it was, it often cannot say; so it stands against every count and every cap of the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.core.periods import add_months, year_start
from gonghui.core.rulebook.compiler.layout import (
    PERIOD_FROM,
    PERIOD_UNTIL,
    YEAR_FROM,
    YEAR_UNTIL,
)
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.model import LongWindow


@dataclass(frozen=True, slots=True)
class Opening:
    """Uses and fen of a period, half-open in days, before the first settlement that is known."""

    since: int
    until: int
    uses: int
    fen: int


def open_window(program: Program, state: list[int], opening: Opening) -> None:
    """The state as it is before the first settlement of the period, which is changed."""
    state[PERIOD_FROM], state[PERIOD_UNTIL] = opening.since, opening.until
    _count(program, state, opening, "period")
    year = year_start(opening.since)
    if opening.until <= add_months(year, 12):  # of a period over two years nobody knows which
        state[YEAR_FROM], state[YEAR_UNTIL] = year, add_months(year, 12)
        _count(program, state, opening, "year")


def _count(program: Program, state: list[int], opening: Opening, window: LongWindow) -> None:
    counting = _counting_kinds(program, window)
    for place, index in program.layout.of(window):
        state[index] = 0
        if place.what == "uses":
            state[index] = opening.uses
        elif place.what == "paid" and place.whose in counting:
            state[index] = opening.fen


def _counting_kinds(program: Program, window: LongWindow) -> Sequence[str]:
    """As few kinds as stand in every cap of the window: a cap over two kinds counts both."""
    left = [
        set(cap.covers) for edition in program.editions for cap in edition.caps
        if cap.window == window
    ]  # fmt: skip
    chosen: list[str] = []
    while left:
        kinds = sorted(set[str]().union(*left))
        best = max(kinds, key=lambda kind: sum(kind in covers for covers in left))
        chosen.append(best)
        left = [covers for covers in left if best not in covers]
    return chosen
