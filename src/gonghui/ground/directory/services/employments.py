"""Hired, left, transferred: where a person works, from a day to a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import in_words, not_yours, union_is_not_there
from gonghui.ground.directory.models import Person


def hire(
    actor: Actor,
    person_id: int,
    union_id: int,
    *,
    on: date,
    category: str = "",
    staff_number: str = "",
    name_as_written: str = "",
) -> None:
    """Somebody one's units know works in one of them from a day on."""
    with actor.transaction() as scope:
        scope.require(permissions.EMPLOY)
        person = Person.objects.filter(pk=person_id).first()
        if person is None:
            raise not_yours()
        written = name_as_written.strip() or person.name
        said = [person_id, union_id, written, category, staff_number, on]
        _ask("select gate.hire(%s, %s, %s, %s, %s, %s)", said)
        _record("employment.begun", person_id, union_id, on)


def leave(actor: Actor, person_id: int, union_id: int, *, on: date) -> None:
    """Somebody works there no longer from a day on."""
    with actor.transaction() as scope:
        scope.require(permissions.EMPLOY)
        if not _ask("select gate.leave(%s, %s, %s)", [person_id, union_id, on]):
            raise not_yours()
        _record("employment.ended", person_id, union_id, on)


def transfer(actor: Actor, person_id: int, from_id: int, to_id: int, *, on: date) -> None:
    """From one unit to another without a day between. Both lie in the actor's part of the tree."""
    if from_id == to_id:
        raise Refusal(N_("The two units are one."), N_("Choose another."))
    with actor.transaction() as scope:
        scope.require(permissions.TRANSFER)
        if not _ask("select gate.transfer(%s, %s, %s, %s)", [person_id, from_id, to_id, on]):
            raise not_yours()
        _record("employment.transferred", person_id, to_id, on, from_union=from_id)


def _ask(statement: str, said: list[Any]) -> object:
    already = Refusal(
        N_("The person works there on one of these days already."),
        N_("Choose a day after it, or leave the entry as it is."),
    )
    with (
        in_words({"employment_one_at_a_time": already, "union_stands": union_is_not_there()}),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement, said)
        return cursor.fetchone()[0]


def _record(action: str, person_id: int, union_id: int, on: date, **details: object) -> None:
    record(
        action,
        subject="directory_person",
        subject_id=person_id,
        union_id=union_id,
        details={"on": on.isoformat(), **details},
    )
