"""The jobs that carry a batch to the bank and ask what became of it."""

from __future__ import annotations

from datetime import timedelta

from gonghui.ground.jobs.registry import task
from gonghui.ground.jobs.services.turns import Turn
from gonghui.verbs.treasury.services.releasing import ask_bank, hand_over, now


@task("payouts.ask", most_attempts=60, again_after=timedelta(seconds=30))
def ask(turn: Turn, *, batch: int) -> None:
    ask_bank(turn, batch, on=now())


@task("payouts.release", most_attempts=5, again_after=timedelta(seconds=30))
def release(turn: Turn, *, batch: int) -> None:
    hand_over(turn, batch, ask)
