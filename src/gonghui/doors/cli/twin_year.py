"""The year of a synthetic city: what the insurer sent, what was applied for, decided and paid.

Twice a month is payment day. Until then the feed of these weeks has come and is applied, the units
hand in who applied, everybody with something new is decided, and what is due is paid.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gonghui.core.errors import N_, Refusal

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor

RECEIVED, FILED, PAID = "收到日期", "申请日期", "给付日期"
NUMBER = "CERTNO"
SETTLEMENT, TAKES_BACK = "SETL_ID", "INIT_SETL_ID"
_OURS = (FILED, PAID)
"""What the office knows and no insurer sends."""
YEAR_ENDS = date(2022, 12, 31)

Payer = Callable[[date], None]
"""Pays what is due on a day."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One application of a unit's list: a settlement, and when it was handed in."""

    settlement_id: str
    filed_on: date


@dataclass(frozen=True, slots=True)
class Turn:
    """One payment day: the feed that came since the last one, and who applied."""

    day: date
    feed: bytes
    rows: int
    applied: Sequence[Applied]


def turns_of(folder: Path) -> Iterator[Turn]:
    """Payment day by payment day, and the year's last day, on which nothing is paid."""
    rows = _feed_rows(folder)
    back = {row[TAKES_BACK]: row[RECEIVED] for row in rows if row[TAKES_BACK]}
    days = sorted({*(row[PAID] for row in rows if row[PAID]), YEAR_ENDS.isoformat()})
    days = [day for day in days if day <= YEAR_ENDS.isoformat()]
    came = {day: list[Mapping[str, str]]() for day in days}
    for row in sorted(rows, key=lambda one: one[RECEIVED]):
        day = next((day for day in days if row[RECEIVED] <= day), None)
        if day is not None:
            came[day].append(row)
    filed = {day: list[Applied]() for day in days}
    for row in rows:
        if row[FILED]:
            ready = _ready(row, back)
            day = next((day for day in days if ready <= day), None)
            if day is not None:
                one = Applied(row[SETTLEMENT], date.fromisoformat(row[FILED]))
                filed[day].append(one)
    for day in days:
        yield Turn(date.fromisoformat(day), _feed(came[day]), len(came[day]), filed[day])


def applicants(folder: Path) -> set[str]:
    """The numbers of everybody who applies: who wants to be paid has named a card."""
    return {row[NUMBER] for row in _feed_rows(folder) if row[FILED]}


def _feed_rows(folder: Path) -> list[dict[str, str]]:
    return [
        row
        for path in sorted(folder.glob("*.csv"))
        for row in csv.DictReader(io.StringIO(path.read_bytes().decode("gb18030")))
    ]


def _ready(row: Mapping[str, str], back: Mapping[str, str]) -> str:
    """When an application is handed in with the unit's list. One whose settlement the insurer is
    about to take back lies at the unit until it has."""
    if row[PAID]:
        return row[PAID]
    return max(row[FILED], row[RECEIVED], back.get(row[SETTLEMENT], ""))


def _feed(rows: Sequence[Mapping[str, str]]) -> bytes:
    """What the insurer sent: the same rows without what only the office knows."""
    if not rows:
        return b""
    text = io.StringIO()
    names = [name for name in rows[0] if name not in _OURS]
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("gb18030")


def live_through(clerk: Actor, folder: Path, scheme_id: int, *, pay: Payer | None = None) -> None:
    """All turns, one after the other; each is known by its content and done once."""
    for turn in turns_of(folder):
        take_turn(clerk, turn, scheme_id)
        if pay is not None and turn.day != YEAR_ENDS:
            pay(turn.day)


def take_turn(clerk: Actor, turn: Turn, scheme_id: int) -> None:
    """The feed is applied, the applications are handed in, everybody with news is decided."""
    from gonghui.programmes.mutualaid.services.decisions import decide_waiting
    from gonghui.programmes.mutualaid.services.feeds import apply_feed, take_feed

    if turn.feed:
        name = f"feed-{turn.day}.csv"
        feed = take_feed(clerk, turn.feed, name, scheme=scheme_id, on=turn.day)
        apply_feed(clerk, feed, on=turn.day)
    _file(clerk, turn.applied, scheme_id)
    decided = decide_waiting(clerk, scheme_id, on=turn.day)
    for person, refusal in decided.refused:
        raise Refusal(
            N_("Person #{person} could not be decided: {why}"),
            N_("Make the city anew: gonghui twin make DIR"),
            person=person,
            why=refusal.words(),
        )


def _file(clerk: Actor, applied: Sequence[Applied], scheme_id: int) -> None:
    from gonghui.programmes.mutualaid.models import Settlement
    from gonghui.programmes.mutualaid.services.settlements import file_settlements

    if not applied:
        return
    with clerk.transaction():
        known = dict(
            Settlement.objects.filter(
                scheme_id=scheme_id, settlement_id__in=[one.settlement_id for one in applied]
            ).values_list("settlement_id", "pk")
        )
        filed = [(known[one.settlement_id], one.filed_on, None) for one in applied
                 if one.settlement_id in known]  # fmt: skip
        file_settlements(clerk, filed)
