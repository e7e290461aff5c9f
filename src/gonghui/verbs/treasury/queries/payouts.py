"""Batches with their lines, and what the bank said that waits for a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.models import BankAnswerRow, PayoutBatch, PayoutLine
from gonghui.verbs.treasury.permissions import READ


@dataclass(frozen=True, slots=True)
class KnownBatch:
    """A batch, and how many of its lines are in which state."""

    id: int
    number: str
    fund: str
    drafted_on: date
    state: str
    lines: int
    total_fen: int
    sha256: str
    states: dict[str, int]


@dataclass(frozen=True, slots=True)
class KnownLine:
    """One payment without its payee."""

    reference: str
    source: str
    attempt: int
    person_id: int | None
    union_id: int
    fen: int
    state: str
    code: str
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row of an answer that moves nothing until a person, or a release, lets it."""

    id: int
    reference: str
    word: str
    fen: int | None
    dated_on: date
    state: str
    because: str


def batches(actor: Actor, *, open_only: bool = False) -> list[KnownBatch]:
    """The batches that the scope shows, the newest first."""
    with actor.transaction() as scope:
        scope.require(READ)
        found = PayoutBatch.objects.select_related("fund").defer("payees", "file").order_by("-pk")
        if open_only:
            found = found.exclude(state__in=["closed", "cancelled"])
        known = list(found)
        states: dict[int, Counter[str]] = {}
        lines = PayoutLine.objects.filter(batch__in=[one.pk for one in known])
        for batch_id, state in lines.values_list("batch_id", "state"):
            states.setdefault(batch_id, Counter())[state] += 1
        return [
            KnownBatch(
                one.pk,
                one.number,
                one.fund.code,
                one.drafted_on,
                one.state,
                one.lines,
                one.total_fen,
                bytes(one.file_sha256 or b"").hex(),
                dict(states.get(one.pk, {})),
            )
            for one in known
        ]


def batch_numbered(number: str) -> int | None:
    """The id of a batch; inside a transaction."""
    return PayoutBatch.objects.filter(number=number).values_list("pk", flat=True).first()


def payments(actor: Actor, batch_id: int) -> list[KnownLine]:
    """A batch's payments in their order."""
    with actor.transaction() as scope:
        scope.require(READ)
        rows = PayoutLine.objects.filter(batch_id=batch_id).order_by("place")
        return [
            KnownLine(*row)
            for row in rows.values_list(
                *("reference", "source", "attempt", "person_id", "union_id", "fen", "state"),
                *("return_code", "paid_on"),
            )
        ]


def held_rows(actor: Actor) -> list[HeldRow]:
    """What the bank said and nobody could count: for a person."""
    with actor.transaction() as scope:
        scope.require(READ)
        rows = BankAnswerRow.objects.filter(state__in=["held", "waiting"]).order_by("pk")
        return [
            HeldRow(*row)
            for row in rows.values_list(
                *("id", "reference", "word", "fen", "dated_on", "state", "held_because")
            )
        ]
