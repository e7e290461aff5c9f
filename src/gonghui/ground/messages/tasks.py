"""The job that delivers."""

from __future__ import annotations

from datetime import timedelta

from gonghui.ground.jobs.registry import task
from gonghui.ground.jobs.services.turns import Turn
from gonghui.ground.messages.services.delivering import deliver_all


@task(
    "messages.deliver",
    most_attempts=8,
    lease=timedelta(minutes=2),
    again_after=timedelta(seconds=30),
)
def deliver(turn: Turn, *, messages: list[int]) -> None:
    deliver_all(turn, messages)
