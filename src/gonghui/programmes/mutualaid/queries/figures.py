"""Published figures (公布数字): each is a sum or a count over lines that can be opened.

``decided`` is what the ledger's expense says, by the day it was booked; ``paid`` is what left the
bank, by the bank's day, less what a later decision made owed back, by the day of that decision.
What was paid before a take-over belongs to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.models import Scheme
from gonghui.programmes.mutualaid.permissions import FIGURES

Basis = Literal["decided", "paid"]
By = Literal["unit", "month", "level"]

_TAKEN = """
select 'takenpayout', t.id, t.paid_on, t.person_id, t.union_id, t.fen, '' as level
  from public.mutualaid_takenpayout t join public.mutualaid_takeover o on o.id = t.takeover_id
 where o.scheme_id = %(scheme)s and t.paid_on >= %(since)s and t.paid_on < %(until)s"""

_LINES = {
    "decided": f"""
select 'ledger', l.id, l.booked_on, d.person_id, l.union_id, l.fen,
       coalesce(s.facts ->> 'hospital_level', '')
  from public.mutualaid_decision d
  join public.mutualaid_settlement s on s.id = d.settlement_id
  join public.treasury_line l on l.journal_id = d.journal_id
  join public.treasury_account a on a.id = l.account_id and a.key = 'benefits'
 where s.scheme_id = %(scheme)s and l.booked_on >= %(since)s and l.booked_on < %(until)s
 union all {_TAKEN}""",
    "paid": f"""
select 'ledger', l.id, l.booked_on, u.person_id, l.union_id, l.fen,
       coalesce(s.facts ->> 'hospital_level', '')
  from public.treasury_payoutline p
  join public.mutualaid_due u on u.source = p.source and u.kind = 'benefit'
  left join public.mutualaid_decision d on d.id = u.decision_id
  left join public.mutualaid_settlement s on s.id = d.settlement_id
  join public.treasury_line l on l.journal_id in (p.journal_id, p.return_journal_id)
  join public.treasury_account a on a.id = l.account_id and a.key = u.account_key
 where u.scheme_id = %(scheme)s and l.booked_on >= %(since)s and l.booked_on < %(until)s
 union all
select 'recovery', l.id, l.booked_on, d.person_id, l.union_id, -l.fen,
       coalesce(s.facts ->> 'hospital_level', '')
  from public.mutualaid_decision d
  join public.mutualaid_settlement s on s.id = d.settlement_id
  join public.treasury_line l on l.journal_id = d.journal_id
  join public.treasury_account a on a.id = l.account_id and a.key = 'benefits_recoverable'
 where s.scheme_id = %(scheme)s and l.booked_on >= %(since)s and l.booked_on < %(until)s
 union all {_TAKEN}""",
    "received": """
select 'ledger', l.id, l.booked_on, null::bigint, l.union_id, -l.fen, ''
  from public.treasury_line l
  join public.treasury_account a on a.id = l.account_id and a.key = 'contributions'
  join public.treasury_fund f on f.id = a.fund_id
  join public.mutualaid_scheme m on m.union_id = f.union_id and m.id = %(scheme)s
 where l.booked_on >= %(since)s and l.booked_on < %(until)s""",
}

_SUMS = """
select {key} as part, count(*), (count(*) filter (where x.kind <> 'recovery' and fen > 0)
           - count(*) filter (where x.kind <> 'recovery' and fen < 0)),
       count(distinct person) filter (where hers > 0),
       coalesce(sum(fen), 0)::bigint
  from (select x.*, sum(x.fen) over (partition by x.person{by}) as hers
          from ({lines}) x (kind, id, day, person, place, fen, level)) x
  left join public.directory_union u on u.id = x.place
 group by 1 order by 1"""
_KEYS: dict[str, tuple[str, str]] = {
    "": ("''::text", ""),
    "unit": ("coalesce(u.name, '')", ", x.place"),
    "month": ("to_char(x.day, 'YYYY-MM')", ", to_char(x.day, 'YYYY-MM')"),
    "level": ("x.level", ", x.level"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line behind a figure. ``kind``: a ``ledger`` line, a ``takenpayout`` of a take-over, or a
    ``recovery``, the ledger's line of what is owed back or was set off."""

    kind: str
    id: int
    day: date
    person_id: int | None
    union_id: int
    fen: int
    level: str


@dataclass(frozen=True, slots=True)
class Part:
    """A figure for one unit, month or level; ``part`` "" for all together. ``payouts`` are lines
    less those that took one back."""

    part: str
    lines: int
    payouts: int
    people: int
    fen: int

    @property
    def mean_fen(self) -> int:
        """Yuan a person, cut to the fen."""
        return self.fen // self.people if self.people else 0


@dataclass(frozen=True, slots=True)
class Published:
    """What a federation publishes of a period until a day."""

    received_fen: int
    people: int
    payouts: int
    fen: int

    @property
    def mean_fen(self) -> int:
        return self.fen // self.people if self.people else 0

    @property
    def ratio(self) -> int:
        """支出率 in hundredths of a per cent, rounded half up."""
        if not self.received_fen:
            return 0
        return (self.fen * 20_000 + self.received_fen) // (2 * self.received_fen)


def figure_lines(
    actor: Actor, scheme: Scheme, name: str, *, since: date, until: date
) -> list[Line]:
    """Every line behind a figure, in the order of days; ``until`` is the first day not in it."""
    with actor.transaction() as scope:
        scope.require(FIGURES)
        with connections["default"].cursor() as cursor:
            cursor.execute(f"{_named(name)} order by 3, 1, 2", _span(scheme, since, until))
            return [Line(*row) for row in cursor.fetchall()]


def figure(
    actor: Actor, scheme: Scheme, name: str, *, since: date, until: date, by: By | None = None
) -> list[Part]:
    """A figure, whole or by unit, month or hospital level."""
    with actor.transaction() as scope:
        scope.require(FIGURES)
        key, partition = _KEYS[by or ""]
        question = _SUMS.format(key=key, by=partition, lines=_named(name))
        with connections["default"].cursor() as cursor:
            cursor.execute(question, _span(scheme, since, until))
            return [Part(*row) for row in cursor.fetchall()]


def published(
    actor: Actor, scheme: Scheme, basis: Basis, *, since: date, until: date, received_since: date
) -> Published:
    """The figures of a notice. Contributions count from a day of their own: much of them comes in
    before the period begins."""
    with actor.transaction():
        received = figure(actor, scheme, "received", since=received_since, until=until)
        spent = figure(actor, scheme, basis, since=since, until=until)
    whole = spent[0] if spent else Part("", 0, 0, 0, 0)
    return Published(sum(one.fen for one in received), whole.people, whole.payouts, whole.fen)


def names() -> Sequence[str]:
    """What can be asked for."""
    return tuple(_LINES)


def _named(name: str) -> str:
    if name not in _LINES:
        raise Refusal(
            N_("There is no figure “{name}”."),
            N_("Known are: {known}."),
            name=name,
            known=", ".join(_LINES),
        )
    return _LINES[name]


def _span(scheme: Scheme, since: date, until: date) -> dict[str, int | date]:
    return {"scheme": scheme.pk, "since": since, "until": until}
