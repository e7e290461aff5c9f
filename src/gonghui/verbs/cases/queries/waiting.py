"""Cases that wait for whoever looks: those her posts may carry on, due first.

What is next is only said here, as ``gate.move_cases`` would find it; that function decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections

from gonghui.ground.borders.scope import Scope
from gonghui.ground.directory.models import Union
from gonghui.verbs.cases.models.kinds import LEVELS
from gonghui.verbs.cases.permissions import CONFIRM

PAGE = 30
COUNTED = 1000
"""Beyond this many, a list says “more than”."""

_WAITING = """
  from public.cases_case c
  join public.cases_kind k on k.code = c.kind_id
  join public.directory_person p on p.id = c.subject_id
  join public.directory_union u on u.id = c.union_id
  left join lateral (
    select s.code, s.permission, s.level from public.cases_kindstep s
     where s.kind_id = c.kind_id and s.from_fen <= coalesce(c.asked_fen, 0)
       and c.state <> 'review_asked'
       and (select count(distinct d.person_id) from public.cases_step d
             where d.case_id = c.id and d.turn = c.turn and d.deed = 'pass' and d.step = s.code)
           < case when s.two_people then 2 else 1 end
     order by s.ordinal limit 1) n on true
 where c.state in ('filed', 'confirmed', 'reviewing', 'review_asked')
   and case when c.state = 'filed' and k.unit_confirms then %(confirms)s
            else coalesce(n.permission, k.decide_permission) = any(%(may)s)
                 and coalesce(n.level, k.decide_level) = any(%(levels)s) end"""
_LIST = f"""
select c.id, c.number, c.kind_id, k.name, c.subject_id, p.name, c.union_id, u.name, c.state,
       case when c.state = 'filed' and k.unit_confirms then '' else coalesce(n.code, '') end,
       c.asked_fen, c.filed_on, c.due_on, c.version {_WAITING}
   and (coalesce(c.due_on, 'infinity'), c.id) > (%(due)s::date, %(last)s)
   and (%(kind)s = '' or c.kind_id = %(kind)s) and (%(case)s::bigint is null or c.id = %(case)s)
 order by coalesce(c.due_on, 'infinity'), c.id limit %(limit)s"""
_COUNT = f"""
select kind, name, state, count(*), min(filed_on), min(due_on) from (
  select c.kind_id, k.name, c.state, c.filed_on, c.due_on {_WAITING} limit %(limit)s
) x (kind, name, state, filed_on, due_on) group by 1, 2, 3 order by 1, 3"""
_COUNTIES = ("county", "industry", "group")
_FIRST = ("-infinity", 0)


@dataclass(frozen=True, slots=True)
class Waits:
    """One case in the queue. ``step`` names the step that is next; "" where it is the decision."""

    case_id: int
    number: str
    kind: str
    kind_name: str
    subject_id: int
    subject: str
    union_id: int
    union: str
    state: str
    step: str
    asked_fen: int | None
    filed_on: date | None
    due_on: date | None
    version: int

    @property
    def deed(self) -> str:
        """What carries it on: confirm, pass, accept, or change (of a 复核)."""
        if self.state == "review_asked":
            return "change"
        if self.step:
            return "pass"
        return "confirm" if self.state == "filed" else "accept"

    @property
    def key(self) -> tuple[str, int]:
        """Where a list goes on behind this one."""
        return (self.due_on.isoformat() if self.due_on else "infinity", self.case_id)


@dataclass(frozen=True, slots=True)
class Pile:
    """How many of one kind wait in one state, and since when."""

    kind: str
    kind_name: str
    state: str
    number: int
    filed_on: date | None
    due_on: date | None


def waiting(
    scope: Scope,
    *,
    after: tuple[str, int] | None = None,
    kind: str = "",
    limit: int = PAGE,
) -> list[Waits]:
    """The next of them behind ``after``; inside the scope's transaction."""
    due, last = after or _FIRST
    with connections["default"].cursor() as cursor:
        said: dict[str, Any] = {
            "due": due,
            "last": last,
            "kind": kind,
            "limit": limit,
            "case": None,
        }
        cursor.execute(_LIST, {**_may(scope), **said})
        return [Waits(*row) for row in cursor.fetchall()]


def waits_here(scope: Scope, case_id: int) -> Waits | None:
    """This case, if it waits for whoever looks."""
    with connections["default"].cursor() as cursor:
        said: dict[str, Any] = {
            "due": _FIRST[0],
            "last": _FIRST[1],
            "kind": "",
            "limit": 1,
            "case": case_id,
        }
        cursor.execute(_LIST, {**_may(scope), **said})
        row = cursor.fetchone()
        return Waits(*row) if row else None


def piles(scope: Scope) -> list[Pile]:
    """What waits, by kind and state; counted up to ``COUNTED``."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_COUNT, {**_may(scope), "limit": COUNTED})
        return [Pile(*row) for row in cursor.fetchall()]


def _may(scope: Scope) -> dict[str, Any]:
    return {
        "confirms": scope.may(CONFIRM),
        "may": sorted(scope.permissions),
        "levels": _levels(scope),
    }


def _levels(scope: Scope) -> list[str]:
    """At which levels one acts here; the database asks again when something is done."""
    if scope.whole:
        return list(LEVELS)
    here = Union.objects.filter(pk=scope.union_id or 0).values_list("kind", flat=True).first()
    return list(LEVELS[:2]) if here in _COUNTIES else list(LEVELS[:1])
