"""`gonghui notice …`: public notices of who was given how much."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gonghui.core.errors import N_
from gonghui.core.money import format_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.contribution_papers import new_file
from gonghui.doors.cli.house import open_house
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

Number = Annotated[int, typer.Argument(metavar="NO", help=N_("As `notice list` shows it."))]
On = Annotated[str, typer.Option("--on", metavar="DAY", help=N_("The day (default: today)."))]

STATES = (N_("drafted"), N_("published"), N_("taken_down"))


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Public notices of beneficiaries: masked, for some working days."),
        no_args_is_help=True,
    )
    group.command("draft", help=_("Draft a notice of a month's grants or benefits."))(draft)
    group.command("publish", help=_("Publish what somebody else drafted."))(publish)
    group.command("show", help=_("What the public reads of a notice today."))(show)
    group.command("list", help=_("All notices and their states."))(list_)
    group.command("object", help=_("Write down an objection to a notice."))(object_)
    group.command("take-down", help=_("Take a notice down before its days are over."))(take_down)
    group.command("sweep", help=_("Take down all notices whose days are over."))(sweep)
    app.add_typer(group, name="notice")


def draft(
    as_: As,
    month: Annotated[str, typer.Option(metavar="DAY", help=_("A day of the month."))],
    title: Annotated[str, typer.Option(help=_("The title of the notice."))],
    about: Annotated[str, typer.Option(help=_("grants or benefits."))] = "grants",
    days: Annotated[int, typer.Option(help=_("For how many working days it stands."))] = 5,
    scheme: Annotated[
        str, typer.Option("--scheme", help=_("The scheme; may be left out if there is one."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.notices import draft_notice

        with actor.transaction():
            known = only_scheme(scheme)
        day = business_day("--month", month)
        made = draft_notice(actor, known, day, about=about, title=title, working_days=days)
    print(_("Drafted: notice {number}.").format(number=made.pk))


def publish(notice: Number, as_: As, on: On = "", secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.core.calendar import WorkingDays
        from gonghui.programmes.mutualaid.services.notices import publish_notice

        day = business_day("--on", on)
        made = publish_notice(actor, notice, on=day, working_days=WorkingDays.load())
    said = _("Published: {lines} lines, {yuan} yuan. It stands until {day} begins.")
    print(
        said.format(lines=made.lines_count, yuan=format_yuan(made.total_fen), day=made.ends_before)
    )


def show(
    notice: Number,
    as_: As,
    pdf: Annotated[
        Path | None,
        typer.Option("--pdf", metavar="FILE.pdf", help=_("Write it as a paper instead.")),
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    if pdf is not None:
        new_file(pdf, ".pdf")
        with acting(as_, secret_file) as actor:
            from gonghui.programmes.mutualaid.papers.notices import notice_paper

            pdf.write_bytes(notice_paper(actor, notice))
        print(_("Written: {file}").format(file=pdf))
        return
    with acting(as_, secret_file):
        from gonghui.programmes.mutualaid.services.notices import public_lines

        rows = [
            (str(one.place), one.masked_name, one.unit_name, one.month, format_yuan(one.fen))
            for one in public_lines(notice)
        ]
    heads = ("#", _("name"), _("unit"), _("month"), _("yuan"))
    print(table(heads, rows, right=(0, 4)) if rows else _("Nothing of it stands today."))


def list_(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.models import Notice

        rows = [
            (
                str(one.pk),
                one.title,
                _(one.state),
                str(one.published_on or ""),
                str(one.ends_before or ""),
                str(one.lines_count),
            )
            for one in Notice.objects.order_by("pk")
        ]
    heads = ("#", _("title"), _("state"), _("published on"), _("gone on"), _("lines"))
    print(table(heads, rows, right=(0, 5)) if rows else _("There is no notice."))


def object_(
    notice: Number,
    as_: As,
    words: Annotated[str, typer.Option(help=_("What was objected."))],
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.notices import object_to

        made = object_to(actor, notice, words, on=business_day("--on", on))
    print(_("Written down: objection {number}.").format(number=made.pk))


def take_down(
    notice: Number,
    as_: As,
    because: Annotated[str, typer.Option("--because", help=_("Why; it stays on record."))],
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.notices import take_down as down

        down(actor, notice, because=because)
    print(_("The notice is down."))


def sweep(
    as_: Annotated[
        str,
        typer.Option("--as", metavar="PERSON", help=_("Who acts; left out, the machine's clock.")),
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    """By the clock it acts for nobody, as keeper: who may run it may log in to the machine."""
    if as_:
        with acting(as_, secret_file) as actor:
            from gonghui.programmes.mutualaid.services.notices import sweep_notices

            swept = sweep_notices(actor)
    else:
        open_house()
        from gonghui.programmes.mutualaid.services.notices import sweep_by_clock

        swept = sweep_by_clock()
    print(_("{count} notices taken down.").format(count=swept))
