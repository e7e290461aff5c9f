"""Which rules count on which days: the editions of a scheme, with the effect of every change.

A revision may let a change count from the next period, from a date, or for the whole current
period, also back. Between those days a *composed* edition is in force: the base with only the
changes that count already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gonghui.core.periods import FOREVER, period_end, period_start
from gonghui.core.rulebook.model import Edition, Effect
from gonghui.core.rulebook.shelf import Editions


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


def timeline(shelf: Editions, scheme: str) -> tuple[Segment, ...]:
    """The segments of a scheme, in order, without gap or overlap."""
    editions = shelf.scheme(scheme)
    turns = {day for one in editions for day in shelf.span(one)}
    turns |= {day for one in editions for day in counting_from(shelf, one).values()}
    composed: dict[_Standing, Edition] = {}
    segments: list[Segment] = []
    for since, until in pairwise(sorted(turns)):
        standing = _standing(shelf, editions, since)
        if standing is None:
            continue
        if standing not in composed:
            counting = dict(standing[1])
            whole = all(_changed_by(shelf, name) <= counting[name] for name in counting)
            name = standing[0]
            composed[standing] = shelf.edition(name) if whole else shelf.composed(name, counting)
        edition = composed[standing]
        if segments and segments[-1].edition is edition:
            segments[-1] = Segment(segments[-1].since, until, edition)
        else:
            segments.append(Segment(since, until, edition))
    return tuple(segments)


_Standing = tuple[str, tuple[tuple[str, frozenset[Effect]], ...]]
"""An edition by id, and for each revision in it the effects that count."""


def _standing(shelf: Editions, editions: Sequence[Edition], day: int) -> _Standing | None:
    """What is in force on a day: the day's edition, or a later revision that reaches back to it."""
    spans = ((one, *shelf.span(one)) for one in editions)
    document = next((one for one, since, until in spans if since <= day < until), None)
    if document is None:
        return None
    for later in editions:
        reaches = counting_from(shelf, later).get("whole_period", day + 1) <= day < later.valid_from
        if reaches and document.id in _line(shelf, later):
            document = later
    return document.id, tuple(
        (name, _counting(shelf, name, day))
        for name in _line(shelf, document)
        if shelf.edition(name).extends
    )


def _line(shelf: Editions, edition: Edition) -> tuple[str, ...]:
    """An edition and what it extends, by id."""
    rest = _line(shelf, shelf.edition(edition.extends)) if edition.extends else ()
    return (edition.id, *rest)


def _counting(shelf: Editions, name: str, day: int) -> frozenset[Effect]:
    effects = counting_from(shelf, shelf.edition(name))
    return frozenset(effect for effect, since in effects.items() if since <= day)


def _changed_by(shelf: Editions, name: str) -> frozenset[Effect]:
    return frozenset(change.effect for change in shelf.edition(name).changes)


def counting_from(shelf: Editions, edition: Edition) -> dict[Effect, int]:
    """From which day the changes of a revision count, for the effects it uses."""
    if not edition.extends:
        return {}
    day, period = edition.valid_from, shelf.edition(edition.extends).period
    this_period = period_start(day, period.starts, period.months)
    ends = period_end(day, period.starts, period.months)
    since: dict[Effect, int] = {
        "whole_period": this_period,
        "from_date": day,
        "next_period": day if day == this_period else ends,
    }
    return {effect: since[effect] for effect in sorted(_changed_by(shelf, edition.id))}
