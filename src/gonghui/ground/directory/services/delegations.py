"""Somebody acts on behalf of a post, in a matter, from a day to a day."""

from __future__ import annotations

from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.errors import in_words, not_yours
from gonghui.ground.directory.models import Delegation, Post


def delegate(
    actor: Actor,
    post_id: int,
    person_id: int,
    *,
    matter: str,
    permissions: list[str],
    on: date,
    until: date | None = None,
) -> int:
    """A deputy for some of what a post allows. Given by who holds it, or by who may give posts."""
    if not matter.strip():
        raise Refusal(N_("The matter is missing."), N_("Say what is delegated."), field="matter")
    with actor.transaction():
        post = Post.objects.filter(pk=post_id).first()
        if post is None:
            raise not_yours()
        delegation = Delegation(
            post_id=post.pk,
            union_id=post.union_id,
            person_id=person_id,
            matter=matter.strip(),
            permissions=sorted(set(permissions)),
            starts_on=on,
            ends_before=until,
        )
        with in_words(_refusals()):
            delegation.save(force_insert=True)
        _record("delegation.given", delegation, on)
        return delegation.pk


def end_delegation(actor: Actor, delegation_id: int, *, on: date) -> None:
    """Ends a delegation before a day; what it allowed ends at once."""
    with actor.transaction():
        delegation = Delegation.objects.select_for_update().filter(pk=delegation_id).first()
        if delegation is None:
            raise not_yours()
        with in_words(_refusals()):
            if not Delegation.objects.filter(pk=delegation.pk).update(ends_before=on):
                raise not_yours()
        _record("delegation.ended", delegation, on)


def _record(verb: str, delegation: Delegation, on: date) -> None:
    record(
        verb,
        subject="directory_delegation",
        subject_id=delegation.pk,
        union_id=delegation.union_id,
        details={
            "post_id": delegation.post_id,
            "person_id": delegation.person_id,
            "permissions": delegation.permissions,
            "on": on.isoformat(),
        },
    )


def _refusals() -> dict[str, Refusal]:
    return {
        "delegation_to_somebody_else": Refusal(
            N_("The deputy is the person who holds the post."),
            N_("Choose somebody else; a second account is the same person."),
        ),
        "delegation_within_its_post": Refusal(
            N_("A delegation gives no more than its post, and lasts no longer."),
            N_("Choose among what the post allows, and days within it."),
        ),
        "delegation_by_its_holder": Refusal(
            N_("For somebody else's post you delegate neither this nor to yourself."),
            N_("Let the holder of the post delegate it."),
        ),
        "delegation_only_ends": Refusal(
            N_("A delegation is only ended, not extended or changed."),
            N_("Give a new one after it."),
        ),
        "delegation_one_at_a_time": Refusal(
            N_("The person is this post's deputy on one of these days already."),
            N_("End that delegation first, or choose other days."),
        ),
        "delegation_in_order": Refusal(
            N_("The last day lies before the first."), N_("Enter the days again.")
        ),
    }
