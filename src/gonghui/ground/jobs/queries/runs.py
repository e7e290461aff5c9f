"""What is known of jobs, within the asker's unions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.models import Run
from gonghui.ground.jobs.permissions import RETRY


@dataclass(frozen=True, slots=True)
class Failure:
    """One line of the list that a person works off."""

    run_id: int
    task: str
    union_id: int
    attempts: int
    ended_at: datetime | None
    why: Refusal | None


def failures(actor: Actor) -> list[Failure]:
    """The runs that were tried often enough, or cannot go on, oldest first."""
    with actor.transaction() as scope:
        scope.require(RETRY)
        return [
            Failure(run.pk, run.task, run.union_id, run.attempts, run.ended_at, run.why())
            for run in Run.objects.filter(state="failed").order_by("ended_at", "id")
        ]


def state_of(actor: Actor, run_id: int) -> str | None:
    """What became of a run; None where there is none to see."""
    with actor.transaction():
        return Run.objects.filter(pk=run_id).values_list("state", flat=True).first()


def counts(actor: Actor) -> Mapping[str, int]:
    """How many runs stand in which state."""
    with actor.transaction():
        rows = Run.objects.order_by().values_list("state").annotate(runs=Count("id"))
        return dict(rows)
