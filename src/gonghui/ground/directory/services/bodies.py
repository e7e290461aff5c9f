"""Bodies that decide (管理委员会, 办公室, 党组, 经审会), their members and their terms."""

from __future__ import annotations

from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import in_words, not_yours
from gonghui.ground.directory.models import Body, BodyMember
from gonghui.ground.directory.models.bodies import BodyKind
from gonghui.ground.directory.services.trees import refuse_unless_there


def found_body(
    actor: Actor, union_id: int, kind: str, name: str, *, on: date, until: date | None = None
) -> int:
    """A body of a union from a day on; of each kind one at a time."""
    if kind not in BodyKind.values:
        raise Refusal(
            N_("{kind} is no kind of body."),
            N_("Choose one of: {kinds}."),
            field="kind",
            kind=kind,
            kinds=", ".join(BodyKind.values),
        )
    if not name.strip():
        raise Refusal(N_("A body needs a name."), N_("Enter it."), field="name")
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        refuse_unless_there(union_id, on)
        body = Body(
            union_id=union_id, kind=kind, name=name.strip(), starts_on=on, ends_before=until
        )
        with in_words(_refusals()):
            body.save(force_insert=True)
        _record("body.founded", body, on, kind=kind, name=body.name)
        return body.pk


def end_body(actor: Actor, body_id: int, *, on: date) -> None:
    """Ends a body before a day, and with it the terms of its members."""
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        body = Body.objects.select_for_update().filter(pk=body_id).first()
        if body is None:
            raise not_yours()
        _refuse_over(body, on)
        with in_words(_refusals()):
            for member in BodyMember.objects.filter(body=body):
                if member.ends_before is None or member.ends_before > on:
                    BodyMember.objects.filter(pk=member.pk).update(ends_before=on)
            Body.objects.filter(pk=body.pk).update(ends_before=on)
        _record("body.ended", body, on)


def seat_member(
    actor: Actor,
    body_id: int,
    person_id: int,
    *,
    on: date,
    title: str = "",
    until: date | None = None,
) -> int:
    """A person's term in a body, within the body's own time."""
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        body = Body.objects.select_for_update().filter(pk=body_id).first()
        if body is None:
            raise not_yours()
        ends = min((day for day in (until, body.ends_before) if day is not None), default=None)
        if on < body.starts_on or (ends is not None and on >= ends):
            raise _outside(body)
        member = BodyMember(
            body=body,
            union_id=body.union_id,
            person_id=person_id,
            title=title.strip(),
            starts_on=on,
            ends_before=ends,
        )
        with in_words(_refusals()):
            member.save(force_insert=True)
        _record("body.seated", body, on, person_id=person_id, title=member.title)
        return member.pk


def end_term(actor: Actor, member_id: int, *, on: date) -> None:
    """Ends a member's term before a day."""
    with actor.transaction() as scope:
        scope.require(permissions.WRITE)
        member = (
            BodyMember.objects.select_for_update().filter(pk=member_id).select_related("body")
        ).first()
        if member is None:
            raise not_yours()
        _refuse_over(member, on)
        with in_words(_refusals()):
            BodyMember.objects.filter(pk=member.pk).update(ends_before=on)
        _record("body.term_ended", member.body, on, person_id=member.person_id)


def _refuse_over(span: Body | BodyMember, on: date) -> None:
    if span.starts_on >= on or (span.ends_before is not None and span.ends_before <= on):
        raise Refusal(
            N_("It does not last beyond {day}."),
            N_("Choose a day after it began and before it ends."),
            day=on,
        )


def _outside(body: Body) -> Refusal:
    return Refusal(
        N_("“{name}” does not exist on all of these days."),
        N_("Choose days within its time."),
        name=body.name,
    )


def _record(verb: str, body: Body, on: date, **details: object) -> None:
    record(
        verb,
        subject="directory_body",
        subject_id=body.pk,
        union_id=body.union_id,
        details={"on": on.isoformat(), **details},
    )


def _refusals() -> dict[str, Refusal]:
    return {
        "body_one_at_a_time": Refusal(
            N_("The union has a body of this kind on one of these days already."),
            N_("End that one first, or choose other days."),
        ),
        "bodymember_one_at_a_time": Refusal(
            N_("The person is a member on one of these days already."),
            N_("End that term first, or choose other days."),
        ),
    }
