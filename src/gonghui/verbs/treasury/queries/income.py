"""收支表: what came in and went out over any days, and what was left before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.permissions import READ

_MOVED = """
select a.code, a.key, a.name, a.kind, {month}, count(*), -sum(l.fen)::bigint
  from public.treasury_line l
  join public.treasury_account a on a.id = l.account_id
  join public.treasury_fund f on f.id = a.fund_id
  join public.treasury_journal j on j.id = l.journal_id
 where f.code = %s and a.kind in ('income', 'expense') and l.booked_on >= %s and l.booked_on < %s
   and j.kind <> 'closing'
 group by 1, 2, 3, 4, 5 order by a.kind desc, a.code, 5"""
_LEFT = """
select -coalesce(sum(l.fen), 0)::bigint
  from public.treasury_line l
  join public.treasury_account a on a.id = l.account_id
  join public.treasury_fund f on f.id = a.fund_id
 where f.code = %s and a.kind in ('income', 'expense', 'equity') and l.booked_on < %s"""


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """One account: ``fen`` is what it added to what is left, so an expense is negative. ``month``
    is YYYY-MM, or "" for all days together; ``lines`` are behind it (see ``account_statement``)."""

    code: str
    key: str
    name: str
    kind: str
    month: str
    lines: int
    fen: int


@dataclass(frozen=True, slots=True)
class Income:
    """``opening_fen`` and ``closing_fen``: income, expense and equity until then, as left over."""

    since: date
    until: date
    opening_fen: int
    lines: Sequence[IncomeLine]
    closing_fen: int

    @property
    def surplus_fen(self) -> int:
        """What these days added."""
        return sum(one.fen for one in self.lines)


def income(actor: Actor, fund: str, *, since: date, until: date, by_month: bool = False) -> Income:
    """From the ledger's lines; ``until`` is the first day not in it."""
    month = "to_char(l.booked_on, 'YYYY-MM')" if by_month else "''::text"
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        scope.require(READ)
        cursor.execute(_LEFT, [fund, since])
        (opening,) = cursor.fetchone()
        cursor.execute(_MOVED.format(month=month), [fund, since, until])
        lines = [IncomeLine(*row) for row in cursor.fetchall()]
        cursor.execute(_LEFT, [fund, until])
        (closing,) = cursor.fetchone()
        return Income(since, until, opening, lines, closing)
