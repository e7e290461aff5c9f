"""New settlements on the remembered state of everybody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from benchmarks.books import fold_of
from benchmarks.children import Answer, Way
from benchmarks.data import Data
from benchmarks.ways.arrivals import ArrivalFile, Everybody
from gonghui.core.adjudication.columns import ColumnFold, Results, Totals
from gonghui.core.adjudication.store import Columns, Store

NEW = 1_000_000
PEOPLE = 10_000_000


def people(data: Data) -> int:
    """How many people have a state."""
    return max(PEOPLE, data.people)


def in_memory(data: Data, scheme: str) -> Way:
    return _increment(data, scheme, on_disk=False)


def on_disk(data: Data, scheme: str) -> Way:
    """The state is a mapped file, flushed at the end."""
    return _increment(data, scheme, on_disk=True)


def advance(
    fold: ColumnFold, columns: Columns, everybody: Everybody
) -> tuple[int, Results | None, Totals]:
    """Persons newly marked; the result rows and sums of those who are not."""
    found = fold.mark_late(columns, everybody.last, everybody.marked)
    return found, *fold.arrival(columns, everybody.state, everybody.marked, rows=True)


def _increment(data: Data, scheme: str, *, on_disk: bool) -> Way:
    """The last NEW arrivals, on the state that those before them left.

    Numbers of people are spread over PEOPLE, as if the others had had no settlement yet.
    """
    fold = fold_of(scheme)
    everybody = Everybody.new(fold, people(data))
    if on_disk:
        data.results.mkdir(exist_ok=True)
        state = np.memmap(data.results / "state", np.int64, "w+", shape=everybody.state.shape)
        state[:] = everybody.state
        everybody = replace(everybody, state=state)
    names = tuple(dict.fromkeys(("person", *fold.columns)))
    constants = Store.open(data.store).constants
    file = ArrivalFile(data.arrivals, {n: v for n, v in constants.items() if n in fold.columns})
    left = data.settlements - min(NEW, data.settlements)
    for columns in file.batches(names):
        earlier = {name: column[:left] for name, column in columns.items()}
        advance(fold, _spread(earlier, data.people), everybody)
        left -= len(earlier["person"])
        if not left:
            break
    stored = [name for name in names if name not in constants]
    frame = pl.scan_parquet(data.arrivals).select(stored).tail(NEW).collect().rechunk()
    new = file.complete({name: frame[name].to_numpy() for name in stored}, names)
    new = _spread(new, data.people)
    who = np.unique(new["person"])
    size = fold.program.layout.size
    places = (who.astype(np.int64)[:, None] * size + np.arange(size)).ravel()
    before = everybody.state[places], everybody.last[who], everybody.marked[who]

    def reset() -> None:
        everybody.state[places], everybody.last[who], everybody.marked[who] = before

    def run() -> Answer:
        found, _, totals = advance(fold, new, everybody)
        if isinstance(everybody.state, np.memmap):
            everybody.state.flush()
        share = f"{found / who.size:.1%} of their {who.size:,} people to fold again"
        return Answer(note=f"{share}, {totals.amount_fen} fen to the others")

    return Way(run, reset)


def _spread(columns: Columns, people: int) -> Columns:
    if people >= PEOPLE:
        return columns
    spread = columns["person"].astype(np.int64) * PEOPLE // people
    return {**columns, "person": spread.astype(np.int32)}
