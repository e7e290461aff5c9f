"""Batches as pages show them: by key, with who did which step; and those that wait for a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connections
from django.db.models import Count, Min

from gonghui.ground.borders.scope import Scope
from gonghui.ground.directory.models import Person
from gonghui.verbs.treasury.models import PayoutBatch, PayoutLine
from gonghui.verbs.treasury.permissions import (
    PAYOUT_ANSWER,
    PAYOUT_APPROVE,
    PAYOUT_CHECK,
    PAYOUT_RELEASE,
)

PAGE = 30
LINES = 50
STEPS = ("drafted", "checked", "approved", "sealed", "released", "closed")

NEXT = {
    "drafted": ("check", PAYOUT_CHECK),
    "checked": ("approve", PAYOUT_APPROVE),
    "approved": ("seal", PAYOUT_RELEASE),
    "sealed": ("release", PAYOUT_RELEASE),
    "released": ("answer", PAYOUT_ANSWER),
    "answered": ("close", PAYOUT_ANSWER),
}
"""By state: what comes next, and the permission it needs."""

_STATES = """
select l.batch_id, l.state, count(*), sum(l.fen)::bigint from public.treasury_payoutline l
 where l.batch_id = any(%s) group by 1, 2 order by 1, 2"""


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A batch in a list; ``states``: (state, lines, fen) of its lines."""

    id: int
    number: str
    fund: str
    drafted_on: date
    state: str
    lines: int
    total_fen: int
    states: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A step of a batch: by whom and when; nobody where it was not done yet."""

    step: str
    who: str
    person_id: int | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchWaits:
    """How many batches are in one state, and since when."""

    state: str
    number: int
    since: date


def batch_page(*, before: int | None = None, open_only: bool = False) -> list[ListedBatch]:
    """The newest first, behind the batch ``before``: one more than a page, if there are more.
    Inside a scope."""
    found = PayoutBatch.objects.select_related("fund").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    if open_only:
        found = found.exclude(state__in=["closed", "cancelled"])
    rows = list(found.defer("payees", "file")[: PAGE + 1])
    states = _states([one.pk for one in rows])
    return [
        ListedBatch(
            one.pk,
            one.number,
            one.fund.name,
            one.drafted_on,
            one.state,
            one.lines,
            one.total_fen,
            tuple(states.get(one.pk, ())),
        )
        for one in rows
    ]


def line_states(batch_id: int) -> list[tuple[str, int, int]]:
    """(state, lines, fen) of a batch's lines."""
    return _states([batch_id]).get(batch_id, [])


def line_page(batch_id: int, *, after: int = 0) -> list[PayoutLine]:
    """The lines behind a place, without their payees: one more than a page, if there are more."""
    rows = PayoutLine.objects.filter(batch_id=batch_id, place__gt=after).order_by("place")
    return list(rows.select_related("union", "person").defer("account_blind")[: LINES + 1])


def steps_of(batch: PayoutBatch) -> list[Done]:
    """Who did what, in the order of the steps."""
    ids = {getattr(batch, f"{step}_by_id") for step in STEPS} - {None}
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        Done(step, names.get(by, ""), by, getattr(batch, f"{step}_at"))
        for step in STEPS
        for by in (getattr(batch, f"{step}_by_id"),)
    ]


def batches_waiting(scope: Scope) -> list[BatchWaits]:
    """Of the states from which whoever looks may carry a batch on."""
    states = [state for state, (_deed, permission) in NEXT.items() if scope.may(permission)]
    rows = PayoutBatch.objects.filter(state__in=states).values("state")
    counted = rows.annotate(number=Count("pk"), since=Min("drafted_on")).order_by("state")
    return [BatchWaits(one["state"], one["number"], one["since"]) for one in counted]


def _states(ids: list[int]) -> dict[int, list[tuple[str, int, int]]]:
    found: dict[int, list[tuple[str, int, int]]] = {}
    with connections["default"].cursor() as cursor:
        cursor.execute(_STATES, [ids])
        for batch_id, state, number, fen in cursor.fetchall():
            found.setdefault(batch_id, []).append((state, number, fen))
    return found
