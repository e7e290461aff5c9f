"""What is known of a unit: its code, class and workforce, each from a day on."""

from __future__ import annotations

from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import in_words, not_yours
from gonghui.ground.directory.models import Union, UnitSpan
from gonghui.ground.directory.services.trees import take_turn
from gonghui.ground.directory.services.unions import checked_credit_code

FACTS = ("credit_code", "unit_class", "workforce")


def set_unit(
    actor: Actor,
    union_id: int,
    *,
    on: date,
    credit_code: str | None = None,
    unit_class: str | None = None,
    workforce: int | None = None,
) -> None:
    """Changes what is given, from a day on; ``None`` leaves a fact as it is."""
    said: dict[str, object] = {}
    if credit_code is not None:
        said["credit_code"] = checked_credit_code(credit_code)
    if unit_class is not None:
        said["unit_class"] = unit_class.strip()
    if workforce is not None:
        if workforce < 0:
            raise Refusal(
                N_("A workforce is not below zero."), N_("Enter it again."), field="workforce"
            )
        said["workforce"] = workforce
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        take_turn(on)
        union = Union.objects.select_for_update().filter(pk=union_id).first()
        if union is None or union.ends_before is not None or union.starts_on > on:
            raise not_yours()
        changed = {name: value for name, value in said.items() if getattr(union, name) != value}
        if not changed:
            return
        before = UnitSpan.objects.filter(union=union).order_by("-starts_on").first()
        if before is not None and before.starts_on > on:
            raise Refusal(
                N_("The unit's facts have been changed from {later} on."),
                N_("Enter the change from that day on, or later."),
                later=before.starts_on,
            )
        for name, value in changed.items():
            setattr(union, name, value)
        taken = Refusal(
            N_("A unit with this unified social credit code is there already."),
            N_("Search for the code; one unit is entered once."),
            field="credit_code",
        )
        with in_words({"union_credit_code": taken}):
            if not Union.objects.filter(pk=union.pk).update(**changed):
                raise not_yours()
            _write_span(union, before, on)
        record(
            "unit.changed",
            subject="directory_union",
            subject_id=union.pk,
            union_id=union.pk,
            details={"on": on.isoformat(), **changed},
        )


def _write_span(union: Union, before: UnitSpan | None, on: date) -> None:
    facts = {name: getattr(union, name) for name in FACTS}
    if before is not None and before.starts_on == on:
        UnitSpan.objects.filter(pk=before.pk).update(**facts)
        return
    if before is not None:
        UnitSpan.objects.filter(pk=before.pk).update(ends_before=on)
    UnitSpan(union_id=union.pk, starts_on=on, **facts).save(force_insert=True)
