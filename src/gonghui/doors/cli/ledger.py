"""`gonghui ledger`, `gonghui close-period`: set up books, read, close and hand them out."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.doors.cli import ledger_reading
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.verbs.treasury.queries.balances import TrialLine
    from gonghui.verbs.treasury.queries.periods import KeptClosing, KnownPeriod

_SPAN = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)

Fund = Annotated[
    str,
    typer.Option("--fund", metavar="CODE", help=N_("The fund; may be left out if there is one.")),
]
SpanOption = Annotated[
    str,
    typer.Option(
        "--period", metavar="2022-03", help=N_("The period: its month, its year, or a day of it.")
    ),
]


class Form(StrEnum):
    """What a ledger can be written as."""

    BEANCOUNT = "beancount"
    VOUCHERS = "vouchers"


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Set up the books of a fund, read them, hand them out."), no_args_is_help=True
    )
    group.command("open-fund", help=_("Set up a fund with its chart of accounts."))(open_fund)
    group.command("open-period", help=_("Open the next period of a fund."))(open_period)
    group.command("balance", help=_("Print a period's trial balance."))(balance)
    group.command("journal", help=_("Print a journal with its lines and its source."))(journal)
    group.command("export", help=_("Write a ledger as Beancount text, or a period as vouchers."))(
        export
    )
    ledger_reading.register(group)
    app.add_typer(group, name="ledger")
    app.command("close-period", help=_("Close a period: one proposes, another confirms."))(
        close_period
    )


def open_fund(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Such as mutualaid."))],
    name: Annotated[str, typer.Option(help=_("What people call it."))],
    purpose: Annotated[str, typer.Option(help=_("What alone it may be spent on."))],
    as_: As,
    union: Annotated[
        str, typer.Option(metavar="CODE", help=_("The union that keeps it (default: one's own)."))
    ] = "",
    chart: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Its accounts (default: mutual aid)."))
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file, at=union) as actor:
        from gonghui.verbs.treasury.charts import SHIPPED, read_chart
        from gonghui.verbs.treasury.services import funds

        accounts = read_chart(chart or SHIPPED / "mutual-aid.yaml")
        with actor.transaction() as scope:
            assert scope.union_id is not None  # who acts for a union stands somewhere
            funds.open_fund(
                actor,
                code=code,
                name=name,
                purpose=purpose,
                union_id=scope.union_id,
                accounts=accounts,
            )
    print(_("The fund {code} has {count} accounts.").format(code=code, count=len(accounts)))


def open_period(
    span: Annotated[str, typer.Argument(metavar="2022-03", help=_("A month or a year."))],
    as_: As,
    fund: Fund = "",
    until: Annotated[
        str, typer.Option(metavar="DAY", help=_("Its last day, where it is neither."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.services import funds

        starts_on, ends_before = _span_of(span)
        if until:
            last, _after = _span_of(until)
            ends_before = last + timedelta(days=1)
        code = _fund(actor, fund)
        funds.open_period(actor, code, starts_on, ends_before)
    print(_("Open: {span}.").format(span=_days(starts_on, ends_before)))


def balance(
    as_: As,
    period: SpanOption = "",
    fund: Fund = "",
    by_union: Annotated[bool, typer.Option("--by-union", help=_("A row for each union."))] = False,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.queries.balances import trial_balance

        known = _period(actor, _fund(actor, fund), period)
        lines = trial_balance(actor, known.id, by_union=by_union)
    state = _("closed") if known.closed_at else _("open")
    print(f"{_days(known.starts_on, known.ends_before)} ({state})")
    _print_money([line for line in lines if not line.item], by_union)
    goods = [line for line in lines if line.item]
    if goods:
        print()
        _print_goods(goods, by_union)


def journal(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=_("The journal's number."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.queries import journals

        found = journals.journal(actor, number)
    if found is None:
        raise Refusal(
            N_("There is no journal {journal}."),
            N_("Look for it by its day or its source."),
            journal=number,
        )
    print(f"{found.id}  {found.booked_on}  {found.kind}  {found.memo}".rstrip())
    if found.source:
        print(_("Source: {source}").format(source=found.source))
    if found.reverses_id:
        print(_("Takes back journal {journal}.").format(journal=found.reverses_id))
    if found.reversed_by_id:
        print(_("Taken back by journal {journal}.").format(journal=found.reversed_by_id))
    heads = (_("account"), _("account name"), _("union"), _("debit"), _("credit"), _("goods"))
    rows = [
        (
            line.account_code,
            line.account_name,
            line.union_name,
            format_yuan(line.fen) if line.fen > 0 else "",
            format_yuan(-line.fen) if line.fen < 0 else "",
            f"{line.quantity:,} {line.unit} {line.item_name}" if line.item else "",
        )
        for line in found.lines
    ]
    print(table(heads, rows, right=(3, 4, 5)))


def export(
    to: Annotated[Form, typer.Option(help=_("What to write."))],
    out: Annotated[Path, typer.Option(metavar="FILE", help=_("Where to write it."))],
    as_: As,
    fund: Fund = "",
    period: SpanOption = "",
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("Accounts of the accounting software, for vouchers.")),
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.doors.cli.report.whole_files import whole_file

        code = _fund(actor, fund)
        with whole_file(out) as draft:
            if to is Form.BEANCOUNT:
                from gonghui.verbs.treasury.exports.beancount import write_beancount

                with draft.open("w", encoding="utf-8") as text:
                    count = write_beancount(actor, code, text)
            else:
                from gonghui.verbs.treasury.exports.mapping import SHIPPED, read_mapping
                from gonghui.verbs.treasury.exports.vouchers import write_vouchers

                known = _period(actor, code, period)
                count = write_vouchers(actor, known.id, read_mapping(mapping or SHIPPED), draft)
    print(_("{count} journals: {file}").format(count=f"{count:,}", file=out))


def close_period(
    period: SpanOption,
    as_: As,
    fund: Fund = "",
    propose: Annotated[
        bool, typer.Option("--propose", help=_("Propose anew, on the figures of now."))
    ] = False,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.treasury.queries.periods import closings
        from gonghui.verbs.treasury.services import periods

        known = _period(actor, _fund(actor, fund), period)
        span = _days(known.starts_on, known.ends_before)
        if known.closed_at:
            raise Refusal(
                N_("{span} is closed."),
                N_("What comes late is posted in an open period."),
                span=span,
            )
        proposed = closings(actor, known.id)
        if proposed and not propose:
            waiting = proposed[-1]
            periods.confirm_closing(actor, waiting.id)
            _print_closing(closings(actor, known.id)[-1])
            print(_("{span} is closed.").format(span=span))
            return
        periods.propose_closing(actor, known.id)
        _print_closing(closings(actor, known.id)[-1])
    print(_("Proposed. Another person now compares and runs the same command."))


def _print_closing(closing: KeptClosing) -> None:
    rows = [
        (_("journals"), f"{closing.journals:,}"),
        (_("lines"), f"{closing.lines:,}"),
        (_("turnover"), format_yuan(closing.turnover_fen)),
        ("SHA-256", closing.sha256),
    ]
    for head, value in rows:
        print(f"{head}: {value}")


def _print_money(lines: list[TrialLine], by_union: bool) -> None:
    heads = [_("account"), _("account name"), _("opening"), _("debit"), _("credit"), _("closing")]
    rows = [
        [
            line.code,
            line.name,
            format_yuan(line.opening_fen),
            format_yuan(line.debit_fen),
            format_yuan(line.credit_fen),
            format_yuan(line.closing_fen),
        ]
        for line in lines
    ]
    sums = [
        sum(getattr(line, column) for line in lines)
        for column in ("opening_fen", "debit_fen", "credit_fen", "closing_fen")
    ]
    rows.append(["", _("total"), *map(format_yuan, sums)])
    _print_rows(heads, rows, [line.union for line in lines] if by_union else None)


def _print_goods(lines: list[TrialLine], by_union: bool) -> None:
    heads = [_("account"), _("item"), _("opening"), _("in"), _("out"), _("closing")]
    rows = [
        [
            line.code,
            line.item,
            f"{line.opening_quantity:,}",
            f"{line.quantity_in:,}",
            f"{line.quantity_out:,}",
            f"{line.closing_quantity:,}",
        ]
        for line in lines
    ]
    _print_rows(heads, rows, [line.union for line in lines] if by_union else None)


def _print_rows(heads: list[str], rows: list[list[str]], unions: list[str] | None) -> None:
    """The union, where asked for, is the third column; a total has none."""
    first = 2
    if unions is not None:
        heads.insert(2, _("union"))
        for row, union in zip(rows, [*unions, ""], strict=False):
            row.insert(2, union)
        first = 3
    print(table(heads, rows, right=range(first, first + 4)))


def _fund(actor: Actor, code: str) -> str:
    """The fund named, or the only one."""
    from gonghui.verbs.treasury.queries.funds import funds

    if code:
        return code
    known = funds(actor)
    if len(known) != 1:
        raise Refusal(
            N_("There are {count} funds here."),
            N_("Name one with --fund: {codes}."),
            count=len(known),
            codes=", ".join(fund.code for fund in known),
        )
    return known[0].code


def _period(actor: Actor, fund: str, said: str) -> KnownPeriod:
    """The period meant; without a word, the oldest that is open."""
    from gonghui.verbs.treasury.queries.periods import periods

    known = periods(actor, fund)
    if said:
        starts_on, ends_before = _span_of(said)
        one_day = ends_before - starts_on == timedelta(days=1)
        for one in known:
            whole = (one.starts_on, one.ends_before) == (starts_on, ends_before)
            if whole or (one_day and one.starts_on <= starts_on < one.ends_before):
                return one
    else:
        for one in known:
            if not one.closed_at:
                return one
    raise Refusal(
        N_("The fund {fund} has no such period."),
        N_("It has: {periods}."),
        fund=fund,
        periods="; ".join(_days(one.starts_on, one.ends_before) for one in known) or "–",
    )


def _span_of(said: str) -> tuple[date, date]:
    """``2022``, ``2022-03`` or ``2022-03-15`` as a half-open span."""
    match = _SPAN.fullmatch(said.strip())
    try:
        if match:
            year, month, day = (int(part) if part else None for part in match.groups())
            assert year is not None
            if month is None:
                return date(year, 1, 1), date(year + 1, 1, 1)
            if day is None:
                after = date(year + month // 12, month % 12 + 1, 1)
                return date(year, month, 1), after
            return date(year, month, day), date(year, month, day) + timedelta(days=1)
    except (ValueError, OverflowError):
        pass  # 2022-13: well written, but no such month; refused below like the rest
    raise Refusal(N_("“{text}” is no month, year or day."), N_("Write it like 2022-03."), text=said)


def _days(starts_on: date, ends_before: date) -> str:
    """A span with its last day, as people say it."""
    return f"{starts_on} – {ends_before - timedelta(days=1)}"
