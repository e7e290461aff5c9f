"""Which rules count on which days: the editions of a scheme, with the effect of every change.

A revision may let a change count from the next period, from a date, or for the whole current
period, also back. Between those days a *composed* edition is in force: the base with only the
changes that count already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.core.periods import FOREVER, period_end, period_start
from gonghui.core.rulebook.model import Edition, Effect
from gonghui.core.rulebook.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Segment:
    """An edition in force on the days ``since <= day < until``."""

    since: int
    until: int
    edition: Edition


ALWAYS = -FOREVER
"""Before every date: the start of an edition that is applied to all days (a replay)."""


def always(edition: Edition) -> tuple[Segment, ...]:
    """One edition on every day: what a span of events would bring under it."""
    return (Segment(ALWAYS, FOREVER, edition),)


def timeline(shelf: Shelf, scheme: str) -> tuple[Segment, ...]:
    """The segments of a scheme, in order, without gap or overlap."""
    segments: list[Segment] = []
    for edition in shelf.scheme(scheme):
        for segment in _revision(shelf, edition) if edition.extends else _own(edition):
            while segments and segments[-1].since >= segment.since:
                segments.pop()
            if segments:
                last = segments.pop()
                segments.append(Segment(last.since, segment.since, last.edition))
            segments.append(segment)
    return tuple(segments)


def _own(edition: Edition) -> Sequence[Segment]:
    return [Segment(edition.valid_from, edition.valid_until, edition)]


def _revision(shelf: Shelf, edition: Edition) -> Sequence[Segment]:
    day, period = edition.valid_from, edition.period
    this_period = period_start(day, period.starts, period.months)
    next_period = day if day == this_period else period_end(day, period.starts, period.months)
    effects = {change.effect for change in edition.changes}
    steps: list[tuple[int, tuple[Effect, ...]]] = []
    if "whole_period" in effects:
        steps.append((this_period, ("whole_period",)))
    steps.append((day, ("whole_period", "from_date")))
    if "next_period" in effects:
        steps.append((next_period, ("whole_period", "from_date", "next_period")))
    found = []
    for number, (since, counting) in enumerate(steps):
        until = steps[number + 1][0] if number + 1 < len(steps) else edition.valid_until
        if since < until:
            complete = effects <= set(counting)
            found.append(
                Segment(
                    since,
                    until,
                    edition if complete else shelf.composed(edition.id, counting),
                )
            )
    return found
