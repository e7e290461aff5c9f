"""`gonghui roster …`: who takes part, on paper; who leaves, who moves; how many of the staff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_
from gonghui.core.money import format_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.contribution_papers import PdfFile, new_file
from gonghui.doors.cli.directory_words import person_id_of, union_id_of
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from datetime import date

    from gonghui.programmes.mutualaid.models import Scheme as KnownScheme
    from gonghui.programmes.mutualaid.terms import Terms

Person = Annotated[
    str, typer.Argument(metavar="PERSON", help=N_("#7, a name that only one has, or -."))
]
Scheme = Annotated[
    str, typer.Option("--scheme", help=N_("The scheme; may be left out if there is one."))
]
Period = Annotated[str, typer.Option("--period", metavar="DAY", help=N_("A day of the period."))]
On = Annotated[str, typer.Option("--on", metavar="DAY", help=N_("The day (default: today)."))]
Because = Annotated[str, typer.Option("--because", help=N_("Why; it stays on record."))]


def register(group: typer.Typer) -> None:
    group.command("certificate", help=_("A person's certificate of cover as a PDF."))(certificate)
    group.command("list", help=_("Who takes part through a unit, as a PDF or a workbook."))(list_)
    group.command("withdraw", help=_("End somebody's cover from a day on."))(withdraw)
    group.command("transfer", help=_("Move somebody to another unit; the cover stays."))(transfer)
    group.command("participation", help=_("Heads against the staff, unit by unit."))(participation)


def certificate(
    person: Person,
    file: PdfFile,
    as_: As,
    on: On = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> None:
    new_file(file, ".pdf")
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.papers.certificates import certificate_paper
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme

        who = person_id_of(actor, person)
        with actor.transaction():
            known = only_scheme(scheme)
        made = certificate_paper(actor, who, on=business_day("--on", on), scheme_id=known.pk)
        file.write_bytes(made)
    print(_("Written: {file}").format(file=file))


def list_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=_("The file to write, .pdf or .xlsx."))
    ],
    at: Annotated[str, typer.Option("--at", metavar="UNIT", help=_("The unit's code."))],
    as_: As,
    on: On = "",
    period: Period = "",
    scheme: Scheme = "",
    full_for: Annotated[
        str,
        typer.Option(
            "--full-numbers-for",
            metavar="PURPOSE",
            help=_("Full numbers, and what for: each person reads it later."),
        ),
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    ending = new_file(file, ".pdf", ".xlsx")
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.papers.lists import list_paper

        day = business_day("--on", on)
        union_id = union_id_of(actor, at)
        with actor.transaction():
            known, terms = _terms(scheme, business_day("--period", period) if period else day)
        made = list_paper(
            *(actor, union_id, known, (terms.period_from, terms.period_until)),
            on=day,
            workbook=ending == ".xlsx",
            full_for=full_for,
        )
        file.write_bytes(made)
    print(_("Written: {file}").format(file=file))


def withdraw(
    enrolment: Annotated[
        int, typer.Argument(metavar="ENROLMENT", help=_("As `roster list` shows it (登记号)."))
    ],
    because: Because,
    as_: As,
    on: On = "",
    fund: Annotated[
        str, typer.Option("--fund", metavar="CODE", help=_("The fund; may be left out if one."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.enrolments import withdraw as end_cover
        from gonghui.verbs.treasury.queries.funds import only_fund

        with actor.transaction():
            code = only_fund(fund).code
        day = business_day("--on", on)
        done = end_cover(actor, enrolment, on=day, because=because, fund=code)
    if done.covered_until is None:
        print(_("Withdrawn before the cover began or was paid for: as if it had never been."))
    else:
        print(_("The cover ends: {day} is the first day without it.").format(day=day))
    if done.refund_fen is None:
        print(_("The edition does not say what is given back: two people decide it."))
    elif done.refund_fen:
        yuan = format_yuan(done.refund_fen)
        print(_("{yuan} yuan are owed back: account refunds_payable.").format(yuan=yuan))
    else:
        print(_("Nothing is given back."))


def transfer(
    person: Person,
    from_: Annotated[str, typer.Argument(metavar="FROM", help=_("The code of the old unit."))],
    to: Annotated[str, typer.Argument(metavar="TO", help=_("The code of the new unit."))],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.employments import transfer as move

        who, day = person_id_of(actor, person), business_day("--on", on)
        move(actor, who, union_id_of(actor, from_), union_id_of(actor, to), on=day)
        print(_("#{person} works in {to} from {day} on.").format(person=who, to=to, day=day))
        with actor.transaction():
            from gonghui.programmes.mutualaid.models import Enrolment

            kept = Enrolment.objects.filter(person_id=who, cancelled=False, ends_before__gt=day)
            for one in kept.order_by("starts_on"):
                words = _("The cover stays: {starts} to {last}.")
                print(words.format(starts=one.starts_on, last=_day_before(one.ends_before)))


def participation(
    as_: As,
    on: On = "",
    period: Period = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> int:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.participation import participation as asked

        day = business_day("--on", on)
        with actor.transaction():
            known, terms = _terms(scheme, business_day("--period", period) if period else day)
            units = asked(known.pk, terms.period_from, terms.participation, on=day)
    rows = [
        (
            *(one.code, one.name, "–" if one.workforce is None else f"{one.workforce:,}"),
            *(f"{one.heads:,}", "–" if one.least is None else f"{one.least:,}"),
            "–" if one.missing is None else f"{one.missing:,}" if one.missing else "",
        )
        for one in units
    ]
    heads = (_("unit"), "", _("staff"), _("take part"), _("at least"), _("missing"))
    print(table(heads, rows, right=(2, 3, 4, 5)) if rows else _("Nobody takes part yet."))
    if terms.participation is None:
        print(_("The edition does not state a least share of the staff."))
        return 0
    below = [one for one in units if one.missing]
    print(_("{units:,} units are below the least share.").format(units=len(below)))
    return 1 if below else 0


def _terms(scheme: str, day: date) -> tuple[KnownScheme, Terms]:
    from gonghui.programmes.mutualaid.queries.editions import edition_on
    from gonghui.programmes.mutualaid.queries.schemes import only_scheme
    from gonghui.programmes.mutualaid.terms import terms_on

    known = only_scheme(scheme)
    return known, terms_on(edition_on(known.code, day), day)


def _day_before(day: date) -> date:
    from datetime import timedelta

    return day - timedelta(days=1)
