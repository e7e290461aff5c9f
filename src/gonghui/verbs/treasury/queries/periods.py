"""Periods, and what was kept when they were closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.models import Closing, Period
from gonghui.verbs.treasury.permissions import READ


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """A span of days of a fund; open while ``closed_at`` is None."""

    id: int
    starts_on: date
    ends_before: date
    closed_at: datetime | None


def periods(actor: Actor, fund: str) -> list[KnownPeriod]:
    """A fund's periods, the oldest first."""
    with actor.transaction():
        rows = Period.objects.filter(fund__code=fund).order_by("starts_on")
        return [
            KnownPeriod(*row)
            for row in rows.values_list("id", "starts_on", "ends_before", "closed_at")
        ]


@dataclass(frozen=True, slots=True)
class KeptClosing:
    """A closing: proposed, and confirmed where ``confirmed_by_id`` is not None."""

    id: int
    period_id: int
    trial_balance: str
    sha256: str
    journals: int
    lines: int
    turnover_fen: int
    proposed_by_id: int
    proposed_at: datetime
    confirmed_by_id: int | None
    confirmed_at: datetime | None
    audit_head: str


def closings(actor: Actor, period_id: int) -> list[KeptClosing]:
    """All proposals to close a period, the oldest first; at most one is confirmed."""
    with actor.transaction() as scope:
        scope.require(READ)
        return [
            KeptClosing(
                closing.pk,
                period_id,
                closing.trial_balance,
                bytes(closing.sha256).hex(),
                closing.journals,
                closing.lines,
                closing.turnover_fen,
                closing.proposed_by_id,
                closing.proposed_at,
                closing.confirmed_by_id,
                closing.confirmed_at,
                closing.audit_head,
            )
            for closing in Closing.objects.filter(period_id=period_id).order_by("id")
        ]


def kept_trial_balance(actor: Actor, period_id: int) -> str | None:
    """The trial balance of a closed period, letter by letter as it was closed; None while open."""
    for closing in closings(actor, period_id):
        if closing.confirmed_at is not None:
            return closing.trial_balance
    return None
