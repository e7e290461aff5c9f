"""Who was responsible: at any date one person, or a vacancy with its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.errors import in_words


@dataclass(frozen=True, slots=True)
class Responsible:
    """The one who answered for a duty on a day: by a post, or by a delegation from it.

    ``union_id`` is where the post lies: at the union asked for, or above it.
    """

    person_id: int
    post_id: int
    union_id: int
    kind: str
    delegation_id: int | None


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Nobody answered. ``since`` is when the last one did; ``existed``: whether the union was."""

    union_id: int
    duty: str
    day: date
    since: date | None
    existed: bool


def responsible_on(actor: Actor, union_id: int, duty: str, day: date) -> Responsible | Vacancy:
    """The answer for a duty in a union on a day.

    ``duty`` is a permission (``roster.book``): the nearest union upwards that has somebody with it
    answers; or a kind of post (``unit_chair``): that union's own. Among several who hold it, the
    one who got the post first.
    """
    with actor.transaction(), in_words(), connections["default"].cursor() as cursor:
        cursor.execute("select * from gate.responsible_on(%s, %s, %s)", [union_id, duty, day])
        person, post, place, kind, delegation, since, existed = cursor.fetchone()
    if person is None:
        return Vacancy(union_id, duty, day, since, existed)
    return Responsible(person, post, place, kind, delegation)
