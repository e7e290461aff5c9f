"""What a dead or paused worker left behind is put back.

No lock is taken that a killed sweeper could hold: everything is one short transaction, and what
somebody else holds is passed by. Two sweepers at once do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connections, transaction
from psycopg.types.json import Jsonb

from gonghui.core.errors import N_, Refusal
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.services.orders import queue_up
from gonghui.ground.jobs.services.running import as_said


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of the queue's entries were dead, and how many runs somebody is woken for again."""

    dead: int
    woken: int


def sweep(silent: timedelta) -> Swept:
    """Puts back what belongs to nobody who lives; ``silent`` is how long a worker may be quiet."""
    abandoned = Refusal(
        N_("The worker that did this stopped in the middle."),
        N_("Nothing is lost; look whether it stops at the same place again."),
    )
    arguments: list[Any] = [silent, Jsonb(as_said(abandoned))]
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("set local lock_timeout = '2s'; set local statement_timeout = '10s'")
        # The run's row holds the truth, so the queue's entry is simply taken away.
        cursor.execute(
            "delete from procrastinate_jobs where id in (select j.id from procrastinate_jobs j"
            " where j.status = 'doing' and not exists (select from procrastinate_workers w"
            "   where w.id = j.worker_id and w.last_heartbeat > clock_timestamp() - %s)"
            " for update skip locked)",
            arguments[:1],
        )
        dead = cursor.rowcount
        fault("sweep.dead_removed")
        cursor.execute("select * from gate.sweep_runs(%s, %s)", arguments)

        found = cursor.fetchall()
        fault("sweep.put_back")
        for run_id, turn, due_at in found:
            queue_up(run_id, turn, due_at)
        fault("sweep.before_commit")
    return Swept(dead, len(found))
