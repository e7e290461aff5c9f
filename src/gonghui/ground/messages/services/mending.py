"""What a person does about a message that was not delivered, or may have been."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.services.orders import order
from gonghui.ground.messages.models import Message
from gonghui.ground.messages.permissions import RETRY
from gonghui.ground.messages.tasks import deliver
from gonghui.ground.vault.masking import masked_reason

MENDABLE = ("failed", "unknown")


def send_again(actor: Actor, message_id: int, because: str) -> None:
    """Has it sent once more. Of an unknown one this may be the second time; the reason is kept."""
    with actor.transaction() as scope:
        scope.require(RETRY)
        message = _mendable(message_id, because)
        _record("message.retried", message, because)
        message.state, message.ended_at = "waiting", None
        message.save(update_fields=["state", "ended_at"])
        order(deliver, key=f"{message.pk}-again-{message.attempts}", messages=[message.pk])


def drop_message(actor: Actor, message_id: int, because: str) -> None:
    """Takes it off the list: told in another way, or not to be told any more."""
    with actor.transaction() as scope:
        scope.require(RETRY)
        message = _mendable(message_id, because)
        _record("message.dropped", message, because)
        message.state = "dropped"
        message.save(update_fields=["state"])


def _mendable(message_id: int, because: str) -> Message:
    if not because.strip():
        raise Refusal(N_("This needs a reason."), N_("Say why in a few words."))
    message = Message.objects.select_for_update().filter(pk=message_id, state__in=MENDABLE).first()
    if message is None:
        raise Refusal(
            N_("There is no such message among those that were not delivered here."),
            N_("Look at the list again; somebody may have seen to it."),
        )
    return message


def _record(action: str, message: Message, because: str) -> None:
    record(
        action,
        subject="messages_message",
        subject_id=message.pk,
        union_id=message.union_id,
        details={
            **{"because": masked_reason(because), "was": message.state},
            "attempts": message.attempts,
        },
    )
