"""`gonghui roster …`: what a unit sends, checked and booked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.doors.cli import roster_people
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.programmes.mutualaid.services.rosters import Preview

SHOWN = 20
"""Rows printed; the marked workbook has all."""

File = Annotated[
    Path, typer.Argument(metavar="FILE", help=N_("xlsx, xls, ods or csv, as the unit sent it."))
]
SchemeOption = Annotated[
    str, typer.Option("--scheme", help=N_("The scheme; may be left out if there is one."))
]
PeriodOption = Annotated[
    str, typer.Option("--period", metavar="DAY", help=N_("A day of the period it is for."))
]
OnOption = Annotated[
    str, typer.Option("--on", metavar="DAY", help=N_("The day it came (default: today)."))
]
AtOption = Annotated[
    str, typer.Option("--at", metavar="CODE", help=N_("The unit it is from, for an office."))
]
MarkedOption = Annotated[
    Path | None,
    typer.Option("--marked", metavar="FILE", help=N_("Write the workbook with bad cells marked.")),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("Take in who takes part, unit by unit."), no_args_is_help=True)
    group.command("template", help=_("Write an empty roster to fill in."))(template)
    group.command("check", help=_("Check a roster; nothing is booked."))(check)
    group.command("import", help=_("Check a roster and book it whole, or not at all."))(import_)
    roster_people.register(group)
    app.add_typer(group, name="roster")


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("A new workbook."))],
    as_: As,
    scheme: SchemeOption = "",
    period: PeriodOption = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.templates import roster_template

        if file.exists():
            raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=file)
        file.write_bytes(roster_template(actor, _, scheme=scheme, on=business_day("", period)))
    print(_("An empty roster: {file}").format(file=file))


def check(
    file: File,
    as_: As,
    scheme: SchemeOption = "",
    period: PeriodOption = "",
    on: OnOption = "",
    at: AtOption = "",
    marked: MarkedOption = None,
    secret_file: SecretFile = None,
) -> int:
    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services.rosters import check_roster

        preview = check_roster(
            actor,
            file,
            scheme=scheme,
            period_on=business_day("--period", period or on),
            on=business_day("--on", on),
        )
    _print(preview, file, marked)
    return 0 if preview.bookable else 1


def import_(
    file: File,
    as_: As,
    scheme: SchemeOption = "",
    period: PeriodOption = "",
    on: OnOption = "",
    at: AtOption = "",
    marked: MarkedOption = None,
    secret_file: SecretFile = None,
) -> int:
    from gonghui.doors.cli.report.progress import underway

    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services.rosters import book_roster, check_roster

        came = business_day("--on", on)
        with underway(_("Checking the roster")):
            preview = check_roster(
                actor,
                file,
                scheme=scheme,
                period_on=business_day("--period", period or on),
                on=came,
            )
        _print(preview, file, marked)
        if not preview.bookable:
            print(_("Nothing was booked."))
            return 1
        with underway(_("Booking the roster")):
            booked = book_roster(actor, preview, on=came)
    if booked.before:
        print(_("This roster was booked before, as file {file}.").format(file=booked.file_id))
        return 0
    words = _("Booked: {rows:,} people; {fee} yuan of 互助金 are asked of their units.")
    print(words.format(rows=booked.rows, fee=format_yuan(booked.fee_fen)))
    return 0


def _print(preview: Preview, file: Path, marked: Path | None) -> None:
    roster = preview.roster
    counts = roster.counts
    words = _(
        "{rows_in:,} rows: {good:,} good, {warned:,} to look at, {bad:,} wrong, {skipped:,} others."
    )
    print(words.format(**counts))
    found = sorted(roster.findings, key=lambda one: (one.level != "error", one.row))
    rows = [
        (
            str(one.row),
            _("wrong") if one.level == "error" else _("look at it"),
            " ".join(one.words(_)),
        )
        for one in found[:SHOWN]
    ]
    if rows:
        print(table((_("row"), "", _("what, and what to do")), rows, right=(0,)))
    if len(found) > SHOWN:
        print(_("… and {more:,} more").format(more=len(found) - SHOWN))
    for notice in roster.notices:
        print(" ".join(notice.words(_)))
    if marked is not None:
        _write_marked(preview, file, marked)


def _write_marked(preview: Preview, file: Path, marked: Path) -> None:
    """The unit's own workbook with bad cells marked, and a message for its officer."""
    from gonghui.adapters.spreadsheets import read_spreadsheet
    from gonghui.programmes.mutualaid.rosters.marked import marked_roster
    from gonghui.programmes.mutualaid.rosters.message import message_for

    if marked.exists():
        raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=marked)
    book = marked_roster(file, read_spreadsheet(file), preview.roster, _, author=_("Office"))
    marked.write_bytes(book)
    print(_("Marked workbook: {file}").format(file=marked))
    print()
    print(message_for(preview.roster, _))
