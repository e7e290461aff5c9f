"""Settlements come to stand: from a feed, from a paper at the window; and they are applied for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections

from gonghui.adapters.medical_insurance.numbers import settlement_number
from gonghui.core.adjudication.possible import refuse_impossible
from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of
from gonghui.core.rulebook.fields import FIELDS
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.programmes.mutualaid.models import Scheme, Settlement
from gonghui.programmes.mutualaid.permissions import ENTER_SETTLEMENT
from gonghui.programmes.mutualaid.services.decisions import mark_waiting

OURS = frozenset({"received_on", "filed_on", "reversed_on"})
"""Facts that the insurer does not state; they stand in columns of their own."""

# The unit that enrolled her for the day, else for the last period before or the first after; else
# where she works; else the union that runs the scheme.
_PLACES = """
select s.n, coalesce(e.union_id, m.union_id, %s), e.id
  from unnest(%s, %s) with ordinality s (person, day, n)
  left join lateral (
    select e.id, e.union_id from public.mutualaid_enrolment e
      join public.directory_person p on p.id = e.person_id
     where e.scheme_id = %s and not e.cancelled and (p.merged_into_id = s.person
           or p.id = s.person and p.merged_into_id is null)
     order by (e.starts_on <= s.day and e.ends_before > s.day) desc, (e.starts_on <= s.day) desc,
              abs(e.starts_on - s.day), e.id limit 1) e on true
  left join lateral (
    select m.union_id from public.directory_employment m where m.person_id = s.person
     order by m.ends_before is not null, m.starts_on desc limit 1) m on true
 order by s.n"""

_INSERT = """
insert into public.mutualaid_settlement
       (scheme_id, settlement_id, number, person_id, union_id, enrolment_id, facts, content_sha256,
        received_on, filed_on, reversed_on, origin, feedfile_id, source_case, entered_by_id)
select %s, s.id, s.number, s.person, s.place, s.enrolment, s.facts::jsonb, s.digest, s.received,
       s.filed, s.reversed, %s, %s, s.of_case, %s
  from unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
       s (id, number, person, place, enrolment, facts, digest, received, filed, reversed, of_case)
on conflict (scheme_id, settlement_id) do nothing
returning id, settlement_id"""

_FILE = """
update public.mutualaid_settlement s
   set filed_on = coalesce(s.filed_on, f.filed), source_case = coalesce(s.source_case, f.of_case)
  from unnest(%s, %s, %s) f (id, filed, of_case)
 where s.id = f.id and (s.filed_on is null or f.of_case is not null)
   and (s.source_case is null or s.source_case = f.of_case or f.of_case is null)
returning s.id, s.person_id, s.scheme_id"""


@dataclass(frozen=True, slots=True)
class Statement:
    """One settlement to be kept. ``facts`` are those the insurer states, as integers."""

    settlement_id: str
    person_id: int
    facts: Mapping[str, int]
    received_on: date
    filed_on: date | None = None
    reversed_on: date | None = None
    case_id: int | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of what it says: sent again later it is the same; defaults say nothing."""
        return content_digest(self.facts)

    @property
    def day(self) -> date:
        """When it happened, to find the unit through which she took part."""
        return date_of(self.facts.get("discharged_on", self.facts["settled_on"]))


def stated(facts: Mapping[str, int]) -> dict[str, int]:
    """What of the facts is the insurer's, and not at its default."""
    return {
        name: value
        for name, value in sorted(facts.items())
        if name not in OURS and value != FIELDS[name].default
    }


def content_digest(facts: Mapping[str, int]) -> bytes:
    text = json.dumps(stated(facts), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def enter_settlement(
    actor: Actor,
    *,
    scheme: Scheme | int,
    person_id: int,
    settlement_id: str,
    facts: Mapping[str, int],
    filed_on: date | None,
    case_id: int | None = None,
    on: date | None = None,
) -> int:
    """A settlement keyed in from a paper. One that is there already is applied for, if the paper
    says the same; refused if it does not.

    ``on`` is the day it is entered; it counts as received then.
    """
    with actor.transaction() as scope:
        scope.require(ENTER_SETTLEMENT)
        found = scheme if isinstance(scheme, Scheme) else Scheme.objects.get(pk=scheme)
        lock_settlements(found.pk)
        refuse_impossible(settlement_id, facts)
        if "settled_on" not in facts:
            raise Refusal(
                N_("The day of the settlement is missing."),
                N_("It stands on the paper; enter it."),
                field="settled_on",
            )
        received = on or filed_on
        if received is None:
            received = date_of(facts["settled_on"])
        one = Statement(settlement_id, person_id, stated(facts), received, filed_on, None, case_id)
        there = Settlement.objects.filter(scheme=found, settlement_id=settlement_id).first()
        if there is None:
            (pk,) = keep_statements(scope, found, [one], origin="case").values()
        elif there.person_id != person_id or bytes(there.content_sha256) != one.digest:
            raise Refusal(
                N_("Settlement {settlement} is known, and says otherwise."),
                N_("Compare the paper with what the insurer sent; the number may be mistyped."),
                settlement=settlement_id,
            )
        else:
            pk = there.pk
            if filed_on is not None:
                file_settlements(actor, [(pk, filed_on, case_id)])
        record(
            "settlement.entered",
            subject="mutualaid_settlement",
            subject_id=pk,
            union_id=found.union_id,
            after=one.digest,
        )
        return pk


def file_settlements(actor: Actor, filed: Sequence[tuple[int, date, int | None]]) -> int:
    """These settlements (id, day, case) are applied for, all or none; how many.

    The first application counts: another day for the same settlement changes nothing.
    """
    with actor.transaction() as scope:
        scope.require(ENTER_SETTLEMENT)
        if not filed:
            return 0
        ids, days, cases = (list(column) for column in zip(*filed, strict=True))
        with array_cursor() as cursor:
            columns = [array("bigint[]", ids), array("date[]", days), array("bigint[]", cases)]
            cursor.execute(_FILE, columns)
            rows = cursor.fetchall()
        by_scheme: dict[int, list[int]] = {}
        for _id, person, scheme_id in rows:
            by_scheme.setdefault(scheme_id, []).append(person)
        known = Settlement.objects.filter(pk__in=ids).count()
        if known < len(set(ids)):
            raise Refusal(
                N_("A settlement of the list is not there."),
                N_("Look for it by its number; it may belong to another scheme."),
            )
        for scheme_id, persons in by_scheme.items():
            place = Scheme.objects.values_list("union_id", flat=True).get(pk=scheme_id)
            mark_waiting(scheme_id, place, persons)
        record(
            "settlement.filed",
            subject="mutualaid_settlement",
            subject_id=ids[0],
            union_id=scope.union_id,
            details={"settlements": len(rows)},
        )
        return len(rows)


def lock_settlements(scheme_id: int) -> None:
    """One at a time brings new settlements of a scheme: what is known stays known until the end."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('gonghui.settlements'), %s::integer)",
            [scheme_id],
        )


def keep_statements(
    scope: Scope,
    scheme: Scheme,
    statements: Sequence[Statement],
    *,
    origin: str,
    feedfile_id: int | None = None,
) -> dict[str, int]:
    """New settlements with their units, in three statements; their ids by settlement id.

    Inside the caller's transaction, under ``lock_settlements``.
    """
    if not statements:
        return {}
    persons = [one.person_id for one in statements]
    with array_cursor() as cursor:
        days = array("date[]", [one.day for one in statements])
        cursor.execute(_PLACES, [scheme.union_id, array("bigint[]", persons), days, scheme.pk])
        places = cursor.fetchall()
        texts = [
            json.dumps(dict(one.facts), sort_keys=True, separators=(",", ":")) for one in statements
        ]
        columns: list[tuple[str, list[Any]]] = [
            ("text[]", [one.settlement_id for one in statements]),
            ("bigint[]", [settlement_number(one.settlement_id) for one in statements]),
            ("bigint[]", persons),
            ("bigint[]", [place for _n, place, _enrolment in places]),
            ("bigint[]", [enrolment for _n, _place, enrolment in places]),
            ("text[]", texts),
            ("bytea[]", [one.digest for one in statements]),
            ("date[]", [one.received_on for one in statements]),
            ("date[]", [one.filed_on for one in statements]),
            ("date[]", [one.reversed_on for one in statements]),
            ("bigint[]", [one.case_id for one in statements]),
        ]
        about = [scheme.pk, origin, feedfile_id, scope.person_id]
        cursor.execute(_INSERT, [*about, *(array(kind, values) for kind, values in columns)])
        ids = {settlement_id: pk for pk, settlement_id in cursor.fetchall()}
    assert len(ids) == len(statements), "settlements came in without the lock"
    mark_waiting(scheme.pk, scheme.union_id, persons)
    return ids


def day_or_none(day: int) -> date | None:
    """A date of a fact; None where it is not stated."""
    return None if day == FIELDS["filed_on"].default else date_of(day)
