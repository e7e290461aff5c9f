"""At the window: whose paper it is, by the number and the name on her document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.document_kinds import RESIDENT
from gonghui.ground.directory.identity import check_document
from gonghui.ground.directory.models import Employment, Person, Union
from gonghui.ground.directory.names import fold_name
from gonghui.ground.directory.queries.persons import find_persons
from gonghui.programmes.mutualaid.models import Enrolment
from gonghui.programmes.mutualaid.queries.schemes import only_scheme


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody at the window. ``takes_part``: on the day that counts, through this union."""

    person_id: int
    name: str
    union_id: int
    union: str
    takes_part: bool


def worker_by_document(
    actor: Actor, number: str, name: str, *, scheme: str, on: date, day: date
) -> Worker:
    """Both stand on her document; either alone would let one mistyped figure pass. ``day`` is the
    one that counts, ``on`` the day of the application."""
    checked = check_document(RESIDENT, number, on)
    found = find_persons(actor, number).lines
    if not found:
        for problem in checked.problems:
            if problem.refuses:
                raise problem.refusal()
    people = {line.joined_to or line.person_id for line in found}
    if len(people) != 1:
        raise Refusal(
            N_("Nobody with this number works in your unions."),
            N_("Compare it with the document; if it is right, she is not registered yet."),
        )
    (person_id,) = people
    with actor.transaction():
        rows = Person.objects.filter(Q(pk=person_id) | Q(merged_into_id=person_id))
        if fold_name(name) not in set(rows.values_list("name_folded", flat=True)):
            raise Refusal(
                N_("Under this number we know another name."),
                N_("Compare both with the document; if the name changed, have it corrected first."),
            )
    return worker_of(actor, person_id, scheme=scheme, day=day)


def worker_of(actor: Actor, person_id: int, *, scheme: str, day: date, unit: str = "") -> Worker:
    """By her id, with the unit through which she takes part on the day, else where she works."""
    with actor.transaction():
        person = Person.objects.filter(pk=person_id).first()
        if person is None:
            raise Refusal(
                N_("There is no person #{person} in your unions."),
                N_("`gonghui directory find` shows the number."),
                person=person_id,
            )
        rows = Person.objects.filter(Q(pk=person_id) | Q(merged_into_id=person_id))
        mine = list(rows.values_list("pk", flat=True))
        enrolled = Enrolment.objects.filter(
            person_id__in=mine, scheme=only_scheme(scheme), cancelled=False,
            starts_on__lte=day, ends_before__gt=day,
        ).first()  # fmt: skip
        place = _place(mine, None if enrolled is None else enrolled.union_id, unit)
        name = Union.objects.values_list("name", flat=True).get(pk=place)
    return Worker(person_id, person.name, place, name, enrolled is not None)


def _place(persons: list[int], enrolled_through: int | None, unit: str) -> int:
    if unit:
        found = Union.objects.filter(code=unit).values_list("pk", flat=True).first()
        if found is None:
            raise Refusal(
                N_("There is no union with the code {code}."),
                N_("`gonghui directory tree` shows all codes."),
                code=unit,
            )
        return found
    works = Employment.objects.filter(person_id__in=persons).order_by("-ends_before", "-starts_on")
    places = list(works.values_list("union_id", flat=True))
    if enrolled_through in places:
        return int(enrolled_through or 0)
    if not places:
        raise Refusal(
            N_("It is not known where she works."), N_("Name her unit with its code: --unit CODE")
        )
    return places[0]
