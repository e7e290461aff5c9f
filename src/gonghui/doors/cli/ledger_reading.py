"""`gonghui ledger income|account|floor`: 收支表 over any days, an account line by line, a floor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor

PORTION = 1000

Fund = Annotated[
    str,
    typer.Option("--fund", metavar="CODE", help=N_("The fund; may be left out if there is one.")),
]
Since = Annotated[
    str,
    typer.Option(
        "--from", metavar="DAY", help=N_("First day (default: 1 January of the last day's year).")
    ),
]
To = Annotated[str, typer.Option("--to", metavar="DAY", help=N_("Last day (default: today)."))]


def register(group: typer.Typer) -> None:
    group.command("income", help=_("Print what came in and went out, and what is left."))(income)
    group.command("account", help=_("Print the lines of one account, with its balance."))(account)
    group.command("floor", help=_("Print, set or lift what must stay in a fund."))(floor)


def income(
    as_: As,
    since: Since = "",
    to: To = "",
    fund: Fund = "",
    by_month: Annotated[bool, typer.Option("--by-month", help=_("A row for each month."))] = False,
    secret_file: SecretFile = None,
) -> None:
    first, until = _span(since, to)
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.queries.income import income as asked

        found = asked(actor, _fund(actor, fund), since=first, until=until, by_month=by_month)
    print(f"{first} – {until - timedelta(days=1)}")
    rows = [("", _("left before"), "", "", format_yuan(found.opening_fen))]
    rows += [
        (one.code, one.name, one.month, f"{one.lines:,}", format_yuan(one.fen))
        for one in found.lines
    ]
    rows += [
        ("", _("these days added"), "", "", format_yuan(found.surplus_fen)),
        ("", _("left after"), "", "", format_yuan(found.closing_fen)),
    ]
    heads = (_("account"), _("account name"), _("month"), _("lines"), _("yuan"))
    print(table(heads, rows, right=(3, 4)))
    print(_("The lines behind: gonghui ledger account CODE --as PERSON"))


def account(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Its code, such as 5001."))],
    as_: As,
    since: Since = "",
    to: To = "",
    fund: Fund = "",
    secret_file: SecretFile = None,
) -> None:
    first, until = _span(since, to)
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.queries.balances import START, Mark, account_statement

        known = _fund(actor, fund)
        key = _key(actor, known, code)
        rows: list[tuple[str, ...]] = []
        mark: Mark | None = START
        while mark is not None:
            lines, after = account_statement(
                actor, known, key, after=mark, before=until, limit=PORTION
            )
            rows += [
                (f"{one.booked_on}", f"{one.journal_id}", one.kind, one.memo, one.source or "",
                 format_yuan(one.fen), format_yuan(one.balance_fen))
                for one in lines
                if one.booked_on >= first
            ]  # fmt: skip
            mark = after
    heads = (_("Day"), _("Journal"), _("Kind"), _("memo"), _("source"), _("yuan"), _("balance"))
    print(table(heads, rows, right=(1, 5, 6)))
    print(_("A journal with its lines: gonghui ledger journal NUMBER --as PERSON"))


def floor(
    as_: As,
    yuan: Annotated[
        str, typer.Option("--set", metavar="YUAN", help=_("What must stay from now on."))
    ] = "",
    lift: Annotated[bool, typer.Option("--lift", help=_("Nothing must stay any more."))] = False,
    because: Annotated[str, typer.Option(help=_("The minute that decided it."))] = "",
    fund: Fund = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services.floors import floor_of, set_floor

        known = _fund(actor, fund)
        if yuan or lift:
            found = set_floor(actor, known, parse_yuan(yuan) if yuan else None, because=because)
        else:
            found = floor_of(actor, known)
    stays = _("not set") if found.floor_fen is None else format_yuan(found.floor_fen)
    rows = [(_("at hand by the ledger, yuan"), format_yuan(found.held_fen)),
            (_("must stay, yuan"), stays)]  # fmt: skip
    print(table(("", ""), rows, right=(1,)))


def _span(since: str, to: str) -> tuple[date, date]:
    last = business_day("--to", to)
    first = business_day("--from", since) if since else date(last.year, 1, 1)
    if first > last:
        raise Refusal(
            N_("The first day is after the last."), N_("Turn them round."), field="--from"
        )
    return first, last + timedelta(days=1)


def _fund(actor: Actor, code: str) -> str:
    from gonghui.verbs.treasury.queries.funds import only_fund

    with actor.transaction():
        return only_fund(code).code


def _key(actor: Actor, fund: str, code: str) -> str:
    """The key of an account by its code."""
    from gonghui.verbs.treasury.models import Account

    with actor.transaction():
        accounts = dict(Account.objects.filter(fund__code=fund).values_list("code", "key"))
    if code not in accounts:
        raise Refusal(
            N_("The fund has no account {code}."),
            N_("Known are: {known}."),
            code=code,
            known=", ".join(sorted(accounts)),
        )
    return accounts[code]
