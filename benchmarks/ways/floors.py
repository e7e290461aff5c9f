"""The floor: the columns that the fold reads, scanned and summed, and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.books import program_of
from benchmarks.children import Answer, Way
from benchmarks.data import Data
from gonghui.core.adjudication.store import Store


def columns_read(store: Store, scheme: str) -> list[str]:
    """What a fold of this scheme must have from the files; what is constant is not in them."""
    constants = store.constants
    return ["person", *(name for name in program_of(scheme).fields if name not in constants)]


def partitions(data: Data, scheme: str) -> Way:
    store = Store.open(data.store)
    files = [store.path / file.path for part in store.manifest.parts for file in part]
    return _scan(files, columns_read(store, scheme))


def arrivals(data: Data, scheme: str) -> Way:
    return _scan([data.arrivals], columns_read(Store.open(data.store), scheme))


def _scan(files: list[Path], columns: list[str]) -> Way:
    # Polars sums 32 bits in 32 bits and wraps silently.
    sums = [pl.col(name).cast(pl.Int64).sum() for name in columns]

    def run() -> Answer:
        scanned = pl.scan_parquet(files, hive_partitioning=False, glob=False)
        found = scanned.select(sums).collect(engine="streaming")
        return Answer(note=f"{len(columns)} columns, checksum {sum(found.row(0)):x}")

    return Way(run)
