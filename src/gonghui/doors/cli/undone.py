"""`gonghui jobs` and `gonghui messages`: what did not work by itself, and what a person does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from gonghui.core.errors import N_
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.house import open_house
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import in_words, table

Because = Annotated[str, typer.Option("--because", metavar="REASON", help=N_("Why; it is kept."))]
Run = Annotated[int, typer.Argument(metavar="JOB", help=N_("The job's number in the list."))]
Message = Annotated[
    int, typer.Argument(metavar="MESSAGE", help=N_("The message's number in the list."))
]


def register(app: typer.Typer) -> None:
    jobs = typer.Typer(help=_("Jobs that failed, and what to do about them."), no_args_is_help=True)
    jobs.command("failed", help=_("The jobs that wait for a person."))(failed)
    jobs.command("again", help=_("Have a job done again, on your own behalf."))(job_again)
    jobs.command("drop", help=_("Give a job up."))(job_drop)
    jobs.command("prune", help=_("Take away what ended long ago; for the machine."))(prune)
    app.add_typer(jobs, name="jobs")
    messages = typer.Typer(
        help=_("Messages that were not delivered, and what to do about them."),
        no_args_is_help=True,
    )
    messages.command("undelivered", help=_("The messages that wait for a person."))(undelivered)
    messages.command("again", help=_("Have a message sent once more."))(message_again)
    messages.command("drop", help=_("Give a message up."))(message_drop)
    app.add_typer(messages, name="messages")


def prune(
    days: Annotated[
        int, typer.Option(min=30, metavar="DAYS", help=N_("What ended longer ago than this."))
    ] = 400,
) -> None:
    """Acts for nobody, as keeper: who may run it is who may log in to the machine."""
    open_house()
    from gonghui.doors.web.once import prune_answers
    from gonghui.ground.jobs.services.pruning import prune as take_away

    gone = take_away(timedelta(days=days))
    prune_answers()
    words = _("Taken away: {runs:,} jobs and {requests:,} answered requests of long ago.")
    print(words.format(runs=gone.runs, requests=gone.requests))


def failed(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.jobs.queries.runs import failures

        found = failures(actor)
    rows = [
        (str(one.run_id), one.task, str(one.attempts), _day(one.ended_at), _why(one.why))
        for one in found
    ]
    _print(rows, (_("Job"), _("Kind"), _("Attempts"), _("Since"), _("Why")))


def job_again(run: Run, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.jobs.services.mending import retry_run

        retry_run(actor, run)
    print(_("It will be done again."))


def job_drop(run: Run, because: Because, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.jobs.services.mending import drop_run

        drop_run(actor, run, because)
    print(_("It is given up."))


def undelivered(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.messages.queries.letters import dead_letters

        found = dead_letters(actor)
    rows = [
        (
            *(str(one.message_id), one.template, one.channel, _state(one.state), one.code),
            *(one.reference, str(one.attempts), _day(one.ended_at)),
        )
        for one in found
    ]
    heads = (_("Message"), _("Kind"), _("Channel"), _("State"), _("Code"))
    _print(rows, (*heads, _("Reference"), _("Attempts"), _("Since")))


def message_again(
    message: Message, because: Because, as_: As, secret_file: SecretFile = None
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.messages.services.mending import send_again

        send_again(actor, message, because)
    print(_("It will be sent once more."))


def message_drop(
    message: Message, because: Because, as_: As, secret_file: SecretFile = None
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.messages.services.mending import drop_message

        drop_message(actor, message, because)
    print(_("It is given up."))


def _print(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...]) -> None:
    if rows:
        print(table(heads, rows))
    else:
        print(_("Nothing waits for a person."))


def _why(refusal: Exception | None) -> str:
    from gonghui.core.errors import Refusal

    return in_words(refusal) if isinstance(refusal, Refusal) else ""


def _day(at: datetime | None) -> str:
    from django.utils.timezone import localtime

    return localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _state(state: str) -> str:
    return {"failed": _("failed"), "unknown": _("not known whether it arrived")}[state]
