"""`gonghui takeover …`: a city that counted in workbooks goes on here, in the middle of a year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.programmes.mutualaid.services.takeover import Workbook
    from gonghui.programmes.mutualaid.takeover import Book, Totals

SHOWN = 30
_STATES = {
    "entered": N_("waits for the second signature"),
    "booked": N_("booked"),
    "set_aside": N_("set aside"),
}

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE…", help=N_("The workbooks; all sheets of all of them are read.")),
]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("As `takeover list` numbers it."))]
On = Annotated[
    str,
    typer.Option("--on", metavar="DAY", help=N_("The first day that is counted here.")),
]
SchemeCode = Annotated[
    str,
    typer.Option(
        "--scheme", metavar="CODE", help=N_("The scheme; may be left out if there is one.")
    ),
]
Units = Annotated[int, typer.Option(min=0, help=N_("Units, counted by you."))]
People = Annotated[int, typer.Option(min=0, help=N_("People who take part, counted by you."))]
Paid = Annotated[str, typer.Option(metavar="YUAN", help=N_("Paid to people so far."))]
Uses = Annotated[int, typer.Option(min=0, help=N_("Uses so far, counted by you."))]
AtBank = Annotated[
    str, typer.Option("--at-bank", metavar="YUAN", help=N_("Money at the bank on the day."))
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Take over a running year from a city's workbooks."), no_args_is_help=True
    )
    group.command("template", help=_("Write an empty workbook."))(template)
    group.command("check", help=_("Hold workbooks against each other; nothing stays."))(check)
    group.command("enter", help=_("Keep workbooks, with the totals you counted yourself."))(enter)
    group.command("sign", help=_("State the totals as the second person; then it is booked."))(sign)
    group.command("list", help=_("Take-overs with their totals and who signed."))(list_)
    group.command("set-aside", help=_("Take back what is not booked yet."))(set_aside)
    app.add_typer(group, name="takeover")


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("A new workbook."))],
    as_: As,
    scheme: SchemeCode = "",
    secret_file: SecretFile = None,
) -> None:
    if file.exists():
        raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=file)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.takeover import accounts_to_state
        from gonghui.programmes.mutualaid.takeover.template import template_workbook

        content = template_workbook(accounts_to_state(actor, scheme=scheme), _)
    file.write_bytes(content)
    print(_("An empty workbook: {file}").format(file=file))


def check(
    files: Files, as_: As, on: On = "", scheme: SchemeCode = "", secret_file: SecretFile = None
) -> int:
    brought = _brought(files)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.takeover import look_at

        book = look_at(actor, brought, scheme=scheme, on=business_day("--on", on))
    _print(book)
    return 0 if book.bookable else 1


def enter(
    files: Files,
    as_: As,
    units: Units,
    people: People,
    paid: Paid,
    uses: Uses,
    at_bank: AtBank,
    on: On = "",
    scheme: SchemeCode = "",
    secret_file: SecretFile = None,
) -> int:
    brought, day = _brought(files), business_day("--on", on)
    stated = _totals(units, people, paid, uses, at_bank)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.takeover import enter_takeover, look_at

        with actor.transaction():
            book = look_at(actor, brought, scheme=scheme, on=day)
            if not book.bookable:
                _print(book)
                print(_("Nothing was entered."))
                return 1
            number = enter_takeover(actor, brought, stated, scheme=scheme, on=day)
    words = _("Take-over {number} is entered. Another person counts and signs:")
    print(words.format(number=number))
    print(
        f"  gonghui takeover sign {number} --units … --people … --paid … --uses … --at-bank …"
        " --as PERSON"
    )
    return 0


def sign(
    number: Number,
    as_: As,
    units: Units,
    people: People,
    paid: Paid,
    uses: Uses,
    at_bank: AtBank,
    secret_file: SecretFile = None,
) -> None:
    stated = _totals(units, people, paid, uses, at_bank)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.takeover import sign_takeover

        booked = sign_takeover(actor, number, stated)
    if booked.before:
        print(_("Take-over {number} was booked before; nothing was done.").format(number=number))
        return
    print(_("Take-over {number} is booked.").format(number=number))
    _print_totals(booked.totals)


def list_(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.takeovers import takeovers

        found = takeovers(actor)
    rows = [
        (
            *(f"{one.id}", f"{one.taken_on}", _(_STATES[one.state]), "、".join(one.signed)),
            *(f"{one.totals.units:,}", f"{one.totals.people:,}", f"{one.totals.uses:,}"),
            *(format_yuan(one.totals.paid_fen), format_yuan(one.totals.opening_fen)),
            "、".join(one.files),
        )
        for one in found
    ]
    heads = (
        *(_("number"), _("first day here"), _("state"), _("signed by"), _("units")),
        *(_("people who take part"), _("uses so far"), _("paid to people so far, yuan")),
        *(_("at the bank, yuan"), _("workbooks")),
    )
    print(table(heads, rows, right=(0, 4, 5, 6, 7, 8)))


def set_aside(
    number: Number,
    as_: As,
    because: Annotated[str, typer.Option(help=_("Why; it stays on record."))],
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services import takeover

        takeover.set_aside(actor, number, because=because)
    print(_("Take-over {number} is set aside.").format(number=number))


def _brought(files: list[Path]) -> list[Workbook]:
    from gonghui.programmes.mutualaid.services.takeover import Workbook

    return [Workbook(one.name, one.read_bytes()) for one in files]


def _totals(units: int, people: int, paid: str, uses: int, at_bank: str) -> Totals:
    from gonghui.programmes.mutualaid.takeover import Totals

    return Totals(units, people, parse_yuan(paid), uses, parse_yuan(at_bank))


def _print(book: Book) -> None:
    found = sorted(book.findings, key=lambda one: (one.level != "error", one.sheet, one.row))
    rows = [
        (
            one.sheet,
            f"{one.row}" if one.row else "",
            _("wrong") if one.level == "error" else _("look at it"),
            " ".join(one.words(_)),
        )
        for one in found[:SHOWN]
    ]
    if rows:
        print(table((_("sheet"), _("row"), "", _("what, and what to do")), rows, right=(1,)))
    if len(found) > SHOWN:
        print(_("… and {more:,} more").format(more=len(found) - SHOWN))
    if book.bookable:
        print(_("The workbooks add up to:"))
        _print_totals(book.totals)


def _print_totals(totals: Totals) -> None:
    from gonghui.programmes.mutualaid.takeover.totals import LABELS

    rows = [
        (_("units"), f"{totals.units:,}"),
        (_("people who take part"), f"{totals.people:,}"),
        (_("paid to people so far, yuan"), format_yuan(totals.paid_fen)),
        (_("uses so far"), f"{totals.uses:,}"),
        (_(LABELS["opening_fen"]), format_yuan(totals.opening_fen)),
    ]
    print(table(("", ""), rows, right=(1,)))
