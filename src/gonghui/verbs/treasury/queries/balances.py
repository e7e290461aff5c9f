"""What stands on the accounts: from the kept sums, as much of them as the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.permissions import READ

_TRIAL = """
with asked as (select * from public.treasury_period where id = %s)
select a.code, a.key, a.name, a.kind, {union} as place, coalesce(i.code, '') as item,
       coalesce(sum(b.debit_fen - b.credit_fen) filter (where p.id <> asked.id), 0),
       coalesce(sum(b.debit_fen) filter (where p.id = asked.id), 0),
       coalesce(sum(b.credit_fen) filter (where p.id = asked.id), 0),
       coalesce(sum(b.quantity_in - b.quantity_out) filter (where p.id <> asked.id), 0),
       coalesce(sum(b.quantity_in) filter (where p.id = asked.id), 0),
       coalesce(sum(b.quantity_out) filter (where p.id = asked.id), 0)
  from asked
  join public.treasury_period p on p.fund_id = asked.fund_id and p.starts_on <= asked.starts_on
  join public.treasury_balance b on b.period_id = p.id
  join public.treasury_account a on a.id = b.account_id
  left join public.treasury_item i on i.id = b.item_id
  {join}
 group by a.code, a.key, a.name, a.kind, place, item order by a.code, place, item"""

_HELD = """
select coalesce(sum(b.debit_fen - b.credit_fen), 0),
       coalesce(sum(b.quantity_in - b.quantity_out), 0)
  from public.treasury_balance b
  join public.treasury_account a on a.id = b.account_id
  join public.treasury_fund f on f.id = a.fund_id
 where f.code = %s and a.key = %s and (%s::bigint is null or b.union_id = %s)
   and (%s::text is null or b.item_id = (select id from public.treasury_item where code = %s))"""


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One account in a period: opening, what came and went, closing. A debit is positive.

    ``union`` is a union's code where the answer is by union, ``item`` "" for money.
    """

    code: str
    key: str
    name: str
    kind: str
    union: str
    item: str
    opening_fen: int
    debit_fen: int
    credit_fen: int
    opening_quantity: int
    quantity_in: int
    quantity_out: int

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.debit_fen - self.credit_fen

    @property
    def closing_quantity(self) -> int:
        return self.opening_quantity + self.quantity_in - self.quantity_out


def trial_balance(actor: Actor, period_id: int, *, by_union: bool = False) -> list[TrialLine]:
    """All accounts that have moved until the period's end. Over a whole fund its columns agree."""
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        scope.require(READ)
        union, join = "''", ""
        if by_union:
            union, join = "u.code", "join public.directory_union u on u.id = b.union_id"
        cursor.execute(_TRIAL.format(union=union, join=join), [period_id])
        return [TrialLine(*row[:6], *map(int, row[6:])) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Held:
    """What an account comes to: fen with a debit positive, and goods."""

    fen: int
    quantity: int


def account_balance(
    actor: Actor, fund: str, account: str, *, union_id: int | None = None, item: str | None = None
) -> Held:
    """What an account comes to, over all periods; for one union, or one item, where asked."""
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        scope.require(READ)
        cursor.execute(_HELD, [fund, account, union_id, union_id, item, item])
        fen, quantity = cursor.fetchone()
        return Held(int(fen), int(quantity))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account as a bank would list it; ``balance_fen`` is what it then came to."""

    booked_on: date
    line_id: int
    journal_id: int
    kind: str
    memo: str
    source: str | None
    union_id: int
    item: str | None
    quantity: int
    fen: int
    balance_fen: int


_STATEMENT = """
select l.booked_on, l.id, l.journal_id, j.kind, j.memo, j.source, l.union_id, i.code, l.quantity,
       l.fen
  from public.treasury_line l
  join public.treasury_journal j on j.id = l.journal_id
  left join public.treasury_item i on i.id = l.item_id
 where l.account_id = (select a.id from public.treasury_account a
                         join public.treasury_fund f on f.id = a.fund_id
                        where f.code = %s and a.key = %s)
   and (%s::bigint is null or l.union_id = %s)
   and (l.booked_on, l.id) > (%s::date, %s::bigint)
   and (%s::date is null or l.booked_on < %s)
 order by l.booked_on, l.id limit %s"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of a statement ended, and what the account had come to there."""

    booked_on: date
    line_id: int
    balance_fen: int


START = Mark(date.min, 0, 0)
"""Before the first line of an account."""


def account_statement(
    actor: Actor,
    fund: str,
    account: str,
    *,
    union_id: int | None = None,
    after: Mark = START,
    before: date | None = None,
    limit: int = 50,
) -> tuple[list[StatementLine], Mark | None]:
    """A page of an account by day, found by key; and where the next begins, None at the end.

    Lines posted later for earlier days do not show on pages already turned.
    """
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        scope.require(READ)
        cursor.execute(
            _STATEMENT,
            [
                *(fund, account, union_id, union_id, after.booked_on, after.line_id),
                *(before, before, limit + 1),
            ],
        )
        rows = cursor.fetchall()
    balance, lines = after.balance_fen, []
    for row in rows[:limit]:
        balance += row[-1]
        lines.append(StatementLine(*(*row, balance)))
    if len(rows) <= limit:
        return lines, None
    return lines, Mark(lines[-1].booked_on, lines[-1].line_id, balance)
