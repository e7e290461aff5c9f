"""`gonghui adjudicate`: every settlement of a store decided, with reasons, sums and a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table
from gonghui.doors.cli.shelves import opened, opened_one, shelf_option

if TYPE_CHECKING:
    from gonghui.doors.cli.report.adjudication import Adjudication
    from gonghui.doors.cli.report.figures import Line

FILES = ("decisions.parquet", "decisions.xlsx")


def register(app: typer.Typer) -> None:
    app.command("adjudicate", help=_("Decide every settlement of a store; write the decisions."))(
        adjudicate
    )


def adjudicate(
    store: Annotated[Path, typer.Argument(metavar="STORE", help=_("A store made by ingest."))],
    scheme: Annotated[str, typer.Option(help=_("The scheme whose editions decide."))],
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("The folder of the results."))],
    edition: Annotated[
        str, typer.Option(metavar="ID", help=_("Decide all under this edition, whatever the day."))
    ] = "",
    until: Annotated[
        str, typer.Option(metavar="DAY", help=_("Sum only what was paid by this day."))
    ] = "",
    if_all_filed: Annotated[
        bool, typer.Option("--if-all-filed", help=_("As if everything payable had been filed."))
    ] = False,
    published: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Published figures to compare with."))
    ] = None,
    shelf: Annotated[Path | None, shelf_option()] = None,
) -> None:
    decide_store(
        store,
        scheme=scheme,
        out=out,
        edition=edition,
        until=until,
        if_all_filed=if_all_filed,
        published=published,
        shelf=shelf,
    )


def decide_store(
    store: Path,
    *,
    scheme: str,
    out: Path,
    edition: str = "",
    until: str = "",
    if_all_filed: bool = False,
    published: Path | None = None,
    shelf: Path | None = None,
) -> Adjudication:
    """Decide, print the sums, write ``FILES`` to a folder: both, or neither."""
    from gonghui.core.adjudication.store import Store
    from gonghui.doors.cli.options import day_of_option
    from gonghui.doors.cli.report import adjudication
    from gonghui.doors.cli.report.bench import Bench
    from gonghui.doors.cli.report.published import read_published

    if until and if_all_filed:
        raise Refusal(
            N_("--until sums what was paid; with --if-all-filed nothing has been paid yet."),
            N_("Leave one of the two out."),
        )
    day = day_of_option("--until", until)
    figures = read_published(published) if published else {}
    if edition:
        books, edition = opened_one(edition, shelf)
        bench = Bench.of_edition(edition, books)
    else:
        bench = Bench.of_scheme(scheme, opened([], shelf)[0])
    done = adjudication.adjudicate(
        Store.open(store),
        bench,
        until=day,
        assume_filed=if_all_filed,
    )
    _write(done, out)  # first: whoever reads only the head of what follows gets the files, too
    print_sums(done)
    if figures:
        print_published(done, figures)
    print_assumptions(done)
    print()
    for name in FILES:
        print(out / name)
    return done


def print_sums(done: Adjudication) -> None:
    """The overview and the four tables."""
    from gonghui.core.money import format_yuan
    from gonghui.doors.cli.report.words import percent, said
    from gonghui.doors.cli.report.workbook import overview

    figures = done.figures
    if done.synthetic:
        print(said("synthetic"))
    print(f"\n{figures.span}")
    for label, value in overview(figures):
        print(f"  {label}{said('colon')}{_number(value)}")
    for line in (figures.later, figures.unfiled):
        if line.payouts:
            counts = f"{line.people:,} {said('people')}, {line.payouts:,} {said('payouts')}"
            print(f"  {line.label}{said('colon')}{counts}, {format_yuan(line.fen)} {said('yuan')}")
    shown = len(figures.units) - bool(figures.units_left_out)
    for key, first, lines in (
        ("by_month", "month", figures.months),
        ("by_level", "level", figures.levels),
        ("by_unit", "unit", figures.units),
    ):
        print(f"\n{said(key, count=shown)}")
        print(lines_table(said(first), (*lines, figures.total), figures.total))
    print(f"\n{said('by_reason')}")
    heads = [said(key) for key in ("reason", "settlements", "people", "share", "basis")]
    rows = [
        (
            one.label,
            f"{one.settlements:,}",
            f"{one.people:,}",
            percent(one.settlements, figures.settlements),
            one.basis,
        )
        for one in figures.reasons
    ]
    print(table(heads, rows, right=(1, 2, 3)))


def _number(value: object) -> str:
    match value:
        case float():
            return f"{value:,.2f}"
        case int():
            return f"{value:,}"
    return str(value)


def lines_table(first: str, lines: tuple[Line, ...], total: Line) -> str:
    """Lines of a summary as a table; people and payouts apart."""
    from gonghui.core.money import format_yuan
    from gonghui.doors.cli.report.words import percent, said

    heads = [first, said("people"), said("payouts"), said("amount_yuan"), said("share")]
    rows = [
        (
            line.label,
            f"{line.people:,}",
            f"{line.payouts:,}",
            format_yuan(line.fen),
            percent(line.fen, total.fen),
        )
        for line in lines
    ]
    return table(heads, rows, right=(1, 2, 3, 4))


def print_published(done: Adjudication, published: dict[str, int]) -> None:
    """The published figures beside ours."""
    from gonghui.doors.cli.report.published import compare
    from gonghui.doors.cli.report.words import said

    heads = [said("figure"), said("published"), said("computed"), ""]
    rows = [one.words() for one in compare(published, done.figures)]
    print()
    print(table(heads, rows, right=(1, 2)))


def print_assumptions(done: Adjudication) -> None:
    """How much of the rules is assumed, and what of it these results depend on."""
    from gonghui.doors.cli.report.words import said

    for assumptions in done.assumptions:
        print(f"\n{assumptions.head()}{said('colon').rstrip()}")
        for because, parameters in assumptions.grouped():
            print(f"  {said('assumptions_effect', count=len(parameters), because=because)}")


def _write(done: Adjudication, out: Path) -> None:
    from gonghui.doors.cli.report.decisions import readable, write_decisions
    from gonghui.doors.cli.report.people import people, settlement_ids
    from gonghui.doors.cli.report.progress import underway
    from gonghui.doors.cli.report.whole_files import whole_files
    from gonghui.doors.cli.report.words import said
    from gonghui.doors.cli.report.workbook import Content, write_workbook

    program = done.bench.program
    persons = {one.person for one in done.applied_for}
    content = Content(
        title=said("workbook_title", title=program.editions[0].title),
        head=done.head(),
        figures=done.figures,
        decisions=done.applied_for,
        counted=done.counted,
        people=people(done.store, persons),
        ids=settlement_ids(done.store),
        assumptions=done.assumptions,
    )
    with (
        underway(_("Writing the decisions")),
        whole_files(*(out / name for name in FILES)) as (parquet, workbook),
    ):
        write_decisions(readable(done.decided, done.store, program), parquet, done.head())
        write_workbook(content, workbook)
