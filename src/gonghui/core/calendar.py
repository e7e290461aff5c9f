"""Working days, as the State Council announced them.

The announcements are data (``books/calendar/``). A day of a year that none of them covers is
refused, never guessed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.periods import date_of, day_of, parse_day

ANNOUNCED = Path(__file__).parent.parent / "books" / "calendar"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of whole years.

    ``cumulative[day - origin]`` counts the working days from the first known day to ``day``, both
    inclusive (int32), so that (a, b] holds ``cumulative[b - origin] - cumulative[a - origin]`` of
    them. ``origin`` is the day before the first known one; its count is 0.
    """

    origin: int
    cumulative: array[int]

    @property
    def last(self) -> int:
        """The last known day."""
        return self.origin + len(self.cumulative) - 1

    @classmethod
    def load(cls, folder: Path = ANNOUNCED) -> WorkingDays:
        """Read every ``<year>.yaml`` of a folder; years with a gap between them are refused."""
        notices = [_Notice.read(path) for path in sorted(folder.glob("*.yaml"))]
        years = {notice.year for notice in notices}
        off = {day for notice in notices for day in notice.off}
        worked = {day for notice in notices for day in notice.worked}
        if not years or len(years) != max(years) - min(years) + 1:
            raise Refusal(
                N_("The calendar has no year, or a gap between its years."),
                N_("Add the missing years as the State Council announced them."),
                place=Place(str(folder)),
            )
        first, end = day_of(date(min(years), 1, 1)), day_of(date(max(years) + 1, 1, 1))
        working = (
            int(day in worked or not (_is_weekend(day) or day in off)) for day in range(first, end)
        )
        return cls(first - 1, array("i", accumulate(working, initial=0)))

    def between(self, after: int, until: int) -> int:
        """How many working days lie in (after, until]; 0 when ``until`` is not later."""
        return max(0, self._count(until) - self._count(after))

    def is_working(self, day: int) -> bool:
        return self._count(day) > self._count(day - 1)

    def add(self, day: int, count: int) -> int:
        """The day on which the ``count``-th working day after ``day`` falls (count >= 1)."""
        wanted = self._count(day) + count
        while self._count(day) < wanted:
            day += 1
        return day

    def _count(self, day: int) -> int:
        if not self.origin <= day <= self.last:
            raise Refusal(
                N_("The working days of {year} are not known; known are {first} to {last}."),
                N_("Add the State Council's notice for {year} to books/calendar."),
                year=date_of(day).year,
                first=date_of(self.origin + 1),
                last=date_of(self.last),
            )
        return self.cumulative[day - self.origin]


@dataclass(frozen=True, slots=True)
class _Notice:
    """One announcement. Its spans may reach into the year before."""

    year: int
    off: set[int]
    worked: set[int]

    @classmethod
    def read(cls, path: Path) -> _Notice:
        try:
            # BaseLoader: every scalar stays text, and no tag makes an object.
            entry = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
            year, off = int(entry["year"]), set(_days_off(entry))
            worked = {parse_day(text) for text in entry["worked"]}
        except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise Refusal(
                N_("This is no calendar of a year ({reason})."),
                N_("State year, source, off and worked as the other years do."),
                place=Place(str(path)),
                reason=error,
            ) from error
        except Refusal as refusal:
            raise refusal.at(Place(str(path)), "off, worked") from None
        if path.stem != str(year) or off & worked or not all(map(_is_weekend, worked)):
            raise Refusal(
                N_("The calendar contradicts itself."),
                N_("Name the file by its year; only Saturdays and Sundays are worked instead."),
                place=Place(str(path)),
            )
        return cls(year, off, worked)


def _is_weekend(day: int) -> bool:
    return (day + 3) % 7 >= 5  # day 0, 1 January 1970, was a Thursday


def _days_off(entry: Mapping[str, Any]) -> Iterator[int]:
    for span in entry["off"]:
        yield from range(parse_day(span["from"]), parse_day(span["to"]) + 1)
