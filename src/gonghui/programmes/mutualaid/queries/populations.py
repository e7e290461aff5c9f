"""The payments of a period: what a sample is drawn from, and how it ties in with the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.fields import HOSPITAL_LEVELS
from gonghui.ground.borders.scope import Scope
from gonghui.programmes.mutualaid.auditing.population import Payment, Population, population_of
from gonghui.programmes.mutualaid.models import Scheme
from gonghui.programmes.mutualaid.permissions import SAMPLE

_PAYMENTS = """
select p.id, p.reference, p.fen, p.paid_on::text, u.kind,
       coalesce(nullif(h.unit_class, ''), n.unit_class),
       case when s.id is null then '' else coalesce(s.facts ->> 'hospital_level', '0') end
  from public.treasury_payoutline p
  join public.mutualaid_due u on u.source = p.source and u.scheme_id = %(scheme)s
  join public.directory_union n on n.id = u.union_id
  left join public.directory_unitspan h on h.union_id = n.id and h.starts_on <= p.paid_on
        and (h.ends_before is null or h.ends_before > p.paid_on)
  left join public.mutualaid_decision d on d.id = u.decision_id
  left join public.mutualaid_settlement s on s.id = d.settlement_id
 where p.state = 'paid' and p.paid_on >= %(since)s and p.paid_on < %(until)s"""

# Whatever the ledger calls a payout or the return of one, whoever posted it, in the funds that
# this scheme pays from; then, reference by reference, what of it is no payment of the period.
_TIE = """
with booked as (
  select split_part(j.source, ':', 2) as reference, sum(-l.fen) as fen
    from public.treasury_journal j
    join public.treasury_line l on l.journal_id = j.id
    join public.treasury_account a on a.id = l.account_id and a.cash
    join public.treasury_fund f on f.id = j.fund_id
    join public.mutualaid_scheme m on m.id = %(scheme)s and m.union_id = f.union_id
   where j.kind in ('payout', 'payout_return')
     and j.booked_on >= %(since)s and j.booked_on < %(until)s
   group by 1),
payments as (
  select p.reference, p.fen, p.state, p.paid_on, u.id as due_id
    from public.treasury_payoutline p
    left join public.mutualaid_due u on u.source = p.source and u.scheme_id = %(scheme)s
   where p.posted > 0),
tied as (
  select coalesce(b.fen, 0) as booked,
         case when p.state = 'paid' and p.paid_on >= %(since)s and p.paid_on < %(until)s
               and p.due_id is not null then p.fen else 0 end as counted,
         case when p.reference is null then 'unknown'
              when p.due_id is null then 'elsewhere'
              when p.state <> 'paid' then 'returned'
              else 'other_day' end as why
    from booked b full join payments p on p.reference = b.reference)
select why, sum(booked)::bigint, sum(counted)::bigint,
       count(*) filter (where booked <> counted),
       (sum(booked) filter (where booked <> counted))::bigint,
       (sum(counted) filter (where booked <> counted))::bigint
  from tied group by why"""

_CASH = """
select j.kind,
       coalesce(sum(l.fen) filter (where l.booked_on >= %(since)s and l.fen > 0), 0)::bigint,
       coalesce(-sum(l.fen) filter (where l.booked_on >= %(since)s and l.fen < 0), 0)::bigint,
       coalesce(sum(l.fen) filter (where l.booked_on < %(since)s), 0)::bigint
  from public.treasury_line l
  join public.treasury_journal j on j.id = l.journal_id
  join public.treasury_account a on a.id = l.account_id and a.cash
  join public.treasury_fund f on f.id = a.fund_id
  join public.mutualaid_scheme m on m.id = %(scheme)s and m.union_id = f.union_id
 where l.booked_on < %(until)s
 group by 1 order by 1"""

_STATED = """
select b.day, b.stated_fen, b.ledger_fen
  from public.treasury_bankbalance b join public.treasury_fund f on f.id = b.fund_id
  join public.mutualaid_scheme m on m.id = %(scheme)s and m.union_id = f.union_id
 where b.day < %(until)s and b.day >= %(since)s
 order by b.day desc, b.id desc limit 1"""

REASONS = {
    "returned": N_("left and came back, as far as both fall in the period"),
    "other_day": N_("paid by the bank in one period, booked in another"),
    "elsewhere": N_("payments of the same fund for something else"),
}
"""Why the ledger and the payments of a period may differ."""


@dataclass(frozen=True, slots=True)
class Tie:
    """The ledger's payouts of the period, the payments, and the differences by reason, in fen.

    ``unknown_fen`` was booked as a payout, and no payment is known: it never should be.
    """

    ledger_fen: int
    payments_fen: int
    differences: dict[str, int]
    unknown_fen: int


@dataclass(frozen=True, slots=True)
class CashMoved:
    """One kind of journal, and what it brought into the accounts at the bank and took out."""

    kind: str
    in_fen: int
    out_fen: int


@dataclass(frozen=True, slots=True)
class Cash:
    """The accounts at the bank over a period: opening + in − out = closing, by kind of journal.

    ``stated_fen`` is what the bank itself said last in the period, on ``stated_on``, beside what
    the ledger held that day.
    """

    opening_fen: int
    moved: tuple[CashMoved, ...]
    closing_fen: int
    stated_on: date | None
    stated_fen: int
    ledger_fen: int


def may_audit(scope: Scope) -> None:
    """Refuses whoever may not draw samples, or not from the whole: batches are the federation's,
    and half of one proves nothing."""
    scope.require(SAMPLE)
    if not scope.whole:
        raise Refusal(
            N_("Payments are audited for the whole federation."),
            N_("Act in a post of its 经审会, not in one of a part of it."),
        )


def payments_of(scheme: Scheme, since: date, until: date) -> tuple[Population, dict[str, int]]:
    """The payments of a scheme between two days, as far as the scope shows them, and their ids by
    reference. Inside a transaction."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_PAYMENTS, {"scheme": scheme.pk, "since": since, "until": until})
        rows = cursor.fetchall()
    ids = {reference: int(id_) for id_, reference, *_ in rows}
    return population_of(
        Payment(reference, fen, day, kind, unit, _level(level))
        for _id, reference, fen, day, kind, unit, level in rows
    ), ids


def tie_to_ledger(scheme: Scheme, since: date, until: date) -> Tie:
    """Inside a transaction."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_TIE, {"scheme": scheme.pk, "since": since, "until": until})
        rows = cursor.fetchall()
    differences = {
        why: (booked or 0) - (counted or 0)
        for why, _all, _counted, many, booked, counted in rows
        if many
    }
    unknown = differences.pop("unknown", 0)
    return Tie(sum(row[1] for row in rows), sum(row[2] for row in rows), differences, unknown)


def cash_of(scheme: Scheme, since: date, until: date) -> Cash:
    """Every yuan in and out of the scheme's accounts at the bank. Inside a transaction."""
    said: dict[str, int | date] = {"scheme": scheme.pk, "since": since, "until": until}
    with connections["default"].cursor() as cursor:
        cursor.execute(_CASH, said)
        rows = cursor.fetchall()
        cursor.execute(_STATED, said)
        stated = cursor.fetchone() or (None, 0, 0)
    opening = sum(row[3] for row in rows)
    moved = tuple(CashMoved(*row[:3]) for row in rows if row[1] or row[2])
    closing = opening + sum(one.in_fen - one.out_fen for one in moved)
    return Cash(opening, moved, closing, *stated)


def _level(code: str) -> str:
    return (HOSPITAL_LEVELS.identifier(int(code)) or code) if code.isdigit() else ""
