"""Whether the kept sums are the sums: every figure is counted anew from the lines.

A finding's place says which row, and two figures: what is kept, and what was counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gonghui.core.errors import N_
from gonghui.ground.borders.checks import Finding

_UNBALANCED = """
select 'treasury_journal ' || j.id, coalesce(sum(l.fen), 0)::text
  from public.treasury_journal j left join public.treasury_line l on l.journal_id = j.id
 group by j.id having count(l.id) < 2 or sum(l.fen) <> 0 order by j.id"""

_UNBALANCED_GOODS = """
select 'treasury_journal ' || l.journal_id, sum(l.quantity)::text
  from public.treasury_line l where l.item_id is not null
 group by l.journal_id, l.item_id having sum(l.quantity) <> 0 order by l.journal_id"""

_UNPROVED = """
select 'treasury_journal ' || j.id, ''
  from public.treasury_journal j left join public.treasury_proved p on p.journal_id = j.id
 where p.journal_id is null order by j.id"""

_MISPLACED = """
select 'treasury_line ' || l.id, ''
  from public.treasury_line l
  join public.treasury_journal j on j.id = l.journal_id
  join public.treasury_account a on a.id = l.account_id
  join public.treasury_period p on p.id = j.period_id
 where a.fund_id <> j.fund_id or p.fund_id <> j.fund_id or l.booked_on <> j.booked_on
    or j.booked_on < p.starts_on or j.booked_on >= p.ends_before order by l.id"""

_BALANCES = """
with counted as (
  select l.account_id, l.union_id, l.item_id, j.period_id, sum(greatest(l.fen, 0)) as debit_fen,
         sum(greatest(-l.fen, 0)) as credit_fen, sum(greatest(l.quantity, 0)) as quantity_in,
         sum(greatest(-l.quantity, 0)) as quantity_out, count(*) as lines
    from public.treasury_line l join public.treasury_journal j on j.id = l.journal_id
   group by 1, 2, 3, 4)
select concat_ws(' ', 'treasury_balance: account', coalesce(b.account_id, c.account_id), 'union',
         coalesce(b.union_id, c.union_id), 'item', coalesce(b.item_id, c.item_id, 0), 'period',
         coalesce(b.period_id, c.period_id)),
       coalesce(b.debit_fen - b.credit_fen, 0) || ' / ' || coalesce(c.debit_fen - c.credit_fen, 0)
  from public.treasury_balance b
  full join counted c on (b.account_id, b.union_id, coalesce(b.item_id, 0), b.period_id)
                       = (c.account_id, c.union_id, coalesce(c.item_id, 0), c.period_id)
 where (b.debit_fen, b.credit_fen, b.quantity_in, b.quantity_out, b.lines) is distinct from
       (c.debit_fen, c.credit_fen, c.quantity_in, c.quantity_out, c.lines) order by 1"""

_STOCKS = """
with counted as (
  select l.account_id, l.union_id, l.item_id, sum(l.quantity) as quantity
    from public.treasury_line l join public.treasury_account a on a.id = l.account_id
   where a.store and l.item_id is not null group by 1, 2, 3)
select concat_ws(' ', 'treasury_stock: account', coalesce(s.account_id, c.account_id), 'union',
         coalesce(s.union_id, c.union_id), 'item', coalesce(s.item_id, c.item_id)),
       coalesce(s.quantity, 0) || ' / ' || coalesce(c.quantity, 0)
  from public.treasury_stock s full join counted c
    on (s.account_id, s.union_id, s.item_id) = (c.account_id, c.union_id, c.item_id)
 where s.quantity is distinct from c.quantity order by 1"""

_PURSES = """
with counted as (
  select a.fund_id, sum(l.fen) as fen
    from public.treasury_line l join public.treasury_account a on a.id = l.account_id
   where a.cash group by 1)
select 'treasury_purse: fund ' || f.id, coalesce(p.held_fen, 0) || ' / ' || coalesce(c.fen, 0)
  from public.treasury_fund f left join public.treasury_purse p on p.fund_id = f.id
  left join counted c on c.fund_id = f.id
 where p.held_fen is distinct from coalesce(c.fen, 0) order by f.id"""

_CLOSED = """
select 'treasury_period ' || p.id, ''
  from public.treasury_period p left join public.treasury_closing c
    on c.period_id = p.id and c.confirmed_at is not null
 where p.closed_at is not null
   and (c.id is null or c.sha256 <> sha256(convert_to(c.trial_balance, 'UTF8'))
        or c.trial_balance <> gate.ledger_trial_balance(p.id)) order by p.starts_on"""

_QUESTIONS: tuple[tuple[str, str], ...] = (
    (N_("The journal does not balance."), _UNBALANCED),
    (N_("The journal's goods do not balance."), _UNBALANCED_GOODS),
    (N_("The journal was never found balanced as it was posted."), _UNPROVED),
    (N_("The line is of another fund, day or period than its journal."), _MISPLACED),
    (N_("The kept balance is not the sum of the lines."), _BALANCES),
    (N_("The kept stock is not the sum of the lines."), _STOCKS),
    (N_("The money at hand is not the sum of the lines."), _PURSES),
    (N_("The closed period's trial balance is not the one it was closed with."), _CLOSED),
)


def prove_balances(connection: Any) -> Iterable[Finding]:  # noqa: ANN401  (psycopg, as keeper)
    """Everything that differs from what the lines say. Needs eyes that see all rows."""
    return _findings(connection)


def _findings(connection: Any) -> Iterator[Finding]:  # noqa: ANN401
    for words, question in _QUESTIONS:
        for place, figures in connection.execute(question).fetchall():
            yield Finding(f"{place}: {figures}" if figures else place, words)
