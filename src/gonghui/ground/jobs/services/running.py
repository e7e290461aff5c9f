"""One run, from the queue to its end."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from django.db import DatabaseError, transaction
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from psycopg.types.json import Jsonb

from gonghui.core.errors import N_, Refusal, masked_numbers
from gonghui.ground.audit.services.events import request
from gonghui.ground.jobs.errors import FencedOff, TryAgain
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.registry import Task, task_named
from gonghui.ground.jobs.rows import called
from gonghui.ground.jobs.services.errands import unwrapped
from gonghui.ground.jobs.services.orders import queue_up
from gonghui.ground.jobs.services.turns import Turn

log = logging.getLogger("gonghui.jobs")

Ending = Literal["done", "failed", "again", "fenced", "passed"]
"""``passed``: there was nothing to take, somebody else has it or it is over."""

_LONGEST_WAIT = timedelta(hours=1)
_RETRIED_AT_ONCE = {"40001", "40P01"}
"""Two transactions got in each other's way; neither was at fault."""


@dataclass(frozen=True, slots=True)
class _Taken:
    run_id: int
    task: str
    key: str
    union_id: int
    arguments: dict[str, Any]
    token: bytes
    fence: int
    attempts: int
    most_attempts: int
    progress: int
    turn: int


def carry_out(run_id: int, worker_id: int | None) -> Ending:
    """Takes a run if it is free, does its work and writes down what came of it."""
    taken = _take(run_id, worker_id)
    if taken is None:
        return "passed"
    fault("jobs.taken")
    task = task_named(taken.task)
    try:
        if task is None:
            raise _unknown_task(taken.task)
        ending = _attempt(taken, task)
    except FencedOff:
        ending = "fenced"
    except TryAgain as error:
        ending = _give_back(taken, task, error.because, error.after)
    except Refusal as refusal:
        ending = _fail(taken, refusal)
    except Exception as error:
        if _sqlstate(error) in _RETRIED_AT_ONCE:
            ending = _give_back(taken, task, _in_words(error), timedelta())
        else:
            ending = _give_back(taken, task, _in_words(error), None)
    log.info("run %s (%s), attempt %s: %s", run_id, taken.task, taken.attempts, ending)
    fault("jobs.ended")
    return ending


def _attempt(taken: _Taken, task: Task) -> Ending:
    actor = unwrapped(taken.token, taken.task, taken.key, taken.union_id, taken.arguments)
    turn = Turn(
        run_id=taken.run_id,
        fence=taken.fence,
        attempt=taken.attempts,
        most_attempts=taken.most_attempts,
        progress=taken.progress,
        actor=actor,
    )
    with request(f"run {taken.run_id}"):
        task(turn, **taken.arguments)
    fault("jobs.worked")
    turn.end()
    return "done"


def _take(run_id: int, worker_id: int | None) -> _Taken | None:
    row = called("select * from gate.take_run(%s, %s)", run_id, worker_id)
    if row is None:
        return None
    # Django's cursors leave JSON as it came, as text.
    task, key, union_id, arguments, token, *rest = row
    return _Taken(run_id, task, key, union_id, json.loads(arguments), bytes(token), *rest)


def _give_back(
    taken: _Taken, task: Task | None, because: Refusal, after: timedelta | None
) -> Ending:
    """For another attempt later; after the last one, for a person to look at."""
    if taken.attempts >= taken.most_attempts:
        return _fail(taken, because)
    if after is None:
        first = task.again_after if task else timedelta(seconds=10)
        after = min(first * 2 ** (taken.attempts - 1), _LONGEST_WAIT)
    due_at = datetime.now(UTC) + after
    with transaction.atomic():
        if not _end(taken, "waiting", because, due_at):
            return "fenced"
        queue_up(taken.run_id, taken.turn, due_at)
    return "again"


def _fail(taken: _Taken, because: Refusal) -> Ending:
    return "failed" if _end(taken, "failed", because, None) else "fenced"


def _end(taken: _Taken, state: str, because: Refusal, due_at: datetime | None) -> bool:
    (written,) = called(
        "select gate.end_run(%s, %s, %s, %s, %s)",
        *(taken.run_id, taken.fence, state, Jsonb(as_said(because)), due_at),
    )
    return bool(written)


def as_said(refusal: Refusal) -> dict[str, Any]:
    """A refusal as it is kept, to be read in any language. No long number stays in it."""
    values = {
        name: value
        if isinstance(value, int) and abs(value) < 10**10
        else masked_numbers(str(value))
        for name, value in refusal.values.items()
    }
    return {"what": refusal.what, "todo": refusal.todo, "values": values}


def _in_words(error: Exception) -> Refusal:
    """An error of ours. Its own text is not kept: a database's speaks of values."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error("a job ended in %s at %s:%s", type(error).__name__, frame.filename, frame.lineno)
    if isinstance(error, DatabaseError):
        return Refusal(
            N_("The database refused ({state})."),
            N_("If it goes on, tell whoever looks after this installation."),
            state=_sqlstate(error) or type(error).__name__,
        )
    return Refusal(
        N_("An error of the programme ended the job ({error}, {line})."),
        N_("Tell whoever looks after this installation."),
        error=type(error).__name__,
        line=f"{Path(frame.filename).name}:{frame.lineno}",
    )


def _sqlstate(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", "") or getattr(error, "sqlstate", "") or ""


def _unknown_task(name: str) -> Refusal:
    return Refusal(
        N_("This programme does not know the job {task}."),
        N_("Run the version that ordered it, or a newer one."),
        task=name,
    )


def run_until_empty() -> None:
    """Does all work that is due, in this process, by the same worker as always."""
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2)

    async def drained() -> None:
        async with app.with_connector(connector).open_async() as opened:
            await opened.run_worker_async(
                wait=False,
                concurrency=1,
                delete_jobs="always",
                listen_notify=False,
                install_signal_handlers=False,
            )

    asyncio.run(drained())
