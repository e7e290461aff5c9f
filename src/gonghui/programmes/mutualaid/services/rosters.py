"""Rosters: checked against the file's own sense and against what is known, then booked whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections, transaction

from gonghui.adapters.spreadsheets.limits import LIMITS, Limits
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.directory.models import Union
from gonghui.ground.directory.names import pinyin_key
from gonghui.ground.directory.numbers import FoundBy, found_by, seal_numbers
from gonghui.ground.vault.sealing import new_data_keys
from gonghui.ground.vault.services.keys import provider
from gonghui.programmes.mutualaid.enrolment_sql import BOOK as BOOK_ROWS
from gonghui.programmes.mutualaid.enrolment_sql import BOOK_ARGUMENTS
from gonghui.programmes.mutualaid.models import RosterFile, Scheme
from gonghui.programmes.mutualaid.permissions import BOOK, CHECK
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.programmes.mutualaid.queries.schemes import only_scheme
from gonghui.programmes.mutualaid.rosters.checking import check_roster as check_sheet
from gonghui.programmes.mutualaid.rosters.files import read_roster
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.roster import CheckedRoster, Expectations, Unit
from gonghui.programmes.mutualaid.services.contacts import keep_contacts, told_contacts
from gonghui.programmes.mutualaid.services.fees import fees_of
from gonghui.programmes.mutualaid.services.people import Resolved, resolve_people
from gonghui.programmes.mutualaid.services.sealed_files import open_file, seal_file
from gonghui.programmes.mutualaid.terms import Terms, terms_on

CHANGED = "GH409"
_TABLE = "mutualaid_rosterfile"
_PORTION = 5_000
_SEX = {"male": "M", "female": "F"}
_TOLD = {"elsewhere": "covered_elsewhere", "in_other_unit": "covered_in_other_unit"}

_KEEP = """
insert into public.mutualaid_rosterfile (union_id, scheme_id, period_from, period_until, name,
       content_sha256, meaning, sealed, state, rows_read, rows_good, rows_warned, rows_bad,
       checked_by_id, checked_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, 'checked', %s, %s, %s, %s, %s, now()) returning id"""

_TAKE = """
update public.mutualaid_rosterfile set state = 'booked', booked_by_id = %s, booked_at = now()
 where id = %s and state = 'checked' returning id"""


@dataclass(frozen=True, slots=True)
class Preview:
    """A checked roster with what the house knows of its people; nothing is booked yet."""

    file_id: int
    roster: CheckedRoster
    people: Sequence[Resolved | None]
    by: FoundBy
    """What the rows' numbers are found by; empty bytes where nobody was asked for."""
    scheme_id: int
    terms: Terms
    places: Sequence[int]

    @property
    def bookable(self) -> bool:
        return self.roster.bookable

    @property
    def new_rows(self) -> list[int]:
        """Places of the rows that booking would book: those not enrolled here already."""
        return [at for at, one in enumerate(self.people) if one is not None and one.bookable]


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked. ``before``: the same roster had been booked earlier, nothing was done."""

    file_id: int
    rows: int
    fee_fen: int
    before: bool = False


def check_roster(
    actor: Actor,
    file: Path,
    *,
    scheme: str,
    period_on: date,
    on: date,
    name: str = "",
    limits: Limits = LIMITS,
) -> Preview:
    """Reads and checks a file, keeps it sealed, and says what is known of its people.

    ``period_on`` is a day of the 互助保障期 that the roster is for, ``on`` the day it came.
    """
    with actor.transaction() as scope:
        scope.require(CHECK)
        asked = _asked(scope, only_scheme(scheme), period_on, on)
    # No transaction stays open while a stranger's file is read.
    content, called = file.read_bytes(), name or file.name
    roster = _read(content, called, asked, limits)
    with actor.transaction() as scope:
        scope.require(CHECK)
        return keep_preview(scope, content, called, _looked_at(scope, roster, asked))


def book_roster(actor: Actor, preview: Preview, *, on: date) -> Booked:
    """Books all rows or none. The same meaning is booked once, however often it is sent."""
    roster = preview.roster
    if not roster.numbers:
        raise Refusal(
            N_("The roster says nothing: it has no row of a person."),
            N_("Enter the people below the heading, one row each."),
        )
    if not preview.bookable:
        raise Refusal(
            N_("{bad} rows of the roster must be corrected before it is booked."),
            N_("Send the marked workbook back to the unit; nothing was booked."),
            bad=roster.counts["bad"],
        )
    with actor.transaction() as scope:
        scope.require(BOOK)
        _refuse_closed_window(preview.terms, on)
        before = take_up(scope, preview.file_id)
        if before is not None:
            return before
        rows = preview.new_rows
        booked, fee = book_rows(preview, rows, on) if rows else (0, 0)
        record(
            "roster.booked",
            subject=_TABLE,
            subject_id=preview.file_id,
            union_id=scope.union_id,
            details={"rows": booked, "fee_fen": fee},
        )
        return Booked(preview.file_id, booked, fee)


def kept_preview(actor: Actor, file_id: int, *, on: date, limits: Limits = LIMITS) -> Preview:
    """The preview of a file that was checked before, from its sealed bytes, checked anew."""
    with actor.transaction() as scope:
        scope.require(CHECK)
        kept = RosterFile.objects.select_related("scheme").filter(pk=file_id).first()
        if kept is None or kept.state != "checked":
            raise Refusal(N_("There is no such roster to book."), N_("Check the file first."))
        content = open_file(bytes(kept.sealed), _TABLE, bytes(kept.content_sha256))
        asked = _asked(scope, kept.scheme, kept.period_from, on)
    roster = _read(content, kept.name, asked, limits)
    with actor.transaction() as scope:
        scope.require(CHECK)
        return replace(_looked_at(scope, roster, asked), file_id=file_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a roster is held against."""

    scheme: Scheme
    terms: Terms
    expected: Expectations


def _asked(scope: Scope, scheme: Scheme, period_on: date, on: date) -> Asked:
    terms = terms_on(edition_on(scheme.code, period_on), period_on)
    expected = Expectations(
        on=on,
        units=_units(scope),
        most_shares=terms.most_shares,
        fee_fen=terms.plain_fee_fen,
    )
    return Asked(scheme, terms, expected)


def _read(content: bytes, name: str, asked: Asked, limits: Limits) -> CheckedRoster:
    return check_sheet(read_roster(content, name, limits=limits), asked.expected)


def _looked_at(scope: Scope, roster: CheckedRoster, asked: Asked) -> Preview:
    places = [place or scope.union_id or 0 for place in roster.values["unit_id"]]
    people, by = people_listed(roster, places, asked)
    return Preview(0, roster, people, by, asked.scheme.pk, asked.terms, places)


def keep_preview(scope: Scope, content: bytes, name: str, preview: Preview) -> Preview:
    """The file, sealed, with what was found in it."""
    roster, terms = preview.roster, preview.terms
    digest, counts = hashlib.sha256(content).digest(), roster.counts
    about = [scope.union_id, preview.scheme_id, terms.period_from, terms.period_until, name]
    meaning = roster.content_hash(provider().keyed_hashes("roster", [b"meaning"])[0])
    rows = [counts["rows_in"], counts["good"], counts["warned"], counts["bad"]]
    sealed = seal_file(content, _TABLE, digest)
    # The file goes beside the statement: as text within it, it would be held four times more.
    with array_cursor() as cursor:
        cursor.execute(_KEEP, [*about, digest, meaning, sealed, *rows, scope.person_id])
        file_id = int(cursor.fetchone()[0])
    record(
        "roster.checked",
        subject=_TABLE,
        subject_id=file_id,
        union_id=scope.union_id,
        after=digest,
        details=dict(counts),
    )
    return replace(preview, file_id=file_id)


def _units(scope: Scope) -> list[Unit]:
    """The units that the actor may enrol people for: the place where she acts and what is below."""
    rows = Union.objects.filter(ends_before__isnull=True).order_by("low")
    if not scope.whole:
        top = Union.objects.get(pk=scope.union_id or 0)
        rows = rows.filter(low__range=(top.low, top.high))
    return [Unit(one.pk, one.name, one.credit_code, one.code) for one in rows]


def people_listed(
    roster: CheckedRoster, places: Sequence[int], asked: Asked
) -> tuple[list[Resolved | None], FoundBy]:
    """Who each good row is; what is wrong with the answer becomes a finding of the row."""
    rows = [at for at, state in enumerate(roster.states) if state != "bad"]
    found: list[Resolved | None] = [None] * len(roster.numbers)
    kept = FoundBy([b""] * len(found), [b""] * len(found))
    if not rows:
        return found, kept
    values = roster.values
    by = found_by(
        provider(),
        [values["document_kind"][at] for at in rows],
        [values["document_number"][at] for at in rows],
    )
    answers = resolve_people(
        [places[at] for at in rows],
        by.blind,
        [values["name_folded"][at] for at in rows],
        scheme_id=asked.scheme.pk,
        from_day=asked.terms.period_from,
        until_day=asked.terms.period_until,
    )
    column = roster.columns.get("document_number")
    place = column.number + 1 if column is not None else 0
    for at, answer, blind, last_four in zip(rows, answers, by.blind, by.last_four, strict=True):
        found[at], kept.blind[at], kept.last_four[at] = answer, blind, last_four
        if not answer.bookable:
            code = _TOLD.get(answer.code, answer.code)
            roster.findings.append(Finding(roster.numbers[at], place, "document_number", code))
    vars(roster).pop("states", None)  # they are worked out once, and this is news
    vars(roster).pop("counts", None)
    return found, kept


def _refuse_closed_window(terms: Terms, on: date) -> None:
    if not terms.open_on(on):
        first = terms.joining_from or terms.period_from
        raise Refusal(
            N_("Rosters of this period are taken from {first} to {last}."),
            N_("Ask the mutual-aid office whether additions are still possible."),
            first=first.isoformat(),
            last=(terms.joining_until or terms.period_until).isoformat(),
        )


def take_up(scope: Scope, file_id: int) -> Booked | None:
    """Makes the file ours to book; or what an earlier booking of the same meaning did."""
    with connections["default"].cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(_TAKE, [scope.person_id, file_id])
                taken = cursor.fetchone()
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") != "23505":
                raise
            taken = None
    if taken is not None:
        return None
    this = RosterFile.objects.filter(pk=file_id).first()
    if this is None:
        raise Refusal(N_("There is no such roster to book."), N_("Check the file first."))
    earlier = RosterFile.objects.get(
        union_id=this.union_id,
        scheme_id=this.scheme_id,
        period_from=this.period_from,
        meaning=this.meaning,
        state="booked",
    )
    return Booked(earlier.pk, earlier.rows_booked or 0, 0, before=True)


def book_rows(preview: Preview, rows: list[int], on: date) -> tuple[int, int]:
    """Encrypts and books the rows: their number, and what they owe."""
    values, terms, holder = preview.roster.values, preview.terms, provider()

    def column(name: str) -> list[Any]:
        return [values[name][at] for at in rows]

    people = [preview.people[at] for at in rows]
    persons = [one.person_id for one in people if one is not None]
    numbers = [one.number_id for one in people if one is not None]
    codes = [one.code for one in people if one is not None]
    new = [at for at, code in enumerate(codes) if code == "new"]
    documents = column("document_number")
    contacts = told_contacts(preview.roster, rows)
    ciphers: list[bytes | None] = [None] * len(rows)
    wraps: list[bytes | None] = [None] * len(rows)
    # Portions: the keys of all people at once would fill more memory than the file.
    for first in range(0, len(new), _PORTION):
        portion = new[first : first + _PORTION]
        keys, wrapped = new_data_keys(holder, [persons[at] for at in portion])
        sealed = seal_numbers(
            keys, [documents[at] for at in portion], [int(str(numbers[at])) for at in portion]
        )
        for at, cipher, wrap in zip(portion, sealed, wrapped, strict=True):
            ciphers[at], wraps[at] = cipher, wrap
        contacts.seal(dict(zip(portion, keys, strict=True)), portion[0], portion[-1] + 1)
    by = FoundBy([preview.by.blind[at] for at in rows], [preview.by.last_four[at] for at in rows])
    shares = [share or 1 for share in column("shares")]
    due = fees_of(terms, preview.roster.values, preview.places, rows)
    fees = [fee * share for (fee, _), share in zip(due, shares, strict=True)]
    since = terms.cover_from(on)
    heard = {name: pinyin_key(name) for name in set(column("name"))}
    gap = terms.edition.cover.waiting.renewal_gap
    parameters: list[Any] = [
        *(preview.file_id, on, holder.current_key_id, persons, codes, numbers),
        *([preview.places[at] for at in rows], column("name"), column("name_folded")),
        [heard[name] for name in column("name")],
        column("born_on"),
        [_SEX.get(sex, "") for sex in column("sex")],
        *(column("document_kind"), ciphers, by.blind, by.last_four, wraps),
        *(column("category"), column("staff_number"), [preview.roster.numbers[at] for at in rows]),
        *([since] * len(rows), [terms.period_until] * len(rows)),
        *([called for _, called in due], shares, fees, gap.plain if gap is not None else 0),
    ]
    # In the parameters alone each list ends with its turn, and leaves its room to what follows.
    del ciphers, wraps, by, documents
    booked = _ask(parameters)
    del parameters
    keep_contacts(contacts, persons, [preview.places[at] for at in rows], on)
    return booked, sum(fees)


def _ask(parameters: list[Any]) -> int:
    """Books by one statement. ``parameters`` become what is sent: each list ends with its turn."""
    for at, kind in enumerate(BOOK_ARGUMENTS.values()):
        if isinstance(parameters[at], list):
            parameters[at] = array(kind, parameters[at])
    try:
        with transaction.atomic(), array_cursor() as cursor:
            cursor.execute(BOOK_ROWS, parameters)
            return int(cursor.fetchone()[0])
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != CHANGED:
            raise
        raise Refusal(
            N_("The roster was checked against what has changed since."),
            N_("Check it again: nothing was booked."),
        ) from None
