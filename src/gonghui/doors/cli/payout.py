"""`gonghui payout`: money on its way out, step by step, each by the person who may."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor


class Verdict(StrEnum):
    """What a bank says of a payment in the end."""

    PAID = "paid"
    RETURNED = "returned"


Number = Annotated[
    str, typer.Argument(metavar="NUMBER", help=N_("The batch's number, as `payout list` shows it."))
]
On = Annotated[
    str, typer.Option("--on", metavar="DAY", help=N_("The business day (default: today)."))
]
FundCode = Annotated[
    str,
    typer.Option("--fund", metavar="CODE", help=N_("The fund; may be left out if there is one.")),
]
LayoutName = Annotated[
    str, typer.Option("--layout", metavar="NAME", help=N_("The bank's layout, or a file of it."))
]
Because = Annotated[str, typer.Option(help=N_("The reason."))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("Pay out: draft, check, approve, seal, release, answer, close."))
    group.command("draft", help=_("Put what is due in a batch."))(draft)
    group.command("check", help=_("Say that a batch pays what is owed."))(check)
    group.command("approve", help=_("Let a checked batch go."))(approve)
    group.command("seal", help=_("Freeze a batch and the file for the bank."))(seal)
    group.command("export", help=_("Write the sealed file; the same bytes every time."))(export)
    group.command("release", help=_("Hand a sealed batch to the bank."))(release)
    group.command("answer", help=_("Take the bank's answer."))(answer)
    group.command("close", help=_("Close a batch that the bank has answered."))(close)
    group.command("cancel", help=_("Take a batch back before it is sealed."))(cancel)
    group.command("reissue", help=_("Draft payments that came back anew."))(reissue)
    group.command(
        "mark", help=_("Say what the bank said of one payment otherwise than by a file.")
    )(mark)
    group.command("settle", help=_("Clear up a row of the bank that nobody could count."))(settle)
    group.command("list", help=_("List batches, or what the bank said and nobody could count."))(
        list_
    )
    group.command("show", help=_("Show a batch's payments."))(show)
    group.command("balance", help=_("Hold the bank's balance of a day against the ledger."))(
        balance
    )
    group.command("holds", help=_("Show what holds all payouts since a restore."))(holds)
    group.command("compared", help=_("Say that the bank was compared since the backup."))(compared)
    group.command("lift", help=_("Let payouts leave again, as a second person."))(lift)
    app.add_typer(group, name="payout")


def draft(
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help=_("The scheme's code."))],
    as_: As,
    until: Annotated[
        str, typer.Option(metavar="DAY", help=_("Owed before this day (default: up to today)."))
    ] = "",
    fund: FundCode = "",
    layout: LayoutName = "generic-csv",
    purpose: Annotated[str, typer.Option(help=_("What the bank prints beside it."))] = "",
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from datetime import timedelta

        from gonghui.programmes.mutualaid.models import Scheme
        from gonghui.programmes.mutualaid.services.payouts import pick_dues

        day = _day(on)
        before = _day(until) if until else day + timedelta(days=1)
        with actor.transaction():
            found = Scheme.objects.filter(code=scheme).first()
        if found is None:
            raise Refusal(N_("There is no scheme {code}."), N_("Name its code."), code=scheme)
        picked = pick_dues(
            actor,
            found,
            _fund(actor, fund),
            on=day,
            until=before,
            layout=layout,
            purpose=purpose,
        )
        number = _number(actor, picked.batch_id)
    print(
        _("Batch {number}: {lines} payments, {yuan} yuan.").format(
            number=number, lines=picked.lines, yuan=format_yuan(picked.total_fen)
        )
    )
    if picked.without_account:
        print(_("{count} dues have no account yet.").format(count=len(picked.without_account)))


def check(number: Number, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.payouts import check_batch

        check_batch(actor, _batch(actor, number))
    print(_("Batch {number} is checked.").format(number=number))


def approve(number: Number, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.payouts import approve_batch

        approve_batch(actor, _batch(actor, number))
    print(_("Batch {number} is approved.").format(number=number))


def seal(number: Number, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.sealing import seal_batch

        sealed = seal_batch(actor, _batch(actor, number))
    print(
        _("Batch {number}: {lines} payments, {yuan} yuan, SHA-256 {sha256}.").format(
            number=number,
            lines=sealed.lines,
            yuan=format_yuan(sealed.total_fen),
            sha256=sealed.sha256,
        )
    )


def export(
    number: Number,
    as_: As,
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help=_("Where to."))] = Path(),
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.sealing import export_to

        target = export_to(actor, _batch(actor, number), folder)
    print(target)


def release(
    number: Number,
    as_: As,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help=_("You upload the exported file yourself."))
    ] = False,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury import tasks
        from gonghui.verbs.treasury.services.releasing import release_batch

        release_batch(actor, _batch(actor, number), by=None if by_hand else tasks.release)
    print(_("Batch {number} is released.").format(number=number))


def answer(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The bank's file."))],
    as_: As,
    fund: FundCode = "",
    layout: LayoutName = "generic-csv",
    message: Annotated[str, typer.Option(help=_("The bank's number of the message."))] = "",
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    content = file.read_bytes()
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.answers import take_answer

        taken = take_answer(
            actor,
            _fund(actor, fund),
            content,
            name=file.name,
            on=_day(on),
            layout=layout,
            message=message,
        )
    print(_("{count} rows of the bank are counted.").format(count=taken.rows))


def close(number: Number, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.payouts import close_batch

        close_batch(actor, _batch(actor, number))
    print(_("Batch {number} is closed.").format(number=number))


def cancel(number: Number, because: Because, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.payouts import cancel_batch

        cancel_batch(actor, _batch(actor, number), because=because)
    print(_("Batch {number} is cancelled.").format(number=number))


def reissue(
    references: Annotated[list[str], typer.Argument(metavar="REFERENCE…")],
    as_: As,
    payee: Annotated[
        str,
        typer.Option(
            "--to", metavar="NAME", help=_("Another payee, or her other account: one payment only.")
        ),
    ] = "",
    bank: Annotated[str, typer.Option(help=_("The bank of that account."))] = "",
    because: Annotated[
        str, typer.Option(help=_("Why another payee, and which papers show it."))
    ] = "",
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    if payee and len(references) != 1:
        raise Refusal(
            N_("Another payee is named for one payment at a time."), N_("Issue them one by one.")
        )
    with acting(as_, secret_file) as actor:
        from gonghui.doors.cli.directory_words import STANDARD_INPUT, typed_text
        from gonghui.verbs.treasury.services import reissuing
        from gonghui.verbs.treasury.services.payouts import Payee

        # An account is never an argument: other users of the machine could read it.
        new = {references[0]: Payee(payee, typed_text(STANDARD_INPUT), bank)} if payee else None
        drafted = reissuing.reissue(actor, references, on=_day(on), payees=new, because=because)
        number = _number(actor, drafted)
    print(_("Batch {number} is drafted.").format(number=number))


def mark(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help=_("The payment."))],
    verdict: Annotated[
        Verdict, typer.Argument(metavar="paid|returned", help=_("What the bank said of it."))
    ],
    yuan: Annotated[str, typer.Option(metavar="YUAN", help=_("The amount the bank named."))],
    day: Annotated[str, typer.Option(metavar="DAY", help=_("The bank's day."))],
    because: Annotated[
        str, typer.Option(help=_("Who at the bank said so, when, where the paper is kept."))
    ],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.answers import mark_payment

        mark_payment(
            actor,
            reference,
            verdict.value,
            fen=parse_yuan(yuan),
            dated_on=_day(day),
            because=because,
            on=_day(on),
        )
    print(_("What the bank said of {reference} is on record.").format(reference=reference))


def settle(
    row: Annotated[
        int, typer.Argument(metavar="ROW", help=_("As `payout list --held` numbers it."))
    ],
    because: Because,
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.answers import settle_row

        settle_row(actor, row, because=because, on=_day(on))
    print(_("Row {row} is cleared up; it counts for nothing.").format(row=row))


def list_(
    as_: As,
    held: Annotated[
        bool, typer.Option("--held", help=_("What the bank said and nobody could count."))
    ] = False,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.queries.payouts import batches, held_rows

        if held:
            head = (_("Row"), _("Reference"), _("Word"), _("State"), _("Reason"))
            rows = [
                (f"{one.id}", one.reference, one.word, one.state, one.because)
                for one in held_rows(actor)
            ]
        else:
            head = (_("Number"), _("State"), _("Payments"), _("Yuan"), "SHA-256")
            rows = [
                (one.number, one.state, f"{one.lines}", format_yuan(one.total_fen), one.sha256[:12])
                for one in batches(actor)
            ]
    print(table(head, rows))


def show(number: Number, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.queries.payouts import payments

        rows = [
            (one.reference, one.source, format_yuan(one.fen), one.state, one.code)
            for one in payments(actor, _batch(actor, number))
        ]
    print(
        table((_("Reference"), _("Source"), _("Yuan"), _("State"), _("Reason")), rows, right=(2,))
    )


def balance(
    day: Annotated[str, typer.Argument(metavar="DAY", help=_("The day that has ended."))],
    stated: Annotated[str, typer.Argument(metavar="YUAN", help=_("What the bank states."))],
    as_: As,
    fund: FundCode = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.bank_balances import state_balance

        compared = state_balance(actor, _fund(actor, fund), _day(day), parse_yuan(stated))
    if compared.difference_fen == 0:
        print(_("Bank and ledger agree."))
        return
    print(
        _("Bank {bank}, ledger {ledger}: they differ by {difference}.").format(
            bank=format_yuan(compared.stated_fen),
            ledger=format_yuan(compared.ledger_fen),
            difference=format_yuan(compared.difference_fen),
        )
    )
    raise typer.Exit(1)


def _day(text: str) -> date:
    if not text:
        from datetime import datetime
        from zoneinfo import ZoneInfo

        return datetime.now(ZoneInfo("Asia/Shanghai")).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(N_("“{day}” is no day."), N_("Write it like 2022-10-20."), day=text) from None


def _fund(actor: Actor, code: str) -> str:
    from gonghui.verbs.treasury.queries.funds import only_fund

    with actor.transaction():
        return only_fund(code).code


def _batch(actor: Actor, number: str) -> int:
    from gonghui.verbs.treasury.queries.payouts import batch_numbered

    with actor.transaction():
        found = batch_numbered(number)
    if found is None:
        raise Refusal(
            N_("There is no such payout batch here."), N_("`gonghui payout list` shows them.")
        )
    return found


def _number(actor: Actor, batch_id: int) -> str:
    from gonghui.verbs.treasury.services.payouts import batch_of

    with actor.transaction():
        return batch_of(batch_id).number


Hold = Annotated[int, typer.Argument(metavar="HOLD", help=N_("As `payout holds` numbers it."))]


def holds(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.holds import open_holds

        found = open_holds(actor)
    if not found:
        print(_("Nothing holds payouts."))
        return
    rows = [
        (
            str(one.pk),
            f"{one.backup_made_at:%Y-%m-%d %H:%M}",
            one.compared_by.name if one.compared_by else _("not yet"),
            one.because,
        )
        for one in found
    ]
    print(table((_("hold"), _("backup of (UTC)"), _("compared by"), _("what was compared")), rows))


def compared(
    hold: Hold,
    because: Annotated[
        str, typer.Option(help=_("Which statements: the account, from which day to which."))
    ],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.holds import compare_hold

        compare_hold(actor, hold, because=because)
    print(_("Written down. Another person lifts it: gonghui payout lift {hold}").format(hold=hold))


def lift(hold: Hold, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.holds import lift_hold

        lift_hold(actor, hold)
    print(_("Payouts may leave again."))
