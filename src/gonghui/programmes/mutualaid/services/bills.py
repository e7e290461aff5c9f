"""Bills (交费通知): one for each unit with people not billed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.models import Bill, Scheme
from gonghui.programmes.mutualaid.permissions import BILL
from gonghui.programmes.mutualaid.queries.profiles import city_profile
from gonghui.programmes.mutualaid.services.numbers import next_numbers

_UNBILLED = """
select union_id, count(*), sum(fee_fen) from public.mutualaid_enrolment
 where scheme_id = %s and period_from = %s and bill_id is null and not cancelled
   and (%s::bigint[] is null or union_id = any(%s::bigint[]))
 group by union_id order by union_id"""

_ISSUE = """
insert into public.mutualaid_bill (number, union_id, scheme_id, period_from, period_until, heads,
       total_fen, received_fen, issued_on, due_on, issued_by_id)
select b.number, b.place, %(scheme)s, %(from)s, e.until, b.heads, b.total, 0, %(on)s, %(due)s,
       %(by)s
  from unnest(%(numbers)s::text[], %(unions)s::bigint[], %(heads)s::integer[], %(totals)s::bigint[])
       b (number, place, heads, total),
       (select max(period_until) as until from public.mutualaid_enrolment
         where scheme_id = %(scheme)s and period_from = %(from)s) e
returning id"""

_MARK = """
update public.mutualaid_enrolment e set bill_id = b.id from public.mutualaid_bill b
 where b.id = any(%s) and e.union_id = b.union_id and e.scheme_id = b.scheme_id
   and e.period_from = b.period_from and e.bill_id is null and not e.cancelled"""


@dataclass(frozen=True, slots=True)
class Issued:
    """What was billed."""

    bills: list[int]
    heads: int
    total_fen: int


def issue_bills(
    actor: Actor,
    scheme: Scheme,
    period_from: date,
    *,
    on: date,
    due_on: date,
    union_ids: Sequence[int] | None = None,
) -> Issued:
    """A bill for every unit (or for these) with enrolments that stand on no bill. Set-based."""
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        scope.require(BILL)
        # One at a time, or two bills would count the same people.
        cursor.execute("select pg_advisory_xact_lock(hashtext('bills'), %s)", [scheme.pk])
        wanted = None if union_ids is None else list(union_ids)
        cursor.execute(_UNBILLED, [scheme.pk, period_from, wanted, wanted])
        rows = cursor.fetchall()
        if not rows:
            return Issued([], 0, 0)
        numbers = next_numbers(city_profile(), "bill", on.year, len(rows))
        unions, heads, totals = (list(column) for column in zip(*rows, strict=True))
        cursor.execute(
            _ISSUE,
            {
                **{"scheme": scheme.pk, "from": period_from, "on": on, "due": due_on},
                **{"by": scope.person_id, "numbers": numbers, "unions": unions},
                **{"heads": heads, "totals": [int(total) for total in totals]},
            },
        )
        bills = [bill for (bill,) in cursor.fetchall()]
        cursor.execute(_MARK, [bills])
        if cursor.rowcount != sum(heads):
            raise RuntimeError(f"{cursor.rowcount} enrolments were billed, {sum(heads)} counted")
        issued = Issued(bills, sum(heads), int(sum(totals)))
        record(
            "contribution.billed",
            subject="mutualaid_bill",
            subject_id=bills[0],
            union_id=scope.union_id,
            details={"bills": len(bills), "heads": issued.heads, "total_fen": issued.total_fen},
        )
        return issued


def cancel_bill(actor: Actor, bill_id: int, *, on: date, because: str) -> None:
    """Takes back a bill on which nothing was received; its people stand on no bill again."""
    with actor.transaction() as scope:
        scope.require(BILL)
        bill = Bill.objects.select_for_update().filter(pk=bill_id, cancelled_on=None).first()
        if bill is None:
            raise Refusal(N_("There is no such bill in force."), N_("Look at the list of bills."))
        if bill.received_fen:
            raise Refusal(
                N_("Money was received on bill {number}: it can no longer be taken back."),
                N_("Withdraw the people it concerns; what they paid is then given back."),
                number=bill.number,
            )
        bill.enrolments.update(bill=None)
        bill.cancelled_on = on
        bill.save(update_fields=["cancelled_on"])
        record(
            "contribution.bill_cancelled",
            subject="mutualaid_bill",
            subject_id=bill.pk,
            union_id=bill.union_id,
            details={"because": masked_reason(because)},
        )
