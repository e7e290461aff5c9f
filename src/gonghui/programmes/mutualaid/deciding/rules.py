"""The rules of a scheme, ready: its program, the rows of its editions, and each period's limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.periods import date_of, period_end, period_start, year_start
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.model import Edition
from gonghui.programmes.mutualaid.deciding.inputs import InForce, editions_text


@dataclass(frozen=True, slots=True)
class Limits:
    """A period, half-open, and what no running account of it may exceed; None: no such limit."""

    since: date
    until: date
    uses: int | None
    fen: int | None


@dataclass
class Rules:
    """``rows``: the id of the row of each edition, by its code."""

    scheme: str
    editions: tuple[InForce, ...]
    rows: dict[str, int]
    fold: HistoryFold
    text: str = ""
    _limits: dict[int, Limits | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text = editions_text(self.editions)

    @property
    def program(self) -> Program:
        return self.fold.program

    def limits(self, day: int) -> Limits | None:
        """The period of a day with its limits; None on a day without an edition in force."""
        if day not in self._limits:
            self._limits[day] = self._limits_on(day)
        return self._limits[day]

    def _limits_on(self, day: int) -> Limits | None:
        position = self.program.at(day)
        if position is None:
            return None
        period = self.program.editions[position].period
        since = period_start(day, period.starts, period.months)
        until = period_end(day, period.starts, period.months)
        counting = [
            segment.edition
            for segment in self.program.segments
            if segment.since < until and segment.until > since
        ]
        uses = [_uses(edition) for edition in counting]
        fen = [_ceiling(edition, since, until) for edition in counting]
        # A revision in mid-period may raise a limit or lower it: what was drawn before stays drawn.
        return Limits(
            date_of(since),
            date_of(until),
            max(one for one in uses if one is not None) if None not in uses else None,
            max(one for one in fen if one is not None) if None not in fen else None,
        )


def _uses(edition: Edition) -> int | None:
    counts = [count for count in edition.counts if count.window == "period"]
    return sum(max(count.limit.values) for count in counts) if counts else None


def _ceiling(edition: Edition, since: int, until: int) -> int | None:
    """The lowest cap of the period over every kind. A cap of the year counts where the period is
    the calendar year; any other is the fold's alone to hold."""
    kinds = {benefit.id for benefit in edition.benefits}
    windows = {"period"}
    if since == year_start(since) and until == period_end(since, since, 12):
        windows.add("year")
    caps = [
        max(cap.amount.values)
        for cap in edition.caps
        if cap.window in windows and kinds <= set(cap.covers)
    ]
    return min(caps, default=None)
