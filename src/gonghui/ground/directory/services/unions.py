"""Unions are founded, renamed, moved, merged and dissolved; what they were before stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections
from django.db.models import Q

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.codes import check_credit_code, normalise_credit_code
from gonghui.ground.directory.errors import in_words, not_yours
from gonghui.ground.directory.models import Union, UnionSpan, UnitSpan
from gonghui.ground.directory.models.unions import UnionKind
from gonghui.ground.directory.services.trees import take_turn


@dataclass(frozen=True, slots=True)
class NewUnion:
    """What is said of a union when it is founded."""

    code: str
    name: str
    kind: str
    credit_code: str = ""
    unit_class: str = ""
    workforce: int | None = None

    def checked(self) -> NewUnion:
        """In normal form. Refuses what cannot be right."""
        code, name = self.code.strip(), " ".join(self.name.split())
        if not code or not name:
            raise Refusal(
                N_("A union needs a code and a name."), N_("Enter both."), field="code, name"
            )
        if self.kind not in UnionKind.values:
            raise Refusal(
                N_("{kind} is no kind of union."),
                N_("Choose one of: {kinds}."),
                field="kind",
                kind=self.kind,
                kinds=", ".join(UnionKind.values),
            )
        credit = checked_credit_code(self.credit_code)
        return NewUnion(code, name, self.kind, credit, self.unit_class.strip(), self.workforce)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merger carried over."""

    union_id: int
    persons: int
    children: int


def checked_credit_code(written: str) -> str:
    """A unified social credit code in normal form, or "". Refuses a wrong one."""
    code = normalise_credit_code(written)
    problem = check_credit_code(code) if code else None
    if problem is not None:
        raise problem
    return code


def found_union(actor: Actor, new: NewUnion, *, parent_id: int, on: date) -> int:
    """A new union below another. Refuses a code or a unit that is there already."""
    return found_unions(actor, [new], parents={new.code.strip(): parent_id}, on=on)[0]


def found_unions(
    actor: Actor, new: list[NewUnion], *, parents: dict[str, int], on: date
) -> list[int]:
    """Several unions, each below the one ``parents`` has under its code."""
    checked = [one.checked() for one in new]
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        take_turn(on)
        _refuse_dead(set(parents.values()), on)
        unions = [
            Union(
                code=one.code,
                name=one.name,
                kind=one.kind,
                parent_id=parents[one.code],
                low=0,
                high=0,
                credit_code=one.credit_code,
                unit_class=one.unit_class,
                workforce=one.workforce,
                starts_on=on,
            )
            for one in checked
        ]
        with in_words(_taken()):
            made = Union.objects.bulk_create(unions)
            UnionSpan.objects.bulk_create(_span(union, on) for union in made)
            UnitSpan.objects.bulk_create(_unit_span(union, on) for union in made)
        for union in made if len(made) == 1 else ():
            record(
                "union.founded",
                subject="directory_union",
                subject_id=union.pk,
                union_id=union.pk,
                details={"code": union.code, "name": union.name, "on": on.isoformat()},
            )
        if len(made) > 1:
            details = {"unions": len(made), "on": on.isoformat()}
            record("unions.founded", subject="directory_union", details=details)
    return [union.pk for union in made]


def rename_union(actor: Actor, union_id: int, name: str, *, on: date) -> None:
    """Another name from a day on."""
    name = " ".join(name.split())
    if not name:
        raise Refusal(N_("A union needs a name."), N_("Enter it."), field="name")
    _change(actor, "union.renamed", union_id, on, name=name)


def reclassify_union(actor: Actor, union_id: int, kind: str, *, on: date) -> None:
    """Another kind from a day on: a branch becomes a union of its own."""
    if kind not in UnionKind.values:
        raise Refusal(
            N_("{kind} is no kind of union."),
            N_("Choose one of: {kinds}."),
            field="kind",
            kind=kind,
            kinds=", ".join(UnionKind.values),
        )
    _change(actor, "union.reclassified", union_id, on, kind=kind)


def move_union(actor: Actor, union_id: int, parent_id: int, *, on: date) -> None:
    """Under another union from a day on, with everything below it. Sight follows at once."""
    _change(actor, "union.moved", union_id, on, parent_id=parent_id)


def dissolve_union(actor: Actor, union_id: int, *, on: date) -> None:
    """Ends a union. Refused while something lives below it or somebody works there."""
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        take_turn(on)
        union = _living(union_id, on)
        with in_words(_closing()):
            _close(union, None, on)
            _update(union, ends_before=on)
            _check_now()
        _record("union.dissolved", union, on)


def merge_unions(actor: Actor, union_id: int, into_id: int, *, on: date) -> Merged:
    """Ends a union and hands its people and what lies below it to another.

    Posts, delegations and bodies of the one that ends, end. It stays, with its history, below the
    one it went into, whose officers answer for it from now on.
    """
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        take_turn(on)
        union, heir = _living(union_id, on), _standing(into_id, on)
        _refuse_below_itself(union, heir)
        children = list(
            Union.objects.filter(parent_id=union.pk, ends_before__isnull=True).select_for_update()
        )
        with in_words(_closing()):
            for child in children:
                child.parent_id = heir.pk
                _write_span(child, on)
                _update(child, parent_id=heir.pk)
            persons = _close(union, heir.pk, on)
            _update(union, ends_before=on, parent_id=heir.pk, merged_into_id=heir.pk)
            _check_now()
        _record("union.merged", union, on, into=heir.code, persons=persons, children=len(children))
    return Merged(heir.pk, persons, len(children))


def _change(actor: Actor, verb: str, union_id: int, on: date, **new: object) -> None:
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        take_turn(on)
        union = _living(union_id, on)
        if all(getattr(union, name) == value for name, value in new.items()):
            return
        if union.parent_id is None and "parent_id" in new:
            raise Refusal(N_("The uppermost union stays where it is."), N_("Move what is below."))
        if "parent_id" in new:
            _refuse_below_itself(union, _standing(int(str(new["parent_id"])), on))
        before = {name: getattr(union, name) for name in new}
        for name, value in new.items():
            setattr(union, name, value)
        with in_words(_closing()):
            _write_span(union, on)
            _update(union, **new)
            _check_now()
        details = {f"{name}_before": value for name, value in before.items()}
        _record(verb, union, on, **details, **new)


def _standing(union_id: int, on: date) -> Union:
    """A union that others may come under on the day."""
    union = Union.objects.filter(pk=union_id).first()
    if union is None:
        raise not_yours()
    _refuse_dead({union.pk}, on)
    return union


def _living(union_id: int, on: date) -> Union:
    """A union of one's own to be changed, whose present state began on the day or before it."""
    union = Union.objects.select_for_update().filter(pk=union_id).first()
    if union is None:
        raise not_yours()
    _refuse_dead({union.pk}, on)
    later = UnionSpan.objects.filter(union=union, starts_on__gt=on).first()
    if later is not None:
        raise Refusal(
            N_("“{name}” has been changed from {later} on; a change from {day} comes too late."),
            N_("Enter it from that day on, or later."),
            name=union.name,
            later=later.starts_on,
            day=on,
        )
    return union


def _refuse_dead(union_ids: set[int], on: date) -> None:
    there = Q(starts_on__lte=on) & Q(ends_before__isnull=True)
    missing = union_ids - set(
        Union.objects.filter(there, pk__in=union_ids).values_list("pk", flat=True)
    )
    if missing:
        names = list(Union.objects.filter(pk__in=missing).values_list("name", flat=True))
        if not names:
            raise not_yours()
        raise Refusal(
            N_("“{name}” does not exist on {day}."),
            N_("Choose a union that exists on that day, or another day."),
            name=names[0],
            day=on,
        )


def _refuse_below_itself(union: Union, above: Union) -> None:
    if union.low <= above.low <= union.high:
        raise _ring()


def _ring() -> Refusal:
    return Refusal(N_("A union cannot lie below itself."), N_("Choose one that is not part of it."))


def _write_span(union: Union, on: date) -> None:
    """From the day on the union is as this object says; a change of the same day is corrected."""
    open_one = UnionSpan.objects.get(union_id=union.pk, ends_before__isnull=True)
    if open_one.starts_on == on:
        said = {"name": union.name, "kind": union.kind, "parent_id": union.parent_id}
        UnionSpan.objects.filter(pk=open_one.pk).update(**said)
        return
    if not UnionSpan.objects.filter(pk=open_one.pk).update(ends_before=on):
        raise not_yours()
    _span(union, on).save(force_insert=True)


def _close(union: Union, heir_id: int | None, on: date) -> int:
    if union.parent_id is None:
        raise Refusal(N_("The uppermost union cannot end."), N_("Merge or dissolve what is below."))
    if UnionSpan.objects.filter(union=union, starts_on=on).exists():
        raise Refusal(
            N_("“{name}” has been founded or changed on {day} itself."),
            N_("Let it end a day later."),
            name=union.name,
            day=on,
        )
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.close_union(%s, %s, %s)", [union.pk, heir_id, on])
        moved = int(cursor.fetchone()[0])
    UnionSpan.objects.filter(union=union, ends_before__isnull=True).update(ends_before=on)
    UnitSpan.objects.filter(union=union, ends_before__isnull=True).update(ends_before=on)
    return moved


def _update(union: Union, **said: object) -> None:
    if not Union.objects.filter(pk=union.pk).update(**said):
        raise not_yours()


def _check_now() -> None:
    """What is checked at the end of the transaction is checked here, to be said in words."""
    checks = "union_is_its_history, span_is_its_unions"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"set constraints {checks} immediate")
        cursor.execute(f"set constraints {checks} deferred")


def _span(union: Union, on: date) -> UnionSpan:
    return UnionSpan(
        union_id=union.pk,
        parent_id=union.parent_id,
        name=union.name,
        kind=union.kind,
        starts_on=on,
    )


def _unit_span(union: Union, on: date) -> UnitSpan:
    return UnitSpan(
        union_id=union.pk,
        credit_code=union.credit_code,
        unit_class=union.unit_class,
        workforce=union.workforce,
        starts_on=on,
    )


def _record(verb: str, union: Union, on: date, **details: object) -> None:
    record(
        verb,
        subject="directory_union",
        subject_id=union.pk,
        union_id=union.pk,
        details={"code": union.code, "on": on.isoformat(), **details},
    )


def _taken() -> dict[str, Refusal]:
    return {
        "directory_union_code_key": Refusal(
            N_("A union with this code is there already."), N_("Choose another code."), field="code"
        ),
        "union_credit_code": Refusal(
            N_("A unit with this unified social credit code is there already."),
            N_("Search for the code; one unit is entered once."),
            field="credit_code",
        ),
        **_closing(),
    }


def _closing() -> dict[str, Refusal]:
    return {
        "union_not_below_itself": _ring(),
        "union_hangs_on_a_living_one": Refusal(
            N_("Something that exists would hang on a union that does not."),
            N_("Move, merge or dissolve what lies below it first."),
        ),
        "union_has_people": Refusal(
            N_("People work here."),
            N_("Transfer them first, or let them leave, or merge the union."),
        ),
        "union_closed_before_it_begins": Refusal(
            N_("A post, a body or a delegation here begins on that day or later."),
            N_("End it first, or choose a later day."),
        ),
        "unitspan_in_order": Refusal(
            N_("The unit's facts have been changed on that day itself."),
            N_("Let it end a day later."),
        ),
    }
