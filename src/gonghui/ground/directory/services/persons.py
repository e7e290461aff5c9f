"""Persons are registered, corrected, and joined when two rows turn out to be one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import Error, connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import in_words, not_yours, union_is_not_there
from gonghui.ground.directory.identity import Checked, check_document
from gonghui.ground.directory.models import Person, PersonNumber
from gonghui.ground.directory.names import check_name, fold_name, pinyin_key, written_name
from gonghui.ground.directory.numbers import COLUMN, found_by
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.services.keys import provider
from gonghui.ground.vault.services.values import seal_for

ASK_OFFICE, TOO_MANY = "GH409", "GH429"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person as a unit presents her. Without a number she is registered by name only."""

    union_id: int
    name: str
    document: str = "resident"
    number: str = ""
    born_on: date | None = None
    sex: str = ""
    category: str = ""
    staff_number: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """``new`` is false when she was in the register already, and was hired only."""

    person_id: int
    new: bool


def register_person(actor: Actor, newcomer: Newcomer, *, on: date) -> Registered:
    """Registers one person and hires her. One who works elsewhere is a matter for the office."""
    return register_persons(actor, [newcomer], on=on)[0]


def register_persons(actor: Actor, newcomers: Sequence[Newcomer], *, on: date) -> list[Registered]:
    """Several, all or none. A roster of a city has a way of its own: ``mutualaid``."""
    names = [_checked_name(one.name) for one in newcomers]
    documents = [_checked(one, on) for one in newcomers]
    _refuse_twice(documents)
    numbered = [row for row, one in enumerate(documents) if one.number]
    found = found_by(
        provider(),
        [documents[row].kind for row in numbered],
        [documents[row].number for row in numbered],
    )
    blinds: list[bytes | None] = [None] * len(newcomers)
    for row, blind in zip(numbered, found.blind, strict=True):
        blinds[row] = blind
    columns: list[Any] = [
        [one.union_id for one in newcomers],
        blinds,
        names,
        [fold_name(name) for name in names],
        [pinyin_key(name) for name in names],
        [one.born_on or said.born_on for one, said in zip(newcomers, documents, strict=True)],
        [one.sex or said.sex for one, said in zip(newcomers, documents, strict=True)],
        [one.category for one in newcomers],
        [one.staff_number for one in newcomers],
    ]
    with actor.transaction(), _elsewhere_in_words():
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "select person_id, number_id, made_now from gate.register_persons(%s,"
                " %s::bigint[], %s::bytea[], %s::text[], %s::text[], %s::text[], %s::date[],"
                " %s::text[], %s::text[], %s::text[]) order by ordinal",
                [on, *columns],
            )
            rows = cursor.fetchall()
        new = [
            (at, rows[row][0], rows[row][1], documents[row])
            for at, row in enumerate(numbered)
            if rows[row][2]
        ]
        add_numbers(
            [person for _, person, _, _ in new],
            [number_id for _, _, number_id, _ in new],
            [document for _, _, _, document in new],
            [found.blind[at] for at, _, _, _ in new],
            [found.last_four[at] for at, _, _, _ in new],
            on,
        )
        made = [Registered(person, is_new) for person, _, is_new in rows]
        record(
            "persons.registered",
            subject="directory_person",
            subject_id=made[0].person_id if len(made) == 1 else None,
            union_id=newcomers[0].union_id
            if len({one.union_id for one in newcomers}) == 1
            else None,
            details={"persons": len(made), "new": sum(one.new for one in made)},
        )
        return made


def add_numbers(
    persons: list[int],
    number_ids: list[int],
    documents: list[Checked],
    blinds: list[bytes],
    last_fours: list[bytes],
    on: date,
) -> None:
    """Seals numbers and stores them, inside the caller's transaction."""
    if not persons:
        return
    sealed = seal_for(persons, [one.number for one in documents], COLUMN, number_ids)
    kinds = [one.kind for one in documents]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select gate.add_numbers(%s, %s::bigint[], %s::bigint[], %s::text[], %s::bytea[],"
            " %s::bytea[], %s::bytea[])",
            [on, number_ids, persons, kinds, sealed, blinds, last_fours],
        )


def correct_name(actor: Actor, person_id: int, name: str, *, because: str) -> None:
    """Another name, as the document shows it. What units wrote stays in their employments."""
    written = _checked_name(name)
    with actor.transaction() as scope:
        scope.require(permissions.CORRECT)
        said = {
            "name": written,
            "name_folded": fold_name(written),
            "name_pinyin": pinyin_key(written),
        }
        if not Person.objects.filter(pk=person_id).update(**said):
            raise not_yours()
        record(
            "person.renamed",
            subject="directory_person",
            subject_id=person_id,
            details={"because": masked_reason(because)},
        )


def correct_number(
    actor: Actor, person_id: int, number: str, *, because: str, on: date, document: str = "resident"
) -> None:
    """Another number of the same kind of document; the former one stays, with the reason.

    Refused when it is somebody else's: two rows of one person are joined instead.
    """
    because = masked_reason(because)
    checked = _accepted(check_document(document, number, on))
    found = found_by(provider(), [checked.kind], [checked.number])
    with actor.transaction() as scope, _elsewhere_in_words():
        scope.require(permissions.CORRECT)
        before = (
            PersonNumber.objects.filter(
                person_id=person_id, kind=checked.kind, ends_before__isnull=True
            )
            .order_by("-id")
            .first()
        )
        if before is not None and bytes(before.blind) == found.blind[0]:
            return
        with connections["default"].cursor() as cursor:
            cursor.execute("select gate.next_number_id(%s)", [person_id])
            number_id = cursor.fetchone()[0]
            if before is not None:
                cursor.execute(
                    "select gate.replace_number(%s, %s, %s, %s)",
                    [person_id, before.pk, because, on],
                )
        add_numbers([person_id], [number_id], [checked], found.blind, found.last_four, on)
        if checked.born_on is not None:
            Person.objects.filter(pk=person_id).update(born_on=checked.born_on, sex=checked.sex)
        record(
            "person.number_corrected",
            subject="directory_personnumber",
            subject_id=number_id,
            details={"person_id": person_id, "because": because, "on": on.isoformat()},
        )


def join_persons(actor: Actor, person_id: int, into_id: int, *, because: str) -> None:
    """One row turns out to be the person of another. Both stay; from now on they are one."""
    _set_joined(actor, person_id, into_id, "person.joined", because)


def part_person(actor: Actor, person_id: int, *, because: str) -> None:
    """Undoes a wrong join."""
    _set_joined(actor, person_id, None, "person.parted", because)


def _set_joined(
    actor: Actor, person_id: int, into_id: int | None, action: str, because: str
) -> None:
    if not because.strip():
        raise Refusal(N_("A reason is missing."), N_("Say why."), field="because")
    with actor.transaction() as scope:
        scope.require(permissions.CORRECT)
        already = Refusal(
            N_("One of the two has been joined to another person already."),
            N_("Join the rows to which they belong now."),
        )
        covered = Refusal(
            N_("Both are covered on the same days: one person has one cover."),
            N_("Withdraw one of the two covers first, then join the rows."),
        )
        broken = {"person_joined_once": already, "person_not_merged_into_itself": already}
        with in_words({**broken, "person_one_cover": covered}):
            if not Person.objects.filter(pk=person_id).update(merged_into_id=into_id):
                raise not_yours()
        record(
            action,
            subject="directory_person",
            subject_id=person_id,
            details={"into": into_id, "because": masked_reason(because)},
        )


def _checked_name(name: str) -> str:
    written = written_name(name)
    problem = check_name(written)
    if problem is not None:
        raise problem
    return written


def _checked(newcomer: Newcomer, on: date) -> Checked:
    if not newcomer.number.strip():
        return Checked(newcomer.document, "")
    return _accepted(check_document(newcomer.document, newcomer.number, on))


def _accepted(checked: Checked) -> Checked:
    for problem in checked.problems:
        if problem.refuses:
            raise problem.refusal()
    return checked


def _refuse_twice(documents: Sequence[Checked]) -> None:
    numbers = [(one.kind, one.number) for one in documents if one.number]
    if len(set(numbers)) < len(numbers):
        raise Refusal(
            N_("Two of them have the same identity number."), N_("Enter each person once.")
        )


@contextmanager
def _elsewhere_in_words() -> Iterator[None]:
    try:
        with in_words({"union_stands": union_is_not_there()}):
            yield
    except Error as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state == ASK_OFFICE:
            raise Refusal(
                N_("This person cannot be entered here as written."),
                N_("Check number and name; if both are right, ask the office to look at it."),
            ) from None
        if state == TOO_MANY:
            raise Refusal(
                N_("You have asked about very many numbers today."),
                N_("Go on tomorrow, or send a roster to the office."),
            ) from None
        raise
