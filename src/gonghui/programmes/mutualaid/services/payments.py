"""What a payment does: receipts, the bill's sum, and cover that is good once the bill is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.ground.borders.scope import Scope

_RECEIPTS = """
insert into public.mutualaid_receipt
       (number, statementline_id, bill_id, union_id, fen, journal_id, received_on, matched_by_id,
        matched_at)
select r.number, r.line, r.bill, r.place, r.fen, r.journal, r.day, %s, now()
  from unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
              %s::date[]) r (number, line, bill, place, fen, journal, day)"""

_BILLS = """
update public.mutualaid_bill b
   set received_fen = b.received_fen + p.fen,
       paid_on = case when b.received_fen + p.fen = b.total_fen then p.day end
  from (select bill, sum(fen)::bigint as fen, max(day) as day
          from unnest(%s::bigint[], %s::bigint[], %s::date[]) x (bill, fen, day) group by bill) p
 where b.id = p.bill returning b.id, b.paid_on"""

_COVER = """
update public.mutualaid_enrolment e set paid_on = b.paid_on from public.mutualaid_bill b
 where e.bill_id = b.id and b.id = any(%s) and not e.cancelled and e.paid_on is null"""


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a statement line pays a bill of a union."""

    line_id: int
    bill_id: int
    union_id: int
    fen: int
    on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """Bills that are paid in full now, and those still open; people whose cover is good now."""

    paid: int
    partly: int
    covered: int


def pay_bills(
    scope: Scope, parts: Sequence[Part], journals: Mapping[int, int], numbers: Sequence[str]
) -> Paid:
    """Four statements, however many parts. ``journals``: line → the journal that booked it."""
    if not parts:
        return Paid(0, 0, 0)
    bills = [part.bill_id for part in parts]
    fens = [part.fen for part in parts]
    days = [part.on for part in parts]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            _RECEIPTS,
            [
                *(scope.person_id, list(numbers), [part.line_id for part in parts], bills),
                *([part.union_id for part in parts], fens),
                *([journals[part.line_id] for part in parts], days),
            ],
        )
        cursor.execute(_BILLS, [bills, fens, days])
        found = cursor.fetchall()
        paid = [bill for bill, day in found if day is not None]
        covered = 0
        if paid:
            cursor.execute(_COVER, [paid])
            covered = cursor.rowcount
    return Paid(len(paid), len(found) - len(paid), covered)
