"""One person's years in a scheme: cover, what was decided, what reached her. Inside a scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.core.periods import date_of
from gonghui.programmes.mutualaid.models import Enrolment, Running

MOST = 200
"""Settlements shown of one person: more than anybody has had."""

_SETTLED = """
select s.id, s.settlement_id, s.facts, s.origin, s.filed_on, s.reversed_on, d.id, d.kind,
       d.standing_fen, d.sentence, d.decided_on, x.state, x.fen
  from public.mutualaid_settlement s
  left join public.mutualaid_decision d on d.settlement_id = s.id
   and not exists (select from public.mutualaid_decision n where n.supersedes_id = d.id)
  left join public.mutualaid_due x on x.decision_id = d.id
 where s.person_id = any(%s) order by s.id desc, d.id desc, x.id desc limit %s"""


@dataclass(frozen=True, slots=True)
class Cover:
    """One enrolment."""

    union_id: int
    union_name: str
    period_from: date
    period_until: date
    starts_on: date
    ends_before: date
    fee_fen: int
    paid_on: date | None
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement with the decision that stands on it, and what became of the money."""

    id: int
    settlement_id: str
    settled_on: date | None
    total_fen: int | None
    origin: str
    filed_on: date | None
    reversed_on: date | None
    decision_id: int | None
    kind: str | None
    standing_fen: int | None
    sentence: str | None
    decided_on: date | None
    due_state: str | None
    due_fen: int | None


@dataclass(frozen=True, slots=True)
class Used:
    """What of a period's limits is used; ``None`` where the edition sets none."""

    period_from: date
    period_until: date
    uses: int
    uses_limit: int | None
    decided_fen: int
    ceiling_fen: int | None


def covers_of(person_ids: Sequence[int]) -> list[Cover]:
    """The newest first."""
    rows = Enrolment.objects.filter(person_id__in=person_ids).order_by("-period_from", "-id")
    return [
        Cover(
            one.union_id,
            one.union.name,
            one.period_from,
            one.period_until,
            one.starts_on,
            one.ends_before,
            one.fee_fen,
            one.paid_on,
            one.cancelled,
        )
        for one in rows.select_related("union")
    ]


def settled_of(person_ids: Sequence[int]) -> list[Settled]:
    """The newest first, at most ``MOST``."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_SETTLED, [list(person_ids), MOST])
        rows = cursor.fetchall()
    return [Settled(row[0], row[1], *_facts(row[2]), *row[3:]) for row in rows]


def used_of(person_ids: Sequence[int]) -> list[Used]:
    """The newest period first."""
    rows = Running.objects.filter(person_id__in=person_ids, window="period")
    return [
        Used(
            one.period_from,
            one.period_until,
            one.uses + one.taken_over_uses,
            one.uses_limit,
            one.decided_fen + one.taken_over_fen,
            one.ceiling_fen,
        )
        for one in rows.order_by("-period_from")
    ]


def _facts(facts: dict[str, int] | str) -> tuple[date | None, int | None]:
    """The day of the settlement and the whole cost, of what the settlement states."""
    import json

    said = json.loads(facts) if isinstance(facts, str) else facts
    on = said.get("settled_on")
    return (date_of(on) if on is not None else None, said.get("total_cost"))
