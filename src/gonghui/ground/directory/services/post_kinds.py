"""What a kind of post allows. What it allowed before stays by date, for who asks later."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import in_words, not_yours
from gonghui.ground.directory.models import PostKind


def set_post_kind(actor: Actor, code: str, *, name: str, allowed: list[str], writes: bool) -> None:
    """Makes a kind, or changes what one allows, from today on.

    What takes two people to give is not added by one; nobody widens a kind of which he holds a
    post.
    """
    if not code.strip() or not name.strip():
        raise Refusal(N_("A kind of post needs a code and a name."), N_("Enter both."))
    said = {"name": name.strip(), "permissions": sorted(set(allowed)), "writes": writes}
    with actor.transaction() as scope:
        scope.require(permissions.POST_KINDS)
        with in_words(_refusals()):
            if PostKind.objects.filter(pk=code).exists():
                if not PostKind.objects.filter(pk=code).update(**said):
                    raise not_yours()
            else:
                PostKind(code=code, **said).save(force_insert=True)
        record(
            "post_kind.set",
            subject="directory_postkind",
            details={"code": code, "permissions": said["permissions"], "writes": writes},
        )


def _refusals() -> dict[str, Refusal]:
    return {
        "post_kind_not_weightier": Refusal(
            N_("Posting, closing, publishing, refunds, accounts and keys are not added so."),
            N_("Give a post of a kind that has them; two people do that."),
        ),
        "post_kind_not_ones_own": Refusal(
            N_("You hold a post of this kind; nobody widens his own."),
            N_("Let another administrator do it."),
        ),
    }
