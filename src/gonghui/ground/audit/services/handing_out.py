"""Who may take the trail away, on record before it goes."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.permissions import EXPORT
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor


def may_hand_out(actor: Actor) -> None:
    """Puts the export on record, or refuses it: the trail is the whole city's."""
    with actor.transaction() as scope:
        scope.require(EXPORT)
        if not scope.whole:
            raise Refusal(
                N_("The audit trail is handed out for the whole city only."),
                N_("Ask someone with a post in the federation itself."),
            )
        record("audit.exported", subject="audit_block")
