"""One attempt to deliver one message: written down, called, written down.

Between the two writings anything may happen to this process. Whoever finds a message in the middle
of an attempt cannot know whether it left, so it becomes *unknown* and a person decides; only where
sending twice comes to the same is it simply sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from django.utils import timezone

from gonghui.adapters.gateways.messages import Outcome, outcome
from gonghui.core.errors import N_, Refusal
from gonghui.ground.jobs.errors import TryAgain
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.services.turns import Turn
from gonghui.ground.messages.channels import CHANNELS, Channel, Letter
from gonghui.ground.messages.models import Attempt, Message
from gonghui.ground.messages.sealed import ADDRESS, CONTACT, PRIVATE
from gonghui.ground.messages.wording import template_named
from gonghui.ground.vault.services.values import open_for

_STATES = {"sent": "sent", "retryable": "waiting", "permanent": "failed", "unknown": "unknown"}


def deliver_all(turn: Turn, message_ids: Sequence[int]) -> None:
    """Each of them once in effect. Those that may be sent later come with the next attempt."""
    last = turn.attempt >= turn.most_attempts
    left = [deliver_one(turn, message_id, last=last) for message_id in message_ids]
    if any(left):
        raise TryAgain(
            Refusal(
                N_("{count} messages could not be sent yet."),
                N_("They are tried again by themselves."),
                count=sum(left),
            )
        )


def deliver_one(turn: Turn, message_id: int, *, last: bool = False) -> bool:
    """Whether it is still waiting afterwards."""
    begun = _begin(turn, message_id)
    if begun is None:
        return False
    attempt_id, channel, letter = begun
    fault("messages.before_call")
    came = channel.send(letter)
    fault("messages.after_call")
    if came.kind == "retryable" and last:
        came = Outcome("permanent", came.code)
    with turn.step():
        _note(Attempt.objects.get(pk=attempt_id), came)
        fault("messages.recorded")
    return came.kind == "retryable"


def _begin(turn: Turn, message_id: int) -> tuple[int, Channel, Letter] | None:
    """Writes the attempt down before anything leaves; None when there is nothing to send."""
    with turn.step():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None or message.state not in ("waiting", "sending"):
            return None
        channel = CHANNELS[message.channel]
        if message.state == "sending":
            for attempt in Attempt.objects.filter(message=message, ended_at=None):
                _note(attempt, outcome("unknown", "interrupted"))
            if not channel.repeatable:
                return None
        message.state, message.attempts = "sending", message.attempts + 1
        message.save(update_fields=["state", "attempts"])
        attempt = Attempt.objects.create(
            message=message,
            union_id=message.union_id,
            number=message.attempts,
            run_id=turn.run_id,
            begun_at=timezone.now(),
        )
        fault("messages.begun")
        try:
            letter = _letter(message, channel)
        except Refusal as refusal:  # her key is destroyed, the template is gone
            _note(attempt, outcome("permanent", getattr(refusal, "code", "cannot-be-written")))
            return None
    return attempt.pk, channel, letter


def _note(attempt: Attempt, came: Outcome) -> None:
    """Attempt and message, together."""
    now = timezone.now()
    attempt.ended_at, attempt.outcome = now, came.kind
    attempt.code, attempt.reference = came.code, came.reference
    attempt.save(update_fields=["ended_at", "outcome", "code", "reference"])
    waiting = came.kind == "retryable"
    Message.objects.filter(pk=attempt.message_id, state="sending").update(
        state=_STATES[came.kind],
        code=came.code,
        reference=came.reference,
        ended_at=None if waiting else now,
    )


def _letter(message: Message, channel: Channel) -> Letter:
    """The message in plain words, in memory only."""
    person, row = [message.person_id], [message.pk]
    private = {}
    if message.private is not None:
        private = json.loads(open_for(person, [bytes(message.private)], PRIVATE, row)[0])
    address = ""
    if message.address is not None:
        address = open_for(person, [bytes(message.address)], ADDRESS, row)[0]
    elif message.contact is not None:
        contact = message.contact
        address = open_for([contact.person_id], [bytes(contact.cipher)], CONTACT, [contact.pk])[0]
    if not address and channel.needs_address:
        raise Refusal(N_("The message has no address."), N_("Enter a contact of the person."))
    template = template_named(message.template)
    values = {**message.parameters, **private}
    title, text = template.said(values, message.language)
    return Letter(
        reference=reference_of(message),
        address=address,
        template=message.template,
        title=title,
        text=text,
        words=template.filled(values, message.language),
    )


def reference_of(message: Message) -> str:
    """Ours, for the gateway: the same at every attempt, and no other message's."""
    known = f"{message.union_id}/{message.key}/{message.written_at.isoformat()}"
    return f"m{message.pk}-{hashlib.sha256(known.encode()).hexdigest()[:12]}"
