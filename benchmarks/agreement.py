"""Whether every way decides alike: every row of a common set, to the fen and the reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.books import fold_of, program_of
from benchmarks.children import Answer, Way
from benchmarks.data import fresh, prepared
from benchmarks.ways.arrivals import ArrivalFile, Decided, Everybody, fold_again, fold_arrivals
from benchmarks.ways.increments import advance
from benchmarks.ways.partitions import write_results
from benchmarks.ways.plain import Row, replay_rows, step_rows
from benchmarks.ways.windows import Inexpressible, query
from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.store import Columns, Store

COMMON = 100_000
"""Settlements of the common set: as many as plain Python decides in a second or two."""
_SCHEMA = {
    "settlement": pl.Int64,
    "kind": pl.Int8,
    "amount_fen": pl.Int64,
    "reason": pl.Int32,
}
REFERENCE = "replay"


def rows_of_every_way(
    store: Store, arrivals: Path, people: int, scheme: str
) -> dict[str, pl.DataFrame]:
    """What each way decides, sorted: ``settlement``, ``kind``, ``amount_fen``, ``reason``."""
    program, fold = program_of(scheme), fold_of(scheme)
    names = ("person", "settlement", *program.fields)
    parts = [store.read(part, names) for part, rows in enumerate(store.part_rows) if rows]
    file = ArrivalFile(
        arrivals, {name: v for name, v in store.constants.items() if name in program.fields}
    )
    ways = {
        REFERENCE: _of_rows(row for part in parts for row in replay_rows(program, part)),
        "step": _of_rows(row for part in parts for row in step_rows(program, part)),
        "partitions": _of_decided(Decided(part, *fold.results(part)) for part in parts),
        "written": _written(store, fold),
        "arrivals": _arrivals(file, fold, people),
        "increments": _increments(file, fold, people),
    }
    with suppress(Inexpressible):
        ways["windows"] = _windows(store, scheme)
    return {name: rows.sort("settlement", "kind") for name, rows in ways.items()}


def disagreeing(ways: dict[str, pl.DataFrame]) -> list[str]:
    """The ways whose rows are not those of the replay."""
    return [name for name, rows in ways.items() if not rows.equals(ways[REFERENCE])]


def common_set(scheme: str) -> Way:
    """A small nation, decided by every way."""

    def run() -> Answer:
        data = prepared(COMMON)
        ways = rows_of_every_way(Store.open(data.store), data.arrivals, data.people, scheme)
        wrong = disagreeing(ways)
        assert not wrong, f"{scheme}: {', '.join(wrong)} differ from the replay"
        return Answer(note=", ".join(ways))

    return Way(run)


def _of_rows(rows: Iterable[Row]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=_SCHEMA, orient="row")


def _of_decided(decided: Iterable[Decided], left_out: np.ndarray | None = None) -> pl.DataFrame:
    """``left_out``: by person; what was decided of them before does not count."""
    frames = []
    for some in decided:
        assert some.results is not None, "asked for without rows"
        at = some.results.row
        frame = pl.DataFrame(
            {
                "settlement": some.columns["settlement"][at],
                "kind": some.results.kind,
                "amount_fen": some.results.amount,
                "reason": some.results.reason,
            },
            schema=_SCHEMA,
        )
        if left_out is not None:
            frame = frame.filter(~left_out[some.columns["person"][at]])
        frames.append(frame)
    return pl.concat(frames)


def _written(store: Store, fold: ColumnFold) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as name:
        write_results(store, fold, fresh(Path(name)))
        return pl.read_parquet(f"{name}/*.parquet").cast(_SCHEMA)  # type: ignore[arg-type]


def _arrivals(file: ArrivalFile, fold: ColumnFold, people: int) -> pl.DataFrame:
    everybody = Everybody.new(fold, people)
    return _of_decided(fold_arrivals(file, fold, everybody, rows=True))


def _increments(file: ArrivalFile, fold: ColumnFold, people: int) -> pl.DataFrame:
    """Batch after batch on one state; whoever is marked on the way is folded again at the end."""
    everybody = Everybody.new(fold, people)
    names = tuple(dict.fromkeys(("person", "settlement", "reversed_on", *fold.columns)))
    batches: list[Columns] = []
    for columns in file.batches(names):
        half = len(columns["person"]) // 2
        batches.append({name: column[:half] for name, column in columns.items()})
        batches.append({name: column[half:] for name, column in columns.items()})
    decided = []
    for columns in batches:
        _, results, totals = advance(fold, columns, everybody)
        decided.append(Decided(columns, results, totals))
    straight = _of_decided(decided, left_out=everybody.marked)
    theirs = [
        {name: column[everybody.marked[columns["person"]]] for name, column in columns.items()}
        for columns in batches
    ]
    return pl.concat([straight, _of_decided([fold_again(theirs, fold, rows=True)])])


def _windows(store: Store, scheme: str) -> pl.DataFrame:
    (edition,) = program_of(scheme).editions
    files = [store.path / file.path for part in store.manifest.parts for file in part]
    asked = query(edition, files, store.constants)
    with duckdb.connect(config={"threads": 1}) as connection:
        found = connection.execute(asked).fetchnumpy()
    return pl.DataFrame({name: found[name] for name in _SCHEMA}).cast(_SCHEMA)  # type: ignore[arg-type]
