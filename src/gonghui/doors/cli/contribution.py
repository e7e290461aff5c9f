"""`gonghui contribution …`: bills to units, and the money that comes in for them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from gonghui.core.errors import N_
from gonghui.core.money import format_yuan
from gonghui.doors.cli import contribution_papers
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

DAYS_TO_PAY = 30
"""Where nobody says another day."""

Scheme = Annotated[
    str, typer.Option("--scheme", help=N_("The scheme; may be left out if there is one."))
]
Fund = Annotated[
    str,
    typer.Option("--fund", metavar="CODE", help=N_("The fund; may be left out if there is one.")),
]
On = Annotated[str, typer.Option("--on", metavar="DAY", help=N_("The day (default: today)."))]
Because = Annotated[str, typer.Option("--because", help=N_("Why; it stays on record."))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Bill units, and take the money that comes in."), no_args_is_help=True
    )
    group.command("bill", help=_("A bill for every unit with people not billed yet."))(bill)
    group.command("match", help=_("Take a bank statement: each line pays a bill, or waits."))(match)
    group.command("open", help=_("What is still to be paid, and what waits in suspense."))(open_)
    group.command("apply", help=_("Say which bill money in suspense was for."))(apply)
    group.command("give-back", help=_("Money in suspense was not for us: it is owed back."))(
        give_back
    )
    contribution_papers.register(group)
    app.add_typer(group, name="contribution")


def bill(
    as_: As,
    period: Annotated[str, typer.Option(metavar="DAY", help=_("A day of the period."))] = "",
    due: Annotated[
        str, typer.Option(metavar="DAY", help=_("To be paid by (default: 30 days)."))
    ] = "",
    on: On = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.editions import edition_on
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.bills import issue_bills
        from gonghui.programmes.mutualaid.terms import terms_on

        today = business_day("--on", on)
        with actor.transaction():
            known = only_scheme(scheme)
            asked = business_day("--period", period or on)
            terms = terms_on(edition_on(known.code, asked), asked)
            issued = issue_bills(
                actor,
                known,
                terms.period_from,
                on=today,
                due_on=business_day("--due", due) if due else today + timedelta(days=DAYS_TO_PAY),
            )
    words = _("{bills:,} bills for {heads:,} people: {total} yuan.")
    print(
        words.format(
            bills=len(issued.bills), heads=issued.heads, total=format_yuan(issued.total_fen)
        )
    )


def match(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=_("The bank's statement, csv or xlsx."))
    ],
    as_: As,
    bank: Annotated[
        str, typer.Option(help=_("How to read it, such as icbc (default: found out)."))
    ] = "",
    on: On = "",
    fund: Fund = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.adapters.bank.statements import read_statement
        from gonghui.core.calendar import WorkingDays
        from gonghui.programmes.mutualaid.services.receipts import take_statement
        from gonghui.verbs.treasury.queries.funds import only_fund

        came = business_day("--on", on)
        statement = read_statement(file, bank=bank or None, on=came)
        for finding in statement.warnings:
            print(finding.refusal(file.name).words(_))
        with actor.transaction():
            taken = take_statement(
                actor,
                statement,
                file.read_bytes(),
                fund=only_fund(fund).code,
                name=file.name,
                on=came,
                working_days=WorkingDays.load(),
            )
    rows = [
        (_("lines"), f"{taken.lines:,}"),
        (_("taken before"), f"{taken.known:,}"),
        (_("money out, left alone"), f"{taken.outgoing:,}"),
        (_("bills paid in full"), f"{taken.paid_bills:,}"),
        (_("bills paid in part"), f"{taken.partly_paid:,}"),
        (_("in suspense"), f"{taken.suspense:,}"),
        (_("received, yuan"), format_yuan(taken.received_fen)),
        (_("of it contributions"), format_yuan(taken.contributions_fen)),
        (_("of it in suspense"), format_yuan(taken.suspense_fen)),
    ]
    print(table(("", ""), rows, right=(1,)))


def open_(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.queries.contributions import open_bills, open_suspense

        bills = [
            (one.number, one.union, f"{one.heads:,}", format_yuan(one.left_fen), f"{one.due_on}")
            for one in open_bills()
        ]
        waiting = [
            (
                str(one.id),
                one.payer,
                format_yuan(one.left_fen),
                one.memo,
                one.owner,
                f"{one.due_on}",
            )
            for one in open_suspense()
        ]
    heading = (_("bill"), _("unit"), _("people"), _("still to pay"), _("due"))
    print(table(heading, bills, right=(2, 3)) if bills else _("Every bill is paid."))
    heading_waiting = ("#", _("payer"), _("yuan"), _("purpose"), _("looked after by"), _("due"))
    print(table(heading_waiting, waiting, right=(2,)) if waiting else _("Nothing is in suspense."))


def apply(
    suspense: Annotated[int, typer.Argument(metavar="NO", help=_("As `open` lists it."))],
    bill: Annotated[str, typer.Argument(metavar="BILL", help=_("The number of the bill."))],
    because: Because,
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.suspense import apply_to_bill

        fen = apply_to_bill(actor, suspense, bill, on=business_day("--on", on), because=because)
    print(_("{yuan} yuan went to bill {number}.").format(yuan=format_yuan(fen), number=bill))


def give_back(
    suspense: Annotated[int, typer.Argument(metavar="NO", help=_("As `open` lists it."))],
    because: Because,
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.suspense import give_back as owe_back

        owe_back(actor, suspense, on=business_day("--on", on), because=because)
    print(_("It is owed back now: account refunds_payable."))
