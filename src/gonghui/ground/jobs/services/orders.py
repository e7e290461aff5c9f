"""Ordering work, in the transaction that needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from gonghui.ground.borders.scope import current
from gonghui.ground.jobs.arguments import Scalar, check_arguments
from gonghui.ground.jobs.errors import outside_a_scope
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.registry import Task
from gonghui.ground.jobs.rows import called
from gonghui.ground.jobs.services.errands import wrapped_errand

QUEUE = "jobs"
WAKE_UP = "jobs.run"
"""The queue's only task: look after one run."""


@dataclass(frozen=True, slots=True)
class Order:
    """``made`` is False when the same was ordered before: then nothing was added."""

    run_id: int
    made: bool


def order(
    task: Task,
    *,
    key: str,
    not_before: datetime | None = None,
    **arguments: Scalar | list[int] | list[str],
) -> Order:
    """Orders work for whoever acts here; it stands or falls with this transaction.

    ``key`` names the piece of work within the task and the union: ordered twice, it is done once.
    Arguments are ids, codes and hashes; anything that might be about a person raises.
    """
    check_arguments({"key": key, **arguments})
    scope = current()
    if scope.union_id is None:
        raise outside_a_scope()
    token = wrapped_errand(scope.actor, task.name, key, scope.union_id, arguments)
    run_id, turn, due_at, made = called(
        "select * from gate.order_run(%s, %s, %s, %s, %s, %s, %s)",
        *(task.name, key, Jsonb(arguments), token),
        *(task.lease, task.most_attempts, not_before),
    )
    fault("jobs.ordered")
    if made:
        queue_up(run_id, turn, due_at)
    return Order(run_id, made)


def queue_up(run_id: int, turn: int, due_at: datetime | None = None) -> None:
    """Has somebody woken up for a run, in its union's turn, when it is due."""
    app.configure_task(
        WAKE_UP, queue=QUEUE, priority=-turn, schedule_at=due_at, allow_unknown=False
    ).defer(run_id=run_id)
