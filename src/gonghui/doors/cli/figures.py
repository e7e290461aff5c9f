"""`gonghui figures`: what a federation publishes, each figure with the lines behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.models import Scheme as SchemeRow
    from gonghui.programmes.mutualaid.queries.figures import By as PartBy
    from gonghui.programmes.mutualaid.queries.figures import Opened, Published

PORTION = 1000


class Basis(StrEnum):
    """What counts as spent, and on which day."""

    PAID = "paid"
    DECIDED = "decided"


class By(StrEnum):
    """What a figure can be parted by."""

    UNIT = "unit"
    MONTH = "month"
    LEVEL = "level"


def register(app: typer.Typer) -> None:
    app.command(
        "figures", help=_("The published figures: people, payouts, yuan, and the lines behind.")
    )(figures)


def figures(
    as_: As,
    since: Annotated[
        str, typer.Option("--from", metavar="DAY", help=_("First day (default: the period's)."))
    ] = "",
    to: Annotated[str, typer.Option(metavar="DAY", help=_("Last day (default: today)."))] = "",
    basis: Annotated[
        Basis, typer.Option(help=_("By the day of payment, or of the decision."))
    ] = Basis.PAID,
    by: Annotated[By | None, typer.Option(help=_("In parts."))] = None,
    received_from: Annotated[
        str,
        typer.Option(
            metavar="DAY",
            help=_("Contributions count from this day (default: 1 January of the first year)."),
        ),
    ] = "",
    lines: Annotated[bool, typer.Option("--lines", help=_("Open the lines behind."))] = False,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("A new workbook with all of it."))
    ] = None,
    scheme: Annotated[
        str, typer.Option(metavar="CODE", help=_("The scheme; may be left out if there is one."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    if xlsx is not None and xlsx.exists():
        raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=xlsx)
    last = business_day("--to", to)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.figures import figure, published
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme

        with actor.transaction():
            found = only_scheme(scheme)
        first = business_day("--from", since) if since else _period_from(actor, found, last)
        until = last + timedelta(days=1)
        if first >= until:
            raise Refusal(
                N_("The first day is after the last."), N_("Turn them round."), field="--from"
            )
        came = business_day("--received-from", received_from) if received_from else date(
            first.year, 1, 1
        )  # fmt: skip
        said = published(actor, found, basis.value, since=first, until=until, received_since=came)
        title = _title(found, basis, first, last)
        print(title)
        print(table((_("Figures"), _("value")), _rows(said, came), right=(1,)))
        if by is By.MONTH:
            _print_months(actor, found, basis, first, until, came)
        elif by is not None:
            parts = figure(actor, found, basis.value, since=first, until=until, by=_part(by))
            rows = [
                (one.part or _("not stated"), f"{one.people:,}", f"{one.payouts:,}",
                 format_yuan(one.fen), format_yuan(one.mean_fen))
                for one in parts
            ]  # fmt: skip
            print()
            heads = (_("part"), _("people"), _("payouts"), _("yuan"), _("mean a person, yuan"))
            print(table(heads, rows, right=(1, 2, 3, 4)))
        if lines:
            _print_lines(actor, found, basis, first, until)
        if xlsx is not None:
            _write(xlsx, title, said, actor, found, basis, first, until, came)


def _write(
    target: Path,
    title: str,
    said: Published,
    actor: Actor,
    scheme: SchemeRow,
    basis: Basis,
    first: date,
    until: date,
    came: date,
) -> None:
    from gonghui.programmes.mutualaid.papers.figures import PARTS, figures_workbook
    from gonghui.programmes.mutualaid.queries.figures import figure, months

    span = {"since": first, "until": until}
    content = figures_workbook(
        title,
        said,
        months(actor, scheme, basis.value, received_since=came, **span),
        {name: figure(actor, scheme, basis.value, by=_part(By(name)), **span) for name in PARTS},
        _all_lines(actor, scheme, basis, first, until),
        _,
    )
    target.write_bytes(content)
    print(_("Workbook: {file}").format(file=target))


def _period_from(actor: Actor, scheme: SchemeRow, on: date) -> date:
    """The first day of the 互助保障期 in which the day lies."""
    from gonghui.programmes.mutualaid.queries.editions import edition_on
    from gonghui.programmes.mutualaid.terms import terms_on

    with actor.transaction():
        return terms_on(edition_on(scheme.code, on), on).period_from


def _part(by: By) -> PartBy:
    """As the query names it."""
    return by.value


def _title(scheme: SchemeRow, basis: Basis, first: date, last: date) -> str:
    said = {
        Basis.PAID: _("{scheme}, {first} to {last}, by the day of payment"),
        Basis.DECIDED: _("{scheme}, {first} to {last}, by the day of the decision"),
    }[basis]
    return said.format(scheme=scheme.name, first=first, last=last)


def _rows(said: Published, came: date) -> list[tuple[str, str]]:
    return [
        (_("people paid"), f"{said.people:,}"),
        (_("payouts"), f"{said.payouts:,}"),
        (_("benefits paid out, yuan"), format_yuan(said.fen)),
        (_("mean a person, yuan"), format_yuan(said.mean_fen)),
        (
            _("contributions received since {day}, yuan").format(day=came),
            format_yuan(said.received_fen),
        ),
        (_("benefits of contributions, %"), _percent(said.ratio)),
    ]


def _percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _print_months(
    actor: Actor, scheme: SchemeRow, basis: Basis, first: date, until: date, came: date
) -> None:
    from gonghui.programmes.mutualaid.queries.figures import months

    rows = [
        (one.month, f"{one.people:,}", f"{one.payouts:,}", format_yuan(one.fen),
         format_yuan(one.so_far_fen), format_yuan(one.received_fen), _percent(one.ratio),
         format_yuan(one.before_fen) if one.before_fen else "–")
        for one in months(
            actor, scheme, basis.value, since=first, until=until, received_since=came
        )
    ]  # fmt: skip
    heads = (
        *(_("month"), _("people"), _("payouts"), _("yuan"), _("so far, yuan")),
        *(_("contributions so far, yuan"), _("benefits of contributions, %")),
        _("the year before, so far, yuan"),
    )
    print()
    print(table(heads, rows, right=range(1, len(heads))))


def _all_lines(
    actor: Actor, scheme: SchemeRow, basis: Basis, first: date, until: date
) -> Iterator[Opened]:
    from gonghui.programmes.mutualaid.queries.figures import opened_lines

    after = None
    while True:
        found = opened_lines(
            actor, scheme, basis.value, since=first, until=until, after=after, limit=PORTION
        )
        yield from found
        if len(found) < PORTION:
            return
        after = found[-1]


def _print_lines(actor: Actor, scheme: SchemeRow, basis: Basis, first: date, until: date) -> None:
    from gonghui.programmes.mutualaid.notice_names import masked_name
    from gonghui.programmes.mutualaid.papers.figures import KINDS

    rows = [
        (f"{one.day}", masked_name(one.name), one.union, format_yuan(one.fen),
         "" if one.journal_id is None else f"{one.journal_id}", _(KINDS[one.kind]))
        for one in _all_lines(actor, scheme, basis, first, until)
    ]  # fmt: skip
    print()
    heads = (_("Day"), _("Worker"), _("Union"), _("yuan"), _("Journal"), _("Kind"))
    print(table(heads, rows, right=(3, 4)))
    print(_("A journal with its lines: gonghui ledger journal NUMBER --as PERSON"))
