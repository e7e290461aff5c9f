"""Posts are given and ended. Nobody gives one to himself; weighty ones are given by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import in_words, not_yours, union_is_not_there
from gonghui.ground.directory.models import Appointment, Delegation, Post, PostKind
from gonghui.ground.vault.masking import masked_reason


@dataclass(frozen=True, slots=True)
class Appointed:
    """The post; or, while a second person has to confirm it, what was proposed."""

    post_id: int | None
    appointment_id: int | None

    @property
    def pending(self) -> bool:
        return self.post_id is None


def appoint(
    actor: Actor,
    person_id: int,
    union_id: int,
    kind: str,
    *,
    on: date,
    until: date | None = None,
) -> Appointed:
    """Gives a post from a day on, or proposes one that takes two people."""
    with actor.transaction() as scope:
        scope.require(permissions.APPOINT)
        _refuse_unknown_kind(kind)
        if _needs_two(kind, union_id):
            appointment = _propose(scope, person_id, union_id, kind, on, until)
            return Appointed(None, appointment.pk)
        post = Post(
            person_id=person_id,
            union_id=union_id,
            kind_id=kind,
            starts_on=on,
            ends_before=until,
            appointed_by_id=scope.person_id,
        )
        with in_words(_refusals()):
            post.save(force_insert=True)
        _record("post.given", post, on)
        return Appointed(post.pk, None)


def confirm_appointment(actor: Actor, appointment_id: int) -> Appointed:
    """The second person's word: the post is given. Refused to who proposed it or would have it."""
    with actor.transaction() as scope:
        scope.require(permissions.APPOINT)
        proposed = _open_appointment(appointment_id)
        post = Post(
            person_id=proposed.person_id,
            union_id=proposed.union_id,
            kind_id=proposed.kind_id,
            starts_on=proposed.starts_on,
            ends_before=proposed.ends_before,
            appointed_by_id=proposed.proposed_by_id,
            confirmed_by_id=scope.person_id,
        )
        with in_words(_refusals()):
            post.save(force_insert=True)
            Appointment.objects.filter(pk=proposed.pk).update(
                decided_by_id=scope.person_id, post_id=post.pk
            )
        _record("post.given", post, post.starts_on, proposed_by=proposed.proposed_by_id)
        return Appointed(post.pk, proposed.pk)


def decline_appointment(actor: Actor, appointment_id: int, because: str) -> None:
    """Takes a proposal back, or refuses it, with the reason."""
    if not because.strip():
        raise Refusal(N_("A reason is missing."), N_("Say why."), field="because")
    with actor.transaction() as scope:
        scope.require(permissions.APPOINT)
        proposed = _open_appointment(appointment_id)
        with in_words(_refusals()):
            Appointment.objects.filter(pk=proposed.pk).update(
                decided_by_id=scope.person_id, declined_because=masked_reason(because)
            )
        record(
            "post.declined",
            subject="directory_appointment",
            subject_id=proposed.pk,
            union_id=proposed.union_id,
            details={"kind": proposed.kind_id, "because": masked_reason(because)},
        )


def dismiss(actor: Actor, post_id: int, *, on: date) -> None:
    """Ends a post before a day. What it allowed ends at once; delegations from it end with it."""
    with actor.transaction() as scope:
        scope.require(permissions.APPOINT)
        post = Post.objects.select_for_update().filter(pk=post_id).first()
        if post is None:
            raise not_yours()
        if post.starts_on >= on or (post.ends_before is not None and post.ends_before <= on):
            raise Refusal(
                N_("The post does not last beyond {day}."),
                N_("Choose a day after it began and before it ends."),
                day=on,
            )
        with in_words(_refusals()):
            Post.objects.filter(pk=post.pk).update(ends_before=on)
            for delegation in Delegation.objects.filter(post_id=post.pk, starts_on__lt=on):
                if delegation.ends_before is None or delegation.ends_before > on:
                    Delegation.objects.filter(pk=delegation.pk).update(ends_before=on)
        _record("post.ended", post, on)


def _needs_two(kind: str, union_id: int) -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.post_needs_two(%s, %s)", [kind, union_id])
        return bool(cursor.fetchone()[0])


def _propose(
    scope: Scope, person_id: int, union_id: int, kind: str, on: date, until: date | None
) -> Appointment:
    appointment = Appointment(
        person_id=person_id,
        union_id=union_id,
        kind_id=kind,
        starts_on=on,
        ends_before=until,
        proposed_by_id=scope.person_id,
    )
    with in_words(_refusals()):
        appointment.save(force_insert=True)
    record(
        "post.proposed",
        subject="directory_appointment",
        subject_id=appointment.pk,
        union_id=union_id,
        details={"kind": kind, "person_id": person_id, "on": on.isoformat()},
    )
    return appointment


def _open_appointment(appointment_id: int) -> Appointment:
    found = (
        Appointment.objects.select_for_update()
        .filter(pk=appointment_id, decided_by__isnull=True)
        .first()
    )
    if found is None:
        raise not_yours()
    return found


def _refuse_unknown_kind(kind: str) -> None:
    if not PostKind.objects.filter(pk=kind).exists():
        known = ", ".join(PostKind.objects.order_by("code").values_list("code", flat=True))
        raise Refusal(
            N_("There is no kind of post “{kind}”."),
            N_("Choose one of: {kinds}."),
            field="kind",
            kind=kind,
            kinds=known,
        )


def _record(verb: str, post: Post, on: date, **details: object) -> None:
    said = {"kind": post.kind_id, "person_id": post.person_id, "on": on.isoformat(), **details}
    record(
        verb,
        subject="directory_post",
        subject_id=post.pk,
        union_id=post.union_id,
        details=said,
    )


def _refusals() -> dict[str, Refusal]:
    oneself = Refusal(
        N_("Nobody gives a post to himself, nor confirms one of his own."),
        N_("Ask somebody else who may give posts here."),
    )
    two = Refusal(
        N_("This post is given by two people; who proposed it does not confirm it."),
        N_("Ask a second person who may give posts here to confirm it."),
    )
    ends = Refusal(
        N_("A post is only ended, not extended or changed."), N_("Give a new one after it.")
    )
    already = Refusal(
        N_("The person holds this post on one of these days already."),
        N_("End that one first, or choose other days."),
    )
    return {
        "post_not_by_oneself": oneself,
        "post_given_by_whom": oneself,
        "post_elsewhere": not_yours(),
        "post_needs_two": two,
        "post_as_proposed": two,
        "appointment_as_proposed": two,
        "post_only_ends": ends,
        "union_stands": union_is_not_there(),
        "post_one_at_a_time": already,
        "appointment_open_once": Refusal(
            N_("This post has been proposed already."),
            N_("Let a second person confirm or decline it."),
        ),
        "post_in_order": Refusal(
            N_("The last day lies before the first."), N_("Enter the days again.")
        ),
        "appointment_in_order": Refusal(
            N_("The last day lies before the first."), N_("Enter the days again.")
        ),
    }
