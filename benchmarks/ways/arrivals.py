"""The fold over one file in the order of arrival, on the state of everybody, without preparation.

A first look at the file marks whoever has an event that is not later than her last one, or a
reversal. The second look folds everybody else as she comes and keeps the rows of the marked, whose
histories are sorted and folded by themselves at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.books import fold_of
from benchmarks.children import Answer, Way
from benchmarks.data import Data
from gonghui.core.adjudication.bounds import check_bounds
from gonghui.core.adjudication.columns import ColumnFold, Results, Totals
from gonghui.core.adjudication.deciding import order_of
from gonghui.core.adjudication.store import Columns, Store
from gonghui.core.rulebook.fields import FIELDS, NONE

_ROWS_AT_ONCE = 1 << 18
NO_TOTALS = Totals(0, 0, {})


@dataclass(frozen=True, slots=True)
class Everybody:
    """What is remembered of each person: her state, her last day, whether she is marked."""

    state: NDArray[np.int64]
    last: NDArray[np.int32]
    marked: NDArray[np.bool_]

    @classmethod
    def new(cls, fold: ColumnFold, people: int) -> Everybody:
        (since, *_) = fold.program.starts
        return cls(
            fold.state(people, since), np.full(people, NONE, np.int32), np.zeros(people, np.bool_)
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """Some rows that were folded together; ``results`` only if they were asked for."""

    columns: Columns
    results: Results | None
    totals: Totals


class ArrivalFile:
    """A file of settlements as they came; ``constants`` are the facts that it leaves out."""

    def __init__(self, path: Path, constants: dict[str, int]) -> None:
        self.path = path
        self._filled = {
            name: np.full(_ROWS_AT_ONCE, value, FIELDS[name].dtype)
            for name, value in constants.items()
        }

    def batches(self, names: Sequence[str]) -> Iterator[Columns]:
        """Some rows at a time, in bounds, those that follow being read meanwhile."""
        stored = [name for name in names if name not in self._filled]
        frames = pl.scan_parquet(self.path).select(stored).collect_batches(chunk_size=_ROWS_AT_ONCE)
        with ThreadPoolExecutor(1) as reader:
            coming = reader.submit(next, frames, None)
            while (frame := coming.result()) is not None:
                coming = reader.submit(next, frames, None)
                for piece in frame.iter_slices(_ROWS_AT_ONCE):
                    yield self.complete({name: piece[name].to_numpy() for name in stored}, names)

    def complete(self, columns: Columns, names: Sequence[str]) -> Columns:
        """The columns with those that the file leaves out."""
        check_bounds(columns)
        rows = len(columns["person"])
        if rows <= _ROWS_AT_ONCE:
            filled = {name: column[:rows] for name, column in self._filled.items()}
        else:
            filled = {name: np.full(rows, column[0]) for name, column in self._filled.items()}
        return columns | {name: filled[name] for name in names if name in filled}


def fold_arrivals(
    file: ArrivalFile, fold: ColumnFold, everybody: Everybody, *, rows: bool = False
) -> Iterator[Decided]:
    """The whole file, batch by batch; at last the marked persons, all their history at once."""
    day = fold.program.answers.deciding_date
    for columns in file.batches(("person", day, "reversed_on")):
        fold.mark_late(columns, everybody.last, everybody.marked)
    names = tuple(dict.fromkeys(("person", *fold.columns, *(("settlement",) if rows else ()))))
    kept = []
    for columns in file.batches(names):
        results, totals = fold.arrival(columns, everybody.state, everybody.marked, rows=rows)
        yield Decided(columns, results, totals)
        theirs = everybody.marked[columns["person"]]
        kept.append({name: column[theirs] for name, column in columns.items()})
    yield fold_again(kept, fold, rows=rows)


def fold_again(kept: Sequence[Columns], fold: ColumnFold, *, rows: bool) -> Decided:
    """Whole histories, in whatever order they came: sorted, then folded.

    Without settlement numbers two events of one day would be in doubt; the nation has none.
    """
    frame = order_of(fold).sort(pl.concat(map(pl.DataFrame, kept))).rechunk()
    columns = {name: frame[name].to_numpy() for name in frame.columns}
    if rows:
        return Decided(columns, *fold.results(columns))
    return Decided(columns, None, fold.totals(columns))


def sums(data: Data, scheme: str) -> Way:
    fold = fold_of(scheme)
    constants = Store.open(data.store).constants
    file = ArrivalFile(data.arrivals, {n: v for n, v in constants.items() if n in fold.columns})

    def run() -> Answer:
        everybody = Everybody.new(fold, data.people)
        decided = fold_arrivals(file, fold, everybody)
        totals = sum((some.totals for some in decided), start=NO_TOTALS)
        return Answer(totals, f"{everybody.marked.mean():.1%} of the people folded again")

    return Way(run)
