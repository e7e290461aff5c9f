"""A whole store decided: table, sums, every step of what was applied for, what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from gonghui import __version__
from gonghui.core.adjudication.store import Store
from gonghui.core.rulebook.compiler.program import ENGINE_VERSION
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.model import Edition
from gonghui.doors.cli.report.assumptions import Assumptions
from gonghui.doors.cli.report.bench import Bench
from gonghui.doors.cli.report.decisions import decisions
from gonghui.doors.cli.report.figures import Figures, counted, summarize
from gonghui.doors.cli.report.progress import underway
from gonghui.doors.cli.report.tracing import (
    MOST_TRACED,
    TracedDecision,
    assumptions_relied_on,
    disagreements,
    traced,
)
from gonghui.doors.cli.report.words import day_words, said


@dataclass(frozen=True)
class Adjudication:
    """``applied_for``: the decisions with a day of filing, with every step, by person and day."""

    store: Store
    bench: Bench
    until: int | None
    decided: pl.DataFrame
    figures: Figures
    applied_for: Sequence[TracedDecision]
    assumptions: Sequence[Assumptions]

    @property
    def synthetic(self) -> bool:
        return is_synthetic(self.store)

    @property
    def counted(self) -> frozenset[tuple[int, str]]:
        """(settlement, kind) of the decisions that the sums count."""
        kinds = self.bench.program.kinds
        rows = self.decided.filter(counted(self.until)).select("settlement", "kind").iter_rows()
        return frozenset((settlement, kinds[kind]) for settlement, kind in rows)

    def head(self) -> list[tuple[str, str]]:
        """What every file says above its figures."""
        lines = [(said("provenance_label"), said("synthetic"))] if self.synthetic else []
        for edition, digest in self.editions():
            words = f"{edition.id}　{edition.title}　SHA-256 {digest}"
            lines.append((said("edition_label"), words))
        lines.append((said("span_label"), self.figures.span))
        lines.append((said("engine_label"), engine_words()))
        return lines

    def editions(self) -> list[tuple[Edition, str]]:
        """The editions that decided something, with their hashes."""
        program = self.bench.program
        used = self.decided["edition"].unique().sort()
        return [(program.editions[place], program.hashes[place]) for place in used if place >= 0]


def engine_words() -> str:
    """The version of the program and of its reckoning."""
    return f"gonghui {__version__}, engine {ENGINE_VERSION}"


def is_synthetic(store: Store) -> bool:
    """Whether the store says of itself that its people were made by a program."""
    provenance = store.manifest.provenance
    return "合成" in provenance or "synthetic" in provenance.casefold()


def adjudicate(
    store: Store, bench: Bench, *, until: int | None = None, assume_filed: bool = False
) -> Adjudication:
    """Decide a store; ``until``: sum only what was paid by that day."""
    with underway(said("progress_compile")):
        fold = bench.columns()
    decided = decisions(store, fold, assume_filed=assume_filed, label=said("progress_decide"))
    payable = decided if assume_filed else decisions(store, fold, assume_filed=True)
    if until is not None:
        span = said("span_until", day=day_words(until))
    else:
        span = said("span_if_all_filed" if assume_filed else "span_all")
    figures = summarize(decided, payable, store, bench.program, until=until, span=span)
    filed = decided.filter(pl.col("filed_on") != NONE)
    persons = filed["person"].unique().sort().head(MOST_TRACED)
    with underway(said("progress_trace")):
        steps = traced(store, bench, persons, assume_filed=assume_filed)
    wrong = disagreements(steps, decided, bench)
    assert not wrong, f"{wrong} decisions of the replay differ from the compiled fold's"
    return Adjudication(
        store,
        bench,
        until,
        decided,
        figures,
        [one for one in steps if one.settlement.fact("filed_on") != NONE],
        assumptions_relied_on(steps, decided, bench),
    )
