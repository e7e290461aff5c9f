"""`gonghui feed …`: settlement feeds into the house, and what was left over of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.contribution import Because, On, Scheme
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.programmes.mutualaid.services.feeds import Applied

Row = Annotated[int, typer.Argument(metavar="ROW", help=N_("The row's number in the list."))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Take feeds of settlements, and work through what is left over."),
        no_args_is_help=True,
    )
    group.command("ingest", help=_("Keep a feed as it came, then apply it."))(ingest)
    group.command("list", help=_("The feeds, and the rows that are left over."))(list_)
    group.command("retry", help=_("Try the rows that are left over again."))(retry)
    group.command("match", help=_("Say whose a row is."))(match)
    group.command("drop", help=_("Say that a row will never be a settlement."))(drop)
    app.add_typer(group, name="feed")


def ingest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The feed, csv or xlsx."))],
    as_: As,
    mapping: Annotated[str, typer.Option(help=_("How to read it."))] = "national",
    on: On = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.feeds import apply_feed, take_feed

        came = business_day("--on", on)
        with actor.transaction():
            known = only_scheme(scheme)
        content = file.read_bytes()
        feed = take_feed(actor, content, file.name, scheme=known, mapping=mapping, on=came)
        applied = apply_feed(actor, feed, on=came, mapping=mapping)
    _told(applied)


def list_(as_: As, scheme: Scheme = "", secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.queries.feeds import feeds_of, rows_left
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme

        pk = only_scheme(scheme).pk
        feeds = [
            (f"{one.id}", one.name, f"{one.received_on}", one.state, f"{one.rows_in:,}",
             f"{one.accepted:,}", f"{one.rejected:,}", f"{one.waiting:,}")
            for one in feeds_of(pk)
        ]  # fmt: skip
        left = [
            (f"{one.id}", one.feed, f"{one.row_number}", one.code, one.finding, one.settlement_id)
            for one in rows_left(pk)
        ]
    numbers = (4, 5, 6, 7)
    heads = (_("feed"), _("file"), _("day"), _("state"), _("rows"), _("accepted"), _("rejected"),
             _("waiting"))  # fmt: skip
    print(table(heads, feeds, right=numbers))
    if left:
        titles = (_("row"), _("file"), _("line"), _("kind"), _("what is wrong"), _("settlement"))
        print(table(titles, left))


def retry(
    as_: As,
    feed: Annotated[int, typer.Option(help=_("Only the rows of this feed."))] = 0,
    mapping: Annotated[str, typer.Option(help=_("Read its rejected rows in another way."))] = "",
    on: On = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.feeds import retry_rows

        with actor.transaction():
            known = only_scheme(scheme)
        day = business_day("--on", on)
        applied = retry_rows(
            actor, known, on=day, feedfile_id=feed or None, mapping=mapping or None
        )
    _told(applied)


def match(
    row: Row,
    as_: As,
    because: Because,
    person: Annotated[int, typer.Option(metavar="ID", help=_("The person's id."))],
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.feeds import match_row

        applied = match_row(actor, row, person, because=because, on=business_day("--on", on))
    _told(applied)


def drop(row: Row, as_: As, because: Because, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.feeds import drop_row

        drop_row(actor, row, because=because)
    print(_("Row {row} is asked about no more.").format(row=row))


def _told(applied: Applied) -> None:
    rows = [
        (_("rows"), f"{applied.rows_in:,}"),
        (_("new settlements"), f"{applied.settlements:,}"),
        (_("reversals"), f"{applied.reversals:,}"),
        (_("known before"), f"{applied.repeated:,}"),
        (_("rejected"), f"{applied.rejected:,}"),
        (_("waiting"), f"{applied.waiting:,}"),
    ]
    print(table(("", ""), rows, right=(1,)))
