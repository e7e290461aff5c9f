"""What units still owe, what waits in suspense, who takes part: what the actor may see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections
from django.db.models import F

from gonghui.programmes.mutualaid.models import Bill, Suspense

_ENROLLED = """
select u.id, u.name, count(*), count(e.paid_on), sum(e.fee_fen)::bigint, coalesce((
         select sum(b.received_fen) from public.mutualaid_bill b
          where b.union_id = u.id and b.scheme_id = %s and b.period_from = %s), 0)::bigint
  from public.mutualaid_enrolment e join public.directory_union u on u.id = e.union_id
 where e.scheme_id = %s and e.period_from = %s and not e.cancelled
 group by u.id order by u.low"""


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A bill not paid in full."""

    id: int
    number: str
    union: str
    heads: int
    left_fen: int
    due_on: date


@dataclass(frozen=True, slots=True)
class OpenSuspense:
    """Money whose purpose is not known yet, with who finds out until when."""

    id: int
    payer: str
    memo: str
    left_fen: int
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many take part through a unit in a period, and what came in for them."""

    union_id: int
    union: str
    people: int
    covered: int
    fee_fen: int
    received_fen: int


def open_bills(*, after: tuple[date, int] | None = None, limit: int = 100) -> list[OpenBill]:
    """The bills due first, a page at a time by (due day, id)."""
    bills = Bill.objects.filter(paid_on=None, cancelled_on=None).select_related("union")
    if after is not None:
        bills = bills.filter(due_on__gte=after[0]).exclude(due_on=after[0], id__lte=after[1])
    rows = bills.annotate(left=F("total_fen") - F("received_fen")).order_by("due_on", "id")
    return [
        OpenBill(one.pk, one.number, one.union.name, one.heads, one.left, one.due_on)
        for one in rows[:limit]
    ]


def open_suspense(*, after: tuple[date, int] | None = None, limit: int = 100) -> list[OpenSuspense]:
    """What is due first, a page at a time by (due day, id)."""
    rows = Suspense.objects.filter(settled_on=None).select_related("statementline", "owner")
    if after is not None:
        rows = rows.filter(due_on__gte=after[0]).exclude(due_on=after[0], id__lte=after[1])
    return [
        OpenSuspense(
            *(one.pk, one.statementline.payer, one.statementline.memo, one.left_fen),
            *(one.owner.name, one.due_on),
        )
        for one in rows.order_by("due_on", "id")[:limit]
    ]


def enrolled(scheme_id: int, period_from: date) -> list[Enrolled]:
    """Unit by unit, in the order of the tree."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            _ENROLLED,
            [scheme_id, period_from, scheme_id, period_from],
        )
        return [Enrolled(*row) for row in cursor.fetchall()]


def contributions_booked(fund: str) -> int:
    """What the ledger of a fund holds as contributions, in fen: the sum of its lines."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select coalesce(-sum(l.fen), 0)::bigint from public.treasury_line l"
            " join public.treasury_account a on a.id = l.account_id"
            " join public.treasury_fund f on f.id = a.fund_id"
            " where f.code = %s and a.key = 'contributions'",
            [fund],
        )
        return int(cursor.fetchone()[0])
