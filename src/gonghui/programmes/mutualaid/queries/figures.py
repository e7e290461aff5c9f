"""Published figures (公布数字): each is a sum or a count over lines that can be opened.

``decided`` is what the ledger's expense says, by the day it was booked; ``paid`` is what left the
bank, by the bank's day, less what a later decision made owed back, by the day of that decision.
What was paid before a take-over belongs to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.fields import FIELDS
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


_OPENED = """
select x.kind, x.id, x.day, coalesce(p.name, ''), coalesce(u.name, ''), x.level, x.fen, l.journal_id
  from ({lines}) x (kind, id, day, person, place, fen, level)
  left join public.treasury_line l on x.kind <> 'takenpayout' and l.id = x.id
  left join public.directory_person p on p.id = x.person
  left join public.directory_union u on u.id = x.place
 where (x.day, x.kind, x.id) > (%(day)s, %(kind)s, %(last)s)
 order by x.day, x.kind, x.id limit %(limit)s"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A line behind a figure as people look at it; the journal explains it further."""

    kind: str
    id: int
    day: date
    name: str
    union: str
    level: str
    fen: int
    journal_id: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month's figure and what came in until its end; ``before_fen``: a year earlier, the same
    months together (0 where nothing is known)."""

    month: str
    people: int
    payouts: int
    fen: int
    so_far_fen: int
    received_fen: int
    before_fen: int

    @property
    def ratio(self) -> int:
        """支出率 until the month's end, in hundredths of a per cent, rounded half up."""
        return ratio_of(self.so_far_fen, self.received_fen)


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
        return ratio_of(self.fen, self.received_fen)


def ratio_of(fen: int, received_fen: int) -> int:
    """支出率 in hundredths of a per cent, rounded half up; 0 where nothing came in."""
    if received_fen <= 0:
        return 0
    return (fen * 20_000 + received_fen) // (2 * received_fen)


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
            rows = cursor.fetchall()
    if by == "level":
        rows = [(level_word(code), *rest) for code, *rest in rows]
    return [Part(*row) for row in rows]


def level_word(code: str) -> str:
    """一级, 二级, 三级; as it stands where it is no code of ours."""
    words = FIELDS["hospital_level"].vocabulary
    said = words.label(int(code)) if words is not None and code.isdecimal() else None
    return said or code


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


def opened_lines(
    actor: Actor,
    scheme: Scheme,
    name: str,
    *,
    since: date,
    until: date,
    after: Opened | None = None,
    limit: int = 1000,
) -> list[Opened]:
    """The lines behind a figure, page by page, with the names they concern."""
    mark = (after.day, after.kind, after.id) if after else (date.min, "", 0)
    with actor.transaction() as scope:
        scope.require(FIGURES)
        asked: dict[str, Any] = dict(zip(("day", "kind", "last"), mark, strict=True))
        asked["limit"] = limit
        with connections["default"].cursor() as cursor:
            cursor.execute(
                _OPENED.format(lines=_named(name)), {**_span(scheme, since, until), **asked}
            )
            return [Opened(*row) for row in cursor.fetchall()]


def months(
    actor: Actor, scheme: Scheme, basis: Basis, *, since: date, until: date, received_since: date
) -> list[Month]:
    """Month by month, with what had come in by each one's end, beside the year before."""
    with actor.transaction():
        spent = figure(actor, scheme, basis, since=since, until=until, by="month")
        received = figure(actor, scheme, "received", since=received_since, until=until, by="month")
        earlier = figure(
            actor,
            scheme,
            basis,
            since=_year_before(since),
            until=_year_before(until),
            by="month",
        )
    of = {one.part: one for one in spent}
    found, so_far = [], 0
    for month in _months_between(since, until):
        one = of.get(month, Part(month, 0, 0, 0, 0))
        so_far += one.fen
        came = sum(part.fen for part in received if part.part <= month)
        last = f"{int(month[:4]) - 1}{month[4:]}"
        before = sum(part.fen for part in earlier if part.part <= last)
        found.append(Month(month, one.people, one.payouts, one.fen, so_far, came, before))
    return found


def _months_between(since: date, until: date) -> list[str]:
    """YYYY-MM of every month that has a day in the span."""
    found, at = [], since.replace(day=1)
    while at < until:
        found.append(f"{at:%Y-%m}")
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return found


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


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
