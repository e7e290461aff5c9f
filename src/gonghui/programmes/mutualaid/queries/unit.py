"""One union's years in the schemes: how many took part, what it was billed. Inside a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.ground.directory.models import Union
from gonghui.programmes.mutualaid.models import Bill

MOST = 50

_PERIODS = """
select e.period_from, e.period_until, count(distinct e.person_id), count(distinct e.union_id),
       sum(e.fee_fen)::bigint,
       coalesce(sum(e.fee_fen) filter (where e.paid_on is not null), 0)::bigint
  from public.mutualaid_enrolment e
 where e.union_id in (select id from public.directory_union where low between %s and %s)
   and not e.cancelled
 group by 1, 2 order by 1 desc limit %s"""


@dataclass(frozen=True, slots=True)
class TookPart:
    """One period of a union and all below it."""

    period_from: date
    period_until: date
    people: int
    units: int
    fee_fen: int
    paid_fen: int


def taken_part(union: Union) -> list[TookPart]:
    """The newest period first."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_PERIODS, [union.low, union.high, MOST])
        return [TookPart(*row) for row in cursor.fetchall()]


def bills_of(union_id: int) -> list[Bill]:
    """Bills to this union itself, the newest first."""
    return list(Bill.objects.filter(union_id=union_id).order_by("-id")[:MOST])
