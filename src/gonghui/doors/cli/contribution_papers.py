"""`gonghui contribution paper …`: bills and receipts as papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table

PdfFile = Annotated[Path, typer.Argument(metavar="FILE.pdf", help=N_("The file to write."))]
Bill = Annotated[str, typer.Argument(metavar="BILL", help=N_("The number of the bill."))]


def register(group: typer.Typer) -> None:
    group.command("receipts", help=_("The receipts given for a bill."))(receipts)
    papers = typer.Typer(help=_("Print what goes to a unit on paper."), no_args_is_help=True)
    papers.command("bill", help=_("A unit's bill as a PDF."))(bill)
    papers.command("receipt", help=_("A receipt as a PDF."))(receipt)
    group.add_typer(papers, name="paper")


def bill(number: Bill, file: PdfFile, as_: As, secret_file: SecretFile = None) -> None:
    new_file(file, ".pdf")
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.papers.bills import bill_paper

        file.write_bytes(bill_paper(actor, number))
    print(_("Written: {file}").format(file=file))


def receipt(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=_("The number of the receipt."))],
    file: PdfFile,
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    new_file(file, ".pdf")
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.papers.receipts import receipt_paper

        file.write_bytes(receipt_paper(actor, number))
    print(_("Written: {file}").format(file=file))


def receipts(number: Bill, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.models import Receipt

        rows = [
            (one.number, f"{one.received_on}", format_yuan(one.fen))
            for one in Receipt.objects.filter(bill__number=number).order_by("pk")
        ]
    heads = (_("receipt"), _("received on"), _("yuan"))
    print(table(heads, rows, right=(2,)) if rows else _("No money was received for this bill."))


def new_file(file: Path, *endings: str) -> str:
    """The ending of a file that is to be written; refused before anything is printed or noted."""
    if file.suffix.lower() not in endings:
        raise Refusal(
            N_("The file {file} does not end in {endings}."),
            N_("Name it so: the ending says what is written."),
            file=file,
            endings=" / ".join(endings),
        )
    if file.exists():
        raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=file)
    return file.suffix.lower()
