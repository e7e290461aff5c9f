"""Until when a case waits in a state, in working days."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import Refusal
from gonghui.core.periods import date_of, day_of
from gonghui.verbs.cases.kinds import registered


@lru_cache(maxsize=1)
def _calendar() -> WorkingDays:
    return WorkingDays.load()


def deadline(on: date, working_days: int) -> date | None:
    """The last day; none where the State Council has not announced that year yet: a case is
    filed all the same."""
    try:
        return date_of(_calendar().add(day_of(on), working_days))
    except Refusal:
        return None


def deadlines(on: date) -> dict[str, dict[str, str]]:
    """Of every kind and state in which a case may wait from this day."""
    found: dict[str, dict[str, str]] = {}
    for code, kind in registered().items():
        days = {state: deadline(on, count) for state, count in kind.deadlines.items()}
        found[code] = {state: day.isoformat() for state, day in days.items() if day is not None}
    return found
