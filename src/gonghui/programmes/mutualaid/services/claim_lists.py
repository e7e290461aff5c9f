"""A unit's list of applications: previewed row by row, then handed in whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gonghui.adapters.spreadsheets.limits import LIMITS, Limits
from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.directory.models import Union
from gonghui.ground.directory.numbers import found_by
from gonghui.ground.vault.services.keys import provider
from gonghui.programmes.mutualaid.claims.checking import check_claims, claim_columns
from gonghui.programmes.mutualaid.claims.invoices import invoice_of
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.programmes.mutualaid.queries.schemes import only_scheme
from gonghui.programmes.mutualaid.rosters.files import read_roster
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.roster import CheckedRoster, Expectations, Unit
from gonghui.programmes.mutualaid.services.claims import Application, apply_many
from gonghui.programmes.mutualaid.services.people import resolve_people
from gonghui.programmes.mutualaid.terms import terms_on
from gonghui.verbs.cases.services.opening import Opened

_HERE = ("enrolled", "in_other_unit")


@dataclass(frozen=True, slots=True)
class Preview:
    """A checked list with the people it is about; nothing is handed in yet."""

    claims: CheckedRoster
    persons: Sequence[int | None]
    places: Sequence[int]
    key: str
    scheme: str


def check_list(
    actor: Actor, file: Path, *, scheme: str, on: date, limits: Limits = LIMITS
) -> Preview:
    """Reads a file in the child process, asks about every row; nothing is kept."""
    with actor.transaction() as scope:
        scope.require("case.file")
        code = only_scheme(scheme).code
        expected = Expectations(on=on, units=_units(scope))
    claims = check_claims(read_roster(file, limits=limits, known=claim_columns()), expected)
    with actor.transaction() as scope:
        places = [place or scope.union_id or 0 for place in claims.values["unit_id"]]
        persons = _people(claims, places, code, on)
    key = claims.content_hash(provider().keyed_hashes("claims", [b"meaning"])[0]).hex()
    return Preview(claims, persons, places, key, code)


def file_list(actor: Actor, preview: Preview, *, on: date, how: str = "unit") -> list[Opened]:
    """All rows or none. The same list sent again hands in nothing new."""
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
            request_key=f"{preview.key}:{claims.numbers[at]}",
        )
        for at, person in enumerate(preview.persons)
        if person is not None
    ]
    return apply_many(actor, asked, how=how, on=on, scheme=preview.scheme)


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
                place = column.number + 1 if column else 0
                finding = Finding(claims.numbers[at], place, "document_number", code)
                claims.findings.append(finding)
    vars(claims).pop("states", None)  # they are worked out once, and this is news
    vars(claims).pop("counts", None)
    return persons
