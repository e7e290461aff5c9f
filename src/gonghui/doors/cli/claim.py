"""`gonghui claim …`: applications for a benefit, from a paper statement or a unit's list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.core.periods import parse_day
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.core.rulebook.fields import Field
    from gonghui.programmes.mutualaid.services.claim_lists import Preview

SHOWN = 20

File = Annotated[
    Path, typer.Argument(metavar="FILE", help=N_("xlsx, xls, ods or csv, as the unit sent it."))
]
SchemeOption = Annotated[
    str, typer.Option("--scheme", help=N_("The scheme; may be left out if there is one."))
]
OnOption = Annotated[
    str, typer.Option("--on", metavar="DAY", help=N_("The day it came (default: today)."))
]
AtOption = Annotated[
    str, typer.Option("--at", metavar="CODE", help=N_("The unit it is from, for an office."))
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("Take in applications for a benefit."), no_args_is_help=True)
    group.command("template", help=_("Write an empty list of applications."))(template)
    group.command("preview", help=_("Check a list; nothing is handed in."))(preview)
    group.command("applications", help=_("Check a list; hand it in whole or not at all."))(
        applications
    )
    group.command("file", help=_("Enter one application from a paper statement."))(file)
    group.command("list", help=_("Applications that somebody has to look at."))(list_)
    app.add_typer(group, name="claim")


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("A new workbook."))],
) -> None:
    from gonghui.programmes.mutualaid.claims.template import LIST, claims_template
    from gonghui.programmes.mutualaid.rosters.template import TemplateWords

    if file.exists():
        raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=file)
    file.write_bytes(claims_template(TemplateWords(LIST), _))
    print(_("An empty list of applications: {file}").format(file=file))


def preview(
    file: File,
    as_: As,
    scheme: SchemeOption = "",
    on: OnOption = "",
    at: AtOption = "",
    secret_file: SecretFile = None,
) -> int:
    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services.claim_lists import check_list

        checked = check_list(actor, file, scheme=scheme, on=business_day("--on", on))
    _print(checked)
    return 0 if checked.claims.bookable else 1


def applications(
    file: File,
    as_: As,
    scheme: SchemeOption = "",
    on: OnOption = "",
    at: AtOption = "",
    secret_file: SecretFile = None,
) -> int:
    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services.claim_lists import check_list, file_list

        day = business_day("--on", on)
        checked = check_list(actor, file, scheme=scheme, on=day)
        _print(checked)
        if not checked.claims.bookable:
            print(_("Nothing was handed in."))
            return 1
        opened = file_list(actor, checked, on=day)
    new = sum(one.new for one in opened)
    print(_("Handed in: {new}; handed in before: {old}.").format(new=new, old=len(opened) - new))
    return 0


def file(
    person: Annotated[int, typer.Argument(metavar="PERSON", help=_("The worker's id."))],
    facts: Annotated[
        list[str], typer.Argument(metavar="FACT=VALUE…", help=_("As the statement prints it."))
    ],
    as_: As,
    unit: Annotated[str, typer.Option("--unit", help=_("The code of her unit."))],
    settlement: Annotated[str, typer.Option("--settlement", help=_("Its number."))] = "",
    invoice: Annotated[
        list[str] | None, typer.Option("--invoice", metavar="CODE:NUMBER", help=_("One shown."))
    ] = None,
    signed: Annotated[
        bool, typer.Option("--signed", help=_("She has signed the consent on paper."))
    ] = False,
    scheme: SchemeOption = "",
    on: OnOption = "",
    secret_file: SecretFile = None,
) -> None:
    stated = dict(map(_fact, facts))
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.models import Union
        from gonghui.programmes.mutualaid.claims.invoices import invoice_of
        from gonghui.programmes.mutualaid.services import claims

        statement = claims.checked(stated, on=day) if stated else None
        for one in statement.sums if statement else ():
            sides = format_yuan(one.left_fen), format_yuan(one.right_fen)
            print(("✓" if one.holds else "✗"), one.words, *sides, sep="  ")
        with actor.transaction():
            place = Union.objects.filter(code=unit).values_list("pk", flat=True).first()
        if place is None:
            raise Refusal(
                N_("There is no union with the code {code}."),
                N_("`gonghui directory tree` shows all codes."),
                code=unit,
            )
        bills = tuple(invoice_of(*one.partition(":")[::2]) for one in invoice or ())
        if signed:
            claims.consent_on_paper(actor, [person])
        asked = claims.Application(person, place, settlement, stated, bills)
        opened = claims.apply(actor, asked, how="window", on=day, scheme=scheme)
    print(_("Handed in as case {number}.").format(number=opened.number))


def list_(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.claim_flags import work_list

        words = {"split": _("parts of one stay"), "invoice_reversed": _("invoice reversed (冲红)")}
        rows = [(str(one.claim.case_id), words[one.code]) for one in work_list(actor)]
    print(table((_("case"), _("what to look at")), rows, right=(0,)))


def _fact(said: str) -> tuple[str, int]:
    """出院日期=2022-06-09, total_cost=15000.00, 医院等级=三级"""
    name, _sign, value = said.partition("=")
    from gonghui.core.rulebook.fields import find

    field = find(name.strip())
    number = None if field is None else _number(field, value.strip())
    if field is None or number is None:
        raise Refusal(
            N_("“{said}” is no fact of a settlement."),
            N_("Write name=value, such as 医疗费总额=15000.00 or 出院日期=2022-06-09."),
            said=said,
        )
    return field.name, number


def _number(field: Field, value: str) -> int | None:
    if field.unit == "fen":
        return parse_yuan(value)
    if field.unit == "day":
        return parse_day(value)
    if field.vocabulary is not None:
        return field.vocabulary.code(value)
    return int(value) if value.isascii() and value.isdigit() else None


def _print(checked: Preview) -> None:
    claims = checked.claims
    words = _(
        "{rows_in:,} rows: {good:,} good, {warned:,} to look at, {bad:,} wrong, {skipped:,} others."
    )
    print(words.format(**claims.counts))
    found = sorted(claims.findings, key=lambda one: (one.level != "error", one.row))
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
    for notice in claims.notices:
        print(" ".join(notice.words(_)))
