"""What the database gives out of people to be decided, as Python values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from gonghui.core.adjudication.openings import Opening
from gonghui.core.periods import FOREVER, day_of

Key = tuple[int, str]
"""Settlement number and kind of benefit."""


class Said(NamedTuple):
    """A settlement as it is stored; days are day numbers, None where nothing is said."""

    id: int
    number: int
    facts: dict[str, int]
    union_id: int
    received: int
    filed: int | None
    reversed: int | None


class CoverSpan(NamedTuple):
    """Days of cover for which the contribution is there, half-open."""

    since: int
    until: int
    uploaded: int
    shares: int
    unit_class: str


class Stands(NamedTuple):
    """The decision of a settlement and kind that stands now."""

    id: int
    amount: int
    standing: int
    reason: str
    detail: int
    uses: int
    edition: int | None
    sentence: str


class OpenDue(NamedTuple):
    """Owed because of an earlier decision, and not taken up by any payout yet."""

    id: int
    fen: int


@dataclass(slots=True)
class History:
    """Everything a person's decisions are reckoned from and compared with."""

    person_id: int
    born: int | None = None
    sex: str = ""
    settlements: list[Said] = field(default_factory=list)
    covers: list[CoverSpan] = field(default_factory=list)
    hardships: list[tuple[str, int, int]] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    standing: dict[Key, Stands] = field(default_factory=dict)
    dues: dict[Key, list[OpenDue]] = field(default_factory=dict)
    owed_fen: int = 0

    def take(self, what: str, said: dict[str, Any]) -> None:
        """One row of ``gate.open_histories``."""
        match what:
            case "settlement":
                days = (_day(said[name]) for name in ("filed", "reversed"))
                self.settlements.append(
                    Said(said["id"], said["number"], said["facts"], said["union"],
                         _of(said["received"]), *days)
                )  # fmt: skip
            case "cover":
                since, until = _of(said["from"]), _of(said["until"])
                uploaded = _of(said["uploaded"])
                self.covers.append(
                    CoverSpan(since, until, uploaded, said["shares"], said["unit_class"])
                )
            case "person":
                self.born, self.sex = _day(said["born"]), said["sex"]
            case "hardship":
                last = _day(said["until"])
                end = FOREVER if last is None else last
                self.hardships.append((said["kind"], _of(said["from"]), end))
            case "running" if said["window"] == "ever":
                self.owed_fen = said["owed"]
            case "running" if said["uses"] or said["fen"]:
                since, until = _of(said["from"]), _of(said["until"])
                self.openings.append(Opening(since, until, said["uses"], said["fen"]))
            case "decision":
                names = ("id", "amount", "standing", "reason", "detail", "uses", "edition",
                         "sentence")  # fmt: skip
                key = said["settlement"], said["kind"]
                self.standing[key] = Stands(*(said[name] for name in names))
            case "due":
                key = said["settlement"], said["kind"]
                self.dues.setdefault(key, []).append(OpenDue(said["id"], said["fen"]))

    def in_order(self) -> History:
        """Whatever order the rows came in."""
        self.settlements.sort(key=lambda one: one.number)
        self.covers.sort()
        self.openings.sort(key=lambda one: one.since)
        return self


def histories(rows: Iterable[tuple[int, str, str]]) -> list[History]:
    """The rows of ``gate.open_histories`` by person, in the order of persons."""
    found: dict[int, History] = {}
    for person_id, what, said in rows:
        history = found.get(person_id)
        if history is None:
            history = found[person_id] = History(person_id)
        history.take(what, json.loads(said))
    return [found[person_id].in_order() for person_id in sorted(found)]


def _of(text: str) -> int:
    return day_of(date.fromisoformat(text))


def _day(text: str | None) -> int | None:
    return None if text is None else _of(text)
