"""Founding a scheme."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.models import Scheme
from gonghui.programmes.mutualaid.permissions import PROFILE


def found_scheme(actor: Actor, code: str, name: str) -> Scheme:
    """A scheme that the actor's union runs. Refuses a code that is taken."""
    with actor.transaction() as scope:
        scope.require(PROFILE)
        assert scope.union_id is not None  # whoever holds a post stands somewhere
        if Scheme.objects.filter(code=code).exists():
            raise Refusal(
                N_("The scheme {scheme} is there already."), N_("Choose another code."), scheme=code
            )
        scheme = Scheme.objects.create(code=code, name=name, union_id=scope.union_id)
        record(
            "scheme.founded",
            subject="mutualaid_scheme",
            subject_id=scheme.pk,
            union_id=scheme.union_id,
            details={"code": code},
        )
        return scheme
