"""The fold over a store of sorted partitions: sums, decisions on disk, every step of a few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.books import fold_of, program_of
from benchmarks.children import Answer, Way
from benchmarks.data import Data, fresh
from gonghui.core.adjudication.columns import ColumnFold, Totals
from gonghui.core.adjudication.deciding import read_facts, stream, total
from gonghui.core.adjudication.history import HistoryFold, Settlement
from gonghui.core.adjudication.store import Columns, Store
from gonghui.core.rulebook.compiler.program import Program

RESULTS = ("settlement", "kind", "amount_fen", "reason")
CHOSEN = 1_000


def sums(data: Data, scheme: str) -> Way:
    store, fold = Store.open(data.store), fold_of(scheme)
    return Way(lambda: Answer(total(store, fold)))


def written(data: Data, scheme: str) -> Way:
    store, fold = Store.open(data.store), fold_of(scheme)
    folder = data.results / "written"

    def run() -> Answer:
        totals = write_results(store, fold, folder)
        return Answer(totals, f"{totals.rows:,} rows")

    return Way(run, reset=lambda: _empty(folder))


def explained(data: Data, scheme: str) -> Way:
    """Some people's histories out of all, with every step of every decision in the answer."""
    store, program = Store.open(data.store), program_of(scheme)
    people = min(data.people, CHOSEN)
    persons = np.linspace(0, data.people - 1, people).astype(np.int32)

    def run() -> Answer:
        steps = explain(store, program, persons)
        return Answer(note=f"{people:,} people, {steps:,} steps")

    return Way(run)


def write_results(store: Store, fold: ColumnFold, folder: Path) -> Totals:
    """Every result row of the store, a Parquet file a partition."""

    def work(part: int) -> Totals:
        columns = read_facts(store, part, fold, keep=("settlement",))
        results, totals = fold.results(columns)
        table = pl.DataFrame(
            {
                "settlement": columns["settlement"][results.row],
                "kind": results.kind,
                "amount_fen": results.amount.astype(np.int32),
                "reason": results.reason.astype(np.int16),
            }
        )
        table.write_parquet(folder / f"{part:04d}.parquet", compression="lz4", statistics=False)
        return totals

    return sum((totals for _, totals in stream(store, work)), start=Totals(0, 0, {}))


def explain(store: Store, program: Program, persons: np.ndarray) -> int:
    """Decide these people in plain Python, step by step; the number of steps told."""
    fold = HistoryFold(program)
    told = 0
    for history in histories(store, program, persons):
        told += sum(len(decision.steps) for decision in fold.fold(history))
    return told


def histories(store: Store, program: Program, persons: np.ndarray) -> list[list[Settlement]]:
    """The settlements of these people, person by person."""
    wanted = ("person", "settlement", *program.fields)
    return in_histories(store.read_persons(persons, wanted), program)


def in_histories(columns: Columns, program: Program) -> list[list[Settlement]]:
    """Columns sorted by person as settlements, person by person."""
    facts = zip(*(columns[name].tolist() for name in program.fields), strict=True)
    keys = zip(columns["person"].tolist(), columns["settlement"].tolist(), strict=True)
    found: dict[int, list[Settlement]] = {}
    for (person, number), values in zip(keys, facts, strict=True):
        settlement = Settlement(number, dict(zip(program.fields, values, strict=True)))
        found.setdefault(person, []).append(settlement)
    return list(found.values())


def _empty(folder: Path) -> None:
    fresh(folder)
