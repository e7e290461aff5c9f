"""The nation on disk: a store of sorted partitions, and one file in the order of arrival."""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gonghui.core.adjudication.store import (
    MANIFEST,
    Columns,
    File,
    Generation,
    Store,
    part_of,
)
from gonghui.core.rulebook.fields import AMOUNTS, FIELDS
from gonghui.twin.folders import replacing
from gonghui.twin.nation import COVER, LAST_ARRIVAL, STORED, YEAR_FROM, Nation, Rows
from gonghui.twin.published import SYNTHETIC

_ROWS_PER_PART = 1_250_000
_PEOPLE_AT_ONCE = 1 << 17
_WORKERS = 2
_ROWS_PER_WINDOW = 5_000_000
_GENERATION = "000001"

Counted = tuple[NDArray[np.int32], NDArray[np.int8]]
"""People and the number of settlements of each."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The file of arrivals, and how many people have an event that overtook an earlier one."""

    path: Path
    people: int
    people_out_of_order: int


def write_nation(nation: Nation, folder: Path, *, partitions: int | None = None) -> Store:
    """A store of the nation's settlements, made partition by partition; replaces ``folder``.

    Memory: five bytes a person, and a partition for each of two threads.
    """
    if partitions is None:
        partitions = max(2, min(4096, nation.settlements // _ROWS_PER_PART))
    members = _members(nation, partitions)
    with replacing(folder, MANIFEST) as made:
        order = {"deciding_date": "discharged_on", "same_day_order": "settlement_number"}
        store = Store.create(made, partitions=partitions, provenance=SYNTHETIC, **order)

        def write(part: int) -> tuple[File, dict[str, tuple[int, int]]]:
            frame = pl.DataFrame(_rows_of(nation, members[part]))
            members[part] = []
            path = f"events/part={part:02d}/{_GENERATION}.parquet"
            ranges = {
                name: (_number(frame[name].min()), _number(frame[name].max()))
                for name in STORED
                if name in AMOUNTS
            }
            return File(path, frame.height, _write(frame, made / path)), ranges

        with ThreadPoolExecutor(_WORKERS) as pool:
            files, ranges = zip(*pool.map(write, range(partitions)), strict=True)
        manifest = replace(
            store.manifest,
            number=1,
            generations={_GENERATION: _generation()},
            amount_range={
                name: (min(part[name][0] for part in ranges), max(part[name][1] for part in ranges))
                for name in ranges[0]
            },
            parts=tuple((file,) for file in files),
        )
        (made / MANIFEST).write_text(manifest.dump(), encoding="utf-8")
    return Store.open(folder)


def write_arrivals(store: Store, path: Path) -> Arrivals:
    """One file of a nation's store in the order of ``received_on``; what a person's settlements of
    one day have for an order in the store, they keep.

    The year is cut into windows; every partition leaves its rows of each window in a file of its
    own, and window after window is sorted. Memory: one window, or a partition for each thread.
    """
    columns = ("person", "settlement", *STORED)
    windows = max(1, store.rows // _ROWS_PER_WINDOW)
    edges = np.linspace(YEAR_FROM, LAST_ARRIVAL, windows + 1)[1:-1]
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as name:
        spill = Path(name)

        def split(part: int) -> tuple[int, int]:
            rows = store.read(part, columns)
            frame = _by_arrival(pl.DataFrame(rows))
            bounds = np.searchsorted(frame["received_on"].to_numpy(), edges)
            for number, (first, last) in enumerate(pairwise([0, *bounds, frame.height])):
                piece = frame[int(first) : int(last)]
                piece.write_ipc(spill / f"{number:04d}-{part:04d}.arrow")
            return _people_out_of_order(rows)

        with ThreadPoolExecutor(_WORKERS) as pool:
            counted = list(pool.map(split, range(store.manifest.partitions)))
        for number in range(windows):
            pieces = sorted(spill.glob(f"{number:04d}-*.arrow"))
            frame = _by_arrival(pl.concat(map(pl.read_ipc, pieces)))
            frame.write_ipc(spill / f"sorted-{number:04d}.arrow")
            for piece in pieces:
                piece.unlink()
        in_order = pl.scan_ipc(sorted(spill.glob("sorted-*.arrow")))
        whole = spill / "arrivals.parquet"
        in_order.sink_parquet(whole, compression="lz4", maintain_order=True)
        os.replace(whole, path)
    return Arrivals(path, sum(people for people, _ in counted), sum(late for _, late in counted))


def _members(nation: Nation, partitions: int) -> list[list[Counted]]:
    """The people of each partition, in their order."""
    members: list[list[Counted]] = [[] for _ in range(partitions)]
    for person, counts in nation.blocks():
        part = part_of(person, partitions)
        order = np.argsort(part, kind="stable")
        bounds = np.cumsum(np.bincount(part, minlength=partitions))[:-1]
        people = np.split(person[order], bounds)
        numbers = np.split(counts[order].astype(np.int8), bounds)
        for own, pair in zip(members, zip(people, numbers, strict=True), strict=True):
            own.append(pair)
    return members


def _rows_of(nation: Nation, members: list[Counted]) -> Rows:
    """All rows of a partition, made from blocks that fit the processor's cache."""
    person = np.concatenate([people for people, _ in members])
    counts = np.concatenate([numbers for _, numbers in members]).astype(np.int32)
    upto = np.cumsum(counts)
    total = int(upto[-1]) if upto.size else 0
    rows: Rows = {}
    first = 0
    for start in range(0, person.size, _PEOPLE_AT_ONCE):
        block = slice(start, start + _PEOPLE_AT_ONCE)
        made = nation.rows(person[block], counts[block])
        if not rows:
            rows = {name: np.empty(total, dtype=column.dtype) for name, column in made.items()}
        count = made["person"].size
        for name, column in made.items():
            rows[name][first : first + count] = column
        first += count
    return rows


def _generation() -> Generation:
    constants = {
        name: COVER.get(name, fact.default) for name, fact in FIELDS.items() if name not in STORED
    }
    return Generation(STORED, constants)


def _by_arrival(frame: pl.DataFrame) -> pl.DataFrame:
    # Days in 16 bits and a stable sort: numpy then counts instead of comparing.
    arrived = (frame["received_on"].to_numpy() - YEAR_FROM).astype(np.int16)
    return frame[np.argsort(arrived, kind="stable")]


def _people_out_of_order(rows: Columns) -> tuple[int, int]:
    """How many people there are, and how many had an earlier stay received after a later one."""
    person, received = rows["person"], rows["received_on"]
    same = person[1:] == person[:-1]
    overtaken = person[1:][same & (received[1:] < received[:-1])]
    return int((~same).sum()) + 1, np.unique(overtaken).size


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _write(frame: pl.DataFrame, path: Path) -> str:
    """Write a file of the store; its SHA-256."""
    path.parent.mkdir(parents=True)
    # In one row group, what is read comes in one piece and is folded without being copied first.
    frame.write_parquet(
        path, compression="lz4", statistics=True, row_group_size=max(1, frame.height)
    )
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
