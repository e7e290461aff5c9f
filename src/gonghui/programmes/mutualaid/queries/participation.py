"""How many of a unit's staff take part, against the share that the edition asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.programmes.mutualaid.terms import Participation

_UNITS = """
select u.id, u.code, u.name, w.workforce, coalesce(e.heads, 0)
  from public.directory_union u
  left join lateral (
    select s.workforce from public.directory_unitspan s
     where s.union_id = u.id and s.starts_on <= %(on)s
       and (s.ends_before is null or s.ends_before > %(on)s)) w on true
  left join (
    select union_id, count(distinct person_id)::integer as heads
      from public.mutualaid_enrolment
     where scheme_id = %(scheme)s and period_from = %(from)s and not cancelled
       and ends_before > %(on)s
     group by union_id) e on e.union_id = u.id
 where ((select gate.scope_whole()) or u.id in (select gate.unions_in_scope()))
   and (w.workforce is not null or e.heads is not null)
 order by u.low"""


@dataclass(frozen=True, slots=True)
class UnitTakesPart:
    """A unit: its staff, who of them takes part, and the least number. None: not known."""

    union_id: int
    code: str
    name: str
    workforce: int | None
    heads: int
    least: int | None

    @property
    def missing(self) -> int | None:
        """How many more would have to take part; None where nobody can say."""
        return None if self.least is None else max(0, self.least - self.heads)


def participation(
    scheme_id: int, period_from: date, asked: Participation | None, *, on: date
) -> list[UnitTakesPart]:
    """Unit by unit in the order of the tree; only inside a transaction of an actor."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_UNITS, {"scheme": scheme_id, "from": period_from, "on": on})
        return [
            UnitTakesPart(
                *(union_id, code, name, workforce, heads),
                least=None if asked is None or workforce is None else asked.heads(workforce),
            )
            for union_id, code, name, workforce, heads in cursor.fetchall()
        ]
