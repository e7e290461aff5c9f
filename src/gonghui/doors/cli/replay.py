"""`gonghui replay`: what the same settlements would have cost under another edition; the report."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table
from gonghui.doors.cli.shelves import opened, shelf_option

if TYPE_CHECKING:
    from gonghui.core.rulebook.shelf import Shelf
    from gonghui.core.simulation.replay import Comparison
    from gonghui.doors.cli.report.adjudication import Adjudication
    from gonghui.doors.cli.report.bench import Bench
    from gonghui.doors.cli.report.replaying import Replay

FILES = ("report.html", "gains.parquet")


def register(app: typer.Typer) -> None:
    app.command("replay", help=_("Reckon a store under another edition: costs, and who gains."))(
        replay
    )


def replay(
    store: Annotated[Path, typer.Argument(metavar="STORE", help=_("A store made by ingest."))],
    under: Annotated[str, typer.Option(metavar="EDITION", help=_("The edition to reckon under."))],
    against: Annotated[
        str, typer.Option(metavar="EDITION", help=_("Compared with (default: what it extends)."))
    ] = "",
    until: Annotated[
        str, typer.Option(metavar="DAY", help=_("For the report: what was paid by this day."))
    ] = "",
    published: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Published figures to compare with."))
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help=_("Write the report with charts here."))
    ] = None,
    shelf: Annotated[Path | None, shelf_option()] = None,
) -> None:
    replay_store(
        store,
        under=under,
        against=against,
        until=until,
        published=published,
        out=out,
        shelf=shelf,
    )


def replay_store(
    path: Path,
    *,
    under: str,
    against: str = "",
    until: str = "",
    published: Path | None = None,
    out: Path | None = None,
    shelf: Path | None = None,
) -> Replay:
    """Reckon twice under both editions, print, and write ``FILES`` where a folder is named."""
    from gonghui.core.adjudication.store import Store
    from gonghui.core.errors import N_, Refusal
    from gonghui.doors.cli.options import day_of_option
    from gonghui.doors.cli.report import replaying
    from gonghui.doors.cli.report.adjudication import adjudicate
    from gonghui.doors.cli.report.bench import Bench
    from gonghui.doors.cli.report.published import read_published

    day = day_of_option("--until", until)
    figures = read_published(published) if published else {}
    store = Store.open(path)
    books, (under, *others) = opened([under, against] if against else [under], shelf)
    before_id = others[0] if others else books.edition(under).extends
    if not before_id:
        raise Refusal(
            N_("{under} extends no edition to compare it with."),
            N_("Name one with --against."),
            under=under,
        )
    made = replaying.replay(
        store, Bench.of_edition(before_id, books), Bench.of_edition(under, books)
    )
    after = adjudicate(store, Bench.of_edition(under, books))
    in_force = _in_force(books, books.edition(before_id).scheme, (under, before_id))
    now = adjudicate(store, in_force, until=day)
    if out:
        _write(made, now, after, figures, out)
    _print(made, now)
    _print_assumptions(after)
    if out:
        print()
        for name in FILES:
            print(out / name)
    return made


def _in_force(books: Shelf, scheme: str, drafts: tuple[str, ...]) -> Bench:
    """The editions of a scheme; a draft for days on which another is in force is not among them."""
    from gonghui.core.errors import Refusal
    from gonghui.doors.cli.report.bench import Bench

    try:
        return Bench.of_scheme(scheme, books)
    except Refusal:
        for draft in drafts:
            with suppress(Refusal):
                return Bench.of_scheme(scheme, books.without(draft))
        raise


def _print(made: Replay, now: Adjudication) -> None:
    from gonghui.doors.cli.report import replaying
    from gonghui.doors.cli.report.replaying import gain_steps, gains_by_unit
    from gonghui.doors.cli.report.words import said

    if now.synthetic:
        print(said("synthetic"))
    print(said("replay_head", after=made.after.id, before=made.before.id))
    print()
    heads = ["", said("before"), said("after"), said("change")]
    rows: list[tuple[str, ...]] = list(replaying.sums(made))
    for label, comparison in made.sides:
        rows.append((f"{label}{said('colon').rstrip()}", "", "", ""))
        rows += [(f"  {name}", *cells) for name, *cells in replaying.sums_of(made, comparison)]
    print(table(heads, rows, right=(1, 2, 3)))
    print()
    for line in sentences(made, now):
        print(line)
    for label, comparison in made.sides:
        print(f"\n{label}")
        gains = [
            (line.label, f"{line.people:,}", _yuan(line.gain_fen))
            for line in gain_steps(comparison)
        ]
        print(table([said("gain"), said("people"), said("gain_sum")], gains, right=(0, 1, 2)))
    units = gains_by_unit(made, made.filed)
    print(f"\n{said('if_filed')}{said('colon')}{said('gains_by_unit', count=len(units))}")
    lines = [(line.label, f"{line.people:,}", _yuan(line.gain_fen)) for line in units]
    print(table([said("unit"), said("people"), said("gain_sum")], lines, right=(1, 2)))
    print(f"\n{said('if_filed')}{said('colon')}{said('benefit_by_level')}")
    levels = replaying.by_level(made.filed)
    print(table([said("level"), *heads[1:]], levels, right=(1, 2, 3)))


def _yuan(fen: int) -> str:
    from gonghui.core.money import format_yuan

    return format_yuan(fen)


def sentences(made: Replay, now: Adjudication) -> list[str]:
    """What the tables come to, each in a sentence."""
    from gonghui.doors.cli.report.words import said, times

    lines = []
    received, paid = made.contributions["after"], now.figures.total.fen
    if now.until is not None and received is not None and paid:
        lines.append(
            said(
                "replay_times",
                received=_yuan(received),
                span=now.figures.span,
                paid=_yuan(paid),
                times=times(received, paid),
            )
        )
    for label, comparison in made.sides:
        lines.append(who_gains(label, comparison))
    for label, comparison in made.sides:
        extra = comparison.sum("after_uses") - comparison.sum("before_uses")
        lines.append(said("extra_uses", side=label, count=f"{extra:,}"))
    return lines + gate_lines(made)


def who_gains(label: str, comparison: Comparison) -> str:
    from gonghui.doors.cli.report.replaying import largest_gain_fen, median_gain_fen
    from gonghui.doors.cli.report.words import said

    gains, losses = comparison.gains, comparison.losses
    losers = said("losers_none")
    if losses.height:
        loss = -int(losses["gain_fen"].sum())
        losers = said("losers", people=f"{losses.height:,}", loss=_yuan(loss))
    return said(
        "who_gains",
        side=label,
        people=f"{gains.height:,}",
        gain=_yuan(int(gains["gain_fen"].sum())),
        median=_yuan(median_gain_fen(comparison)),
        largest=_yuan(largest_gain_fen(comparison)),
        losers=losers,
    )


def gate_lines(made: Replay) -> list[str]:
    """Who could apply for discretionary relief."""
    from gonghui.doors.cli.report.words import said

    return [
        said(
            "gated",
            gate=gate.label,
            relation=said(f"relation_{gate.relation}"),
            line=_yuan(gate.line.plain),
            people=f"{made.filed.gated:,}",
            body=gate.decided_by,
        )
        for gate in made.after.gates
    ]


def _print_assumptions(after: Adjudication) -> None:
    from gonghui.doors.cli.adjudicate import print_assumptions
    from gonghui.doors.cli.report.words import said

    print_assumptions(after)
    print(f"  {said('behaviour_assumed')}")


def _write(
    made: Replay, now: Adjudication, after: Adjudication, figures: dict[str, int], out: Path
) -> None:
    import json

    from gonghui.doors.cli.report.page import render
    from gonghui.doors.cli.report.progress import underway
    from gonghui.doors.cli.report.whole_files import whole_files

    with (
        underway(_("Drawing the report")),
        whole_files(*(out / name for name in FILES)) as (page, gains),
    ):
        page.write_text(render(made, now, after, figures), encoding="utf-8")
        head = json.dumps(after.head(), ensure_ascii=False)
        made.filed.gains.write_parquet(gains, metadata={"gonghui": head})
