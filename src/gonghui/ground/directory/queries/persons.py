"""Questions about persons. Every answer holds only whom the actor may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import connections
from django.db.models import Exists, OuterRef, Q, QuerySet

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.document_kinds import DOCUMENT_KINDS
from gonghui.ground.directory.identity import check_document, normalise_number
from gonghui.ground.directory.models import Employment, Hardship, Person, PersonNumber
from gonghui.ground.directory.names import fold_name
from gonghui.ground.directory.numbers import COLUMN, found_by
from gonghui.ground.vault.blind import IDENTITY, last_four_indexes
from gonghui.ground.vault.models import DataKey
from gonghui.ground.vault.services.keys import provider
from gonghui.ground.vault.services.values import open_what_is_there

PAGE = 50
_HIGHEST = "\U0010ffff"
_LAST_FOUR = re.compile(r"[0-9]{3}[0-9X]")
_TYPED_LETTERS = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where somebody works, or worked."""

    union_id: int
    starts_on: date
    ends_before: date | None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One row in a list; no number, which is shown only by a reveal.

    ``joined_to`` is the row of the same person that counts, where this one was joined to another.
    """

    person_id: int
    name: str
    born_on: date | None
    sex: str
    workplaces: tuple[Workplace, ...]
    joined_to: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some persons, and where the next page begins; ``None`` at the end."""

    lines: tuple[PersonLine, ...]
    after: tuple[str, int] | None


def find_persons(
    actor: Actor, typed: str, *, after: tuple[str, int] | None = None, limit: int = PAGE
) -> Page:
    """By what was typed: an identity number, its last four, a name or its beginning, its sound.

    A number is found whole or by its last four only. Sounds are typed as ``zhangwei``, ``zhang
    wei`` or ``zw``.
    """
    number = normalise_number(typed)
    with actor.transaction():
        if _LAST_FOUR.fullmatch(number):
            return _page(Person.objects.filter(pk__in=_ending_in(number)), after, limit)
        if sum(character.isdigit() for character in number) >= 5:
            return _page(Person.objects.filter(pk__in=_numbered(number)), after, limit)
        named = _named(typed)
        return _page(Person.objects.filter(named), after, limit) if named else Page((), None)


def same_person(actor: Actor, one_id: int, other_id: int) -> bool:
    """Whether two rows are one person: by joins, whatever accounts, names or units they have."""
    with actor.transaction():
        return one_person(one_id) == one_person(other_id)


def one_person(person_id: int) -> int:
    """The row that a person's rows are joined to; inside a scope."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.one_person(%s)", [person_id])
        found: int | None = cursor.fetchone()[0]
    return person_id if found is None else found


def refuse_same_person(actor: Actor, *earlier: int) -> None:
    """For the second and third step of what takes several people: refuses who did an earlier one.

    ``earlier`` are person ids, never accounts: somebody with two accounts is one person.
    """
    with actor.transaction() as scope:
        me = one_person(scope.person_id)
        if any(one_person(person_id) == me for person_id in earlier):
            raise Refusal(
                N_("You have done an earlier step of this yourself."),
                N_("Ask somebody else; a second account or a deputy's post is the same person."),
            )


def workplaces_on(actor: Actor, person_id: int, day: date) -> list[int]:
    """The unions in which somebody worked on a day, as far as the actor sees."""
    with actor.transaction():
        rows = Employment.objects.filter(_on(day), person_id=person_id).order_by("union_id")
        return list(rows.values_list("union_id", flat=True))


def hardships_on(actor: Actor, person_id: int, day: date) -> list[str]:
    """The kinds of hardship somebody was registered with on a day."""
    with actor.transaction():
        rows = Hardship.objects.filter(_on(day), person_id=person_id).order_by("kind")
        return list(rows.values_list("kind", flat=True))


def _on(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_before__isnull=True) | Q(ends_before__gt=day))


def _named(typed: str) -> Q | None:
    folded = fold_name(typed)
    if not folded:
        return None
    named = _beginning("name_folded", folded)
    run = re.sub(r"[\s']", "", typed.casefold()).replace("ü", "v")
    if _TYPED_LETTERS.fullmatch(run):
        # Sounds of Chinese names, whole or their first letters; a Latin name is its own sound.
        named |= _beginning("name_run", run) | Q(name_initials=run)
    return named


def _beginning(column: str, prefix: str) -> Q:
    # A range, not LIKE: under row security PostgreSQL lets only plain comparisons use an index.
    return Q(**{f"{column}__gte": prefix, f"{column}__lt": prefix + _HIGHEST})


def _numbered(number: str) -> list[int]:
    """Persons with this number, whatever kind of document it is of."""
    meant: dict[tuple[str, str], None] = {}
    for kind in DOCUMENT_KINDS:
        checked = check_document(kind, number)
        if checked.accepted and checked.number:
            meant[checked.kind, checked.number] = None
    blinds = found_by(
        provider(), [kind for kind, _ in meant], [normal for _, normal in meant]
    ).blind
    return list(PersonNumber.objects.filter(blind__in=blinds).values_list("person_id", flat=True))


def _ending_in(last_four: str) -> list[int]:
    """The index keeps too few bits to prove an ending, so what it finds is opened and compared.

    Who has been erased is passed over: nobody can open her number.
    """
    (index,) = last_four_indexes(provider(), IDENTITY, [last_four])
    rows = list(
        PersonNumber.objects.filter(
            Exists(DataKey.objects.filter(person=OuterRef("person"), wrapped__isnull=False)),
            last_four=index,
            ends_before__isnull=True,
        ).values_list("person_id", "cipher", "id")
    )
    if not rows:
        return []
    persons, ciphers, ids = zip(*rows, strict=True)
    opened = open_what_is_there(list(persons), [bytes(one) for one in ciphers], COLUMN, list(ids))
    return [
        person
        for person, number in zip(persons, opened, strict=True)
        if number is not None and number.endswith(last_four)  # None: her key is destroyed
    ]


def _page(found: QuerySet[Person], after: tuple[str, int] | None, limit: int) -> Page:
    if after is not None:
        key, last = after
        found = found.filter(Q(name_pinyin__gt=key) | Q(name_pinyin=key, pk__gt=last))
    rows = list(found.order_by("name_pinyin", "pk")[: limit + 1])
    shown = rows[:limit]
    places: dict[int, list[Workplace]] = {row.pk: [] for row in shown}
    for one in Employment.objects.filter(person_id__in=places).order_by("starts_on", "pk"):
        places[one.person_id].append(Workplace(one.union_id, one.starts_on, one.ends_before))
    lines = tuple(
        PersonLine(
            row.pk, row.name, row.born_on, row.sex, tuple(places[row.pk]), row.merged_into_id
        )
        for row in shown
    )
    more = len(rows) > limit
    return Page(lines, (shown[-1].name_pinyin, shown[-1].pk) if more else None)
