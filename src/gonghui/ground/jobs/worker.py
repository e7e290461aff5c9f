"""The process that does the jobs: works, sweeps, and gets up again if the database was gone."""

from __future__ import annotations

import asyncio
import logging
import signal
from dataclasses import dataclass
from datetime import timedelta

from django.db import close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from gonghui.ground.jobs.faults import refuse_faults
from gonghui.ground.jobs.services.sweeping import sweep

log = logging.getLogger("gonghui.jobs")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker does what, in seconds. A job of a dead worker waits at most
    ``silent + sweep`` and a moment."""

    poll: float = 5.0
    heartbeat: float = 10.0
    silent: float = 30.0
    """Without a sign of life for so long, a worker counts as dead."""
    sweep: float = 10.0
    idle_in_transaction: float = 45.0
    """A worker paused inside a transaction keeps its locks no longer than this."""


def work(pace: Pace = Pace(), *, concurrency: int = 1) -> None:
    """Works until the process is asked to end; what is being done then is finished first."""
    refuse_faults()

    def impatient(connection: BaseDatabaseWrapper, **_: object) -> None:
        milliseconds = int(pace.idle_in_transaction * 1000)
        with connection.cursor() as cursor:
            cursor.execute(f"set idle_in_transaction_session_timeout = {milliseconds}")

    connection_created.connect(impatient, weak=False, dispatch_uid="gonghui.jobs.worker")
    try:
        asyncio.run(_serve(pace, concurrency))
    finally:
        connection_created.disconnect(dispatch_uid="gonghui.jobs.worker")


async def _serve(pace: Pace, concurrency: int) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    sweeping = asyncio.create_task(_sweep_on(pace, stopping))
    try:
        while not stopping.is_set():
            try:
                await _work_until(stopping, pace, concurrency)
            except Exception as error:  # the database is gone, or took us for dead
                log.warning("the worker begins anew after %s", type(error).__name__)
                await _wait(stopping, 1.0)
    finally:
        await sweeping


async def _work_until(stopping: asyncio.Event, pace: Pace, concurrency: int) -> None:
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=concurrency + 2)
    async with app.with_connector(connector).open_async() as opened:
        working = asyncio.create_task(
            opened.run_worker_async(
                concurrency=concurrency,
                delete_jobs="always",
                install_signal_handlers=False,
                fetch_job_polling_interval=pace.poll,
                update_heartbeat_interval=pace.heartbeat,
                stalled_worker_timeout=pace.silent,
            )
        )
        asked = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            if not working.done():
                working.cancel()  # it finishes what it is doing
            try:
                await working
            except asyncio.CancelledError:
                log.debug("the worker has finished")


async def _sweep_on(pace: Pace, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            swept = await asyncio.to_thread(_sweep, timedelta(seconds=pace.silent))
            if swept:
                log.info("swept: %s", swept)
        except Exception as error:  # the next sweep will find what this one did not
            log.warning("a sweep ended in %s", type(error).__name__)
        await _wait(stopping, pace.sweep)


def _sweep(silent: timedelta) -> str:
    close_old_connections()
    try:
        swept = sweep(silent)
    finally:
        connections.close_all()  # whichever thread comes next makes its own
    return f"{swept.dead} dead, {swept.woken} woken" if swept.dead or swept.woken else ""


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
