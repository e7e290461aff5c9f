"""`gonghui work`: the process that does what was ordered. It acts for whoever ordered each job."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from gonghui.core.errors import N_
from gonghui.doors.cli.house import open_house
from gonghui.doors.cli.language import _


def register(app: typer.Typer) -> None:
    app.command("work", help=_("Do the jobs that were ordered, until asked to end."))(work)


def work(
    once: Annotated[bool, typer.Option("--once", help=N_("Do what is due now, then end."))] = False,
    at_once: Annotated[
        int, typer.Option(min=1, max=16, metavar="N", help=N_("So many jobs at the same time."))
    ] = 1,
) -> None:
    """A worker may be killed at any moment; another finishes what it was doing."""
    open_house()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    if once:
        from gonghui.ground.jobs.services.running import run_until_empty

        run_until_empty()
        return
    from gonghui.ground.jobs.worker import work as work_on

    print(_("Working. Ctrl-C ends it after the job at hand."), file=sys.stderr, flush=True)
    work_on(concurrency=at_once)
