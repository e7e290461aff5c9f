"""A unit's list of applications: previewed row by row, then handed in whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from gonghui.adapters.spreadsheets import read_spreadsheet
from gonghui.adapters.spreadsheets.limits import LIMITS, Limits
from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of
from gonghui.core.rulebook.fields import EVENT_KINDS
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.directory.models import Person, Union
from gonghui.ground.directory.numbers import found_by
from gonghui.ground.vault.services.keys import provider
from gonghui.programmes.mutualaid.claims.checking import check_claims, claim_columns
from gonghui.programmes.mutualaid.claims.invoices import invoice_of
from gonghui.programmes.mutualaid.claims.rules import rules
from gonghui.programmes.mutualaid.models import ClaimList, Scheme
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.programmes.mutualaid.queries.schemes import only_scheme
from gonghui.programmes.mutualaid.rosters.files import read_roster
from gonghui.programmes.mutualaid.rosters.findings import Finding, Translate
from gonghui.programmes.mutualaid.rosters.marked import marked_roster
from gonghui.programmes.mutualaid.rosters.message import message_for
from gonghui.programmes.mutualaid.rosters.roster import CheckedRoster, Expectations, Unit
from gonghui.programmes.mutualaid.services.claims import Application, apply_many
from gonghui.programmes.mutualaid.services.people import resolve_people
from gonghui.programmes.mutualaid.services.sealed_files import open_file, seal_file
from gonghui.programmes.mutualaid.terms import terms_on
from gonghui.verbs.cases.models import Case
from gonghui.verbs.cases.services.opening import Opened
from gonghui.verbs.cases.services.papers import Given

_HERE = ("enrolled", "in_other_unit")
_TABLE = "mutualaid_claimlist"
_STAY = EVENT_KINDS.code("hospital_stay") or 1
HELLO = N_("Hello! The list “{file}” has been checked: {people} applications, {good} in order.")


@dataclass(frozen=True, slots=True)
class Preview:
    """A checked list with the people it is about; nothing is handed in yet. ``list_id``: under
    which its bytes are kept."""

    claims: CheckedRoster
    persons: Sequence[int | None]
    places: Sequence[int]
    key: str
    scheme: str
    list_id: int = 0


def check_list(
    actor: Actor, file: Path, *, scheme: str, on: date, limits: Limits = LIMITS
) -> Preview:
    """Reads a file in the child process, asks about every row; its bytes are kept, sealed."""
    content = file.read_bytes()
    preview, found = _checked(actor, content, file.name, scheme, on, limits)
    with actor.transaction() as scope:
        return replace(preview, list_id=_keep(scope, found, content, file.name, preview, on))


def marked_list(
    actor: Actor, list_id: int, translate: Translate, *, author: str
) -> tuple[bytes, str]:
    """The unit's own workbook with bad cells marked, as things stand now, and one message that can
    be copied to its officer."""
    with actor.transaction() as scope:
        scope.require("case.file")
        kept = ClaimList.objects.select_related("scheme").filter(pk=list_id).first()
        if kept is None:
            raise Refusal(
                N_("There is no list {list} here."),
                N_("`gonghui claim preview` says under which number it keeps a list."),
                list=list_id,
            )
        content = open_file(bytes(kept.sealed), _TABLE, bytes(kept.content_sha256))
    preview, _found = _checked(actor, content, kept.name, kept.scheme.code, kept.came_on, LIMITS)
    sheet = read_spreadsheet(content, kept.name)
    book = marked_roster(content, sheet, preview.claims, translate, author=author)
    return book, message_for(preview.claims, translate, HELLO)


def _checked(
    actor: Actor, content: bytes, name: str, scheme: str, on: date, limits: Limits
) -> tuple[Preview, Scheme]:
    with actor.transaction() as scope:
        scope.require("case.file")
        found = only_scheme(scheme)
        expected = Expectations(on=on, units=_units(scope))
    # No transaction stays open while a stranger's file is read.
    sheet = read_roster(content, name, limits=limits, known=claim_columns())
    claims = check_claims(sheet, expected)
    key = claims.content_hash(provider().keyed_hashes("claims", [b"meaning"])[0]).hex()
    with actor.transaction() as scope:
        places = [place or scope.union_id or 0 for place in claims.values["unit_id"]]
        persons = _people(claims, places, found.code, on)
        _note_known(scope, claims, persons, found, key)
    claims.findings.sort(key=lambda finding: (finding.row, finding.column))
    return Preview(claims, persons, places, key, found.code), found


def _keep(
    scope: Scope, scheme: Scheme, content: bytes, name: str, preview: Preview, on: date
) -> int:
    """The same bytes are kept once."""
    digest, counts = hashlib.sha256(content).digest(), preview.claims.counts
    assert scope.union_id is not None  # who sends a list stands somewhere
    there = ClaimList.objects.filter(
        union_id=scope.union_id, scheme=scheme, content_sha256=digest
    ).first()
    if there is not None:
        return there.pk
    made = ClaimList.objects.create(
        union_id=scope.union_id,
        scheme=scheme,
        name=name,
        content_sha256=digest,
        meaning=bytes.fromhex(preview.key),
        sealed=seal_file(content, _TABLE, digest),
        rows_read=counts["rows_in"],
        rows_good=counts["good"],
        rows_warned=counts["warned"],
        rows_bad=counts["bad"],
        came_on=on,
        checked_by_id=scope.person_id,
    )
    record(
        "claim.list_checked",
        subject=_TABLE,
        subject_id=made.pk,
        union_id=scope.union_id,
        after=digest,
        details=dict(counts),
    )
    return made.pk


def _note_known(
    scope: Scope, claims: CheckedRoster, persons: Sequence[int | None], scheme: Scheme, key: str
) -> None:
    """What the city knows of settlements and invoices, row by row, in one statement."""
    values = claims.values
    with array_cursor() as cursor:
        columns = [
            array("text[]", values["settlement_id"]),
            array("bigint[]", [one or 0 for one in persons]),
            array("text[]", values["invoice_code"]),
            array("text[]", values["invoice_number"]),
        ]
        cursor.execute(
            "select ordinal, code, case_id from gate.claims_known(%s, %s, %s, %s, %s)",
            [scheme.pk, *columns],
        )
        known = [row for row in cursor.fetchall() if row[1]]
    if not known:
        return
    cases = Case.objects.filter(pk__in=[row[2] for row in known], filed_by_id=scope.person_id)
    mine = set(cases.values_list("pk", "request_key"))
    for ordinal, code, case_id in known:
        at = ordinal - 1
        row = claims.numbers[at]
        if (case_id, f"{key}:{row}") in mine:
            continue  # this very list, sent again
        name = "invoice_number" if code.startswith("invoice") else "settlement_id"
        column = claims.columns.get(name)
        claims.findings.append(Finding(row, column.number + 1 if column else 0, name, code))
    _anew(claims)


def _anew(claims: CheckedRoster) -> None:
    """States and counts are worked out once; this is news."""
    vars(claims).pop("states", None)
    vars(claims).pop("counts", None)


def file_list(
    actor: Actor, preview: Preview, *, on: date, how: str = "unit", papers_seen: bool = False
) -> list[Opened]:
    """All rows or none. The same list sent again hands in nothing new. ``papers_seen``: whoever
    hands it in has seen the papers due for every row, and vouches for that."""
    claims = preview.claims
    if not claims.bookable or None in preview.persons:
        raise Refusal(
            N_("{bad} rows of the list must be corrected before it is handed in."),
            N_("Send the marked workbook back to the unit; nothing was handed in."),
            bad=claims.counts["bad"],
        )
    values = claims.values
    asked = [
        Application(
            person,
            preview.places[at],
            values["settlement_id"][at],
            values["facts"][at],
            (
                (
                    invoice_of(
                        values["invoice_code"][at],
                        values["invoice_number"][at],
                        check=values["invoice_check"][at],
                    ),
                )
                if values["invoice_number"][at]
                else ()
            ),
            papers=_papers(values, at) if papers_seen else (),
            request_key=f"{preview.key}:{claims.numbers[at]}",
        )
        for at, person in enumerate(preview.persons)
        if person is not None
    ]
    with actor.transaction():
        opened = apply_many(actor, asked, how=how, on=on, scheme=preview.scheme)
        kept = ClaimList.objects.filter(pk=preview.list_id, filed_at__isnull=True)
        kept.update(filed_at=timezone.now())
        return opened


def _papers(values: Mapping[str, Sequence[Any]], at: int) -> tuple[Given, ...]:
    event = values["facts"][at].get("event_kind") or values["event_kind"][at] or _STAY
    return tuple(map(Given, rules().papers_of(event)))


def _units(scope: Scope) -> list[Unit]:
    rows = Union.objects.filter(ends_before__isnull=True).order_by("low")
    if not scope.whole:
        top = Union.objects.get(pk=scope.union_id or 0)
        rows = rows.filter(low__range=(top.low, top.high))
    return [Unit(one.pk, one.name, one.credit_code, one.code) for one in rows]


def _people(
    claims: CheckedRoster, places: Sequence[int], scheme: str, on: date
) -> list[int | None]:
    """Who each good row is about: somebody who takes part on the day that counts."""
    values = claims.values
    persons: list[int | None] = [None] * len(claims.numbers)
    by_period: dict[tuple[date, date], list[int]] = {}
    for at, state in enumerate(claims.states):
        if state != "bad":
            facts = values["facts"][at]
            day = facts.get("discharged_on", facts.get("settled_on"))
            when = on if day is None else date_of(day)
            terms = terms_on(edition_on(scheme, when), when)
            by_period.setdefault((terms.period_from, terms.period_until), []).append(at)
    column = claims.columns.get("document_number")
    place = column.number + 1 if column else 0
    for (first, until), rows in by_period.items():
        by = found_by(
            provider(),
            [values["document_kind"][at] for at in rows],
            [values["document_number"][at] for at in rows],
        )
        answers = resolve_people(
            [places[at] for at in rows],
            by.blind,
            [values["name_folded"][at] for at in rows],
            scheme_id=only_scheme(scheme).pk,
            from_day=first,
            until_day=until,
        )
        for at, answer in zip(rows, answers, strict=True):
            if answer.code in _HERE:
                persons[at] = answer.person_id
            else:
                code = "name_differs" if answer.code == "name_differs" else "not_taking_part"
                finding = Finding(claims.numbers[at], place, "document_number", code)
                claims.findings.append(finding)
    _check_names(claims, persons, place)
    _anew(claims)
    return persons


def _check_names(claims: CheckedRoster, persons: Sequence[int | None], place: int) -> None:
    """A number found is not enough: the name must be hers, too."""
    wanted = {one for one in persons if one is not None}
    rows = Person.objects.filter(Q(pk__in=wanted) | Q(merged_into_id__in=wanted))
    known: dict[int, set[str]] = {}
    for pk, into, name in rows.values_list("pk", "merged_into_id", "name_folded"):
        known.setdefault(pk, set()).add(name)
        if into is not None:
            known.setdefault(into, set()).add(name)
    for at, person in enumerate(persons):
        names = known.get(person or 0, set())
        if names and claims.values["name_folded"][at] not in names:
            finding = Finding(claims.numbers[at], place, "document_number", "name_differs")
            claims.findings.append(finding)
