"""What became of messages, within the asker's unions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from gonghui.ground.borders.scope import Actor
from gonghui.ground.messages.models import Message
from gonghui.ground.messages.permissions import RETRY
from gonghui.ground.messages.services.delivering import reference_of
from gonghui.ground.messages.services.mending import MENDABLE


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One line of the list that a person works off. It names nobody but by id."""

    message_id: int
    union_id: int
    person_id: int
    channel: str
    template: str
    state: str
    code: str
    reference: str
    """Ours, by which a gateway's own list can be searched."""
    attempts: int
    ended_at: datetime | None


def dead_letters(actor: Actor) -> list[DeadLetter]:
    """What failed, and what may have been delivered, oldest first."""
    with actor.transaction() as scope:
        scope.require(RETRY)
        rows = Message.objects.filter(state__in=MENDABLE).order_by("ended_at", "id")
        return [
            DeadLetter(
                *(row.pk, row.union_id, row.person_id, row.channel, row.template),
                *(row.state, row.code, reference_of(row), row.attempts, row.ended_at),
            )
            for row in rows
        ]


def counts(actor: Actor) -> Mapping[str, int]:
    """How many messages stand in which state."""
    with actor.transaction():
        rows = Message.objects.order_by().values_list("state").annotate(messages=Count("id"))
        return dict(rows)
