"""The settlements to measure with: made once, kept under GONGHUI_HOME/bench, made anew when the
code that makes them changes."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from gonghui.core.adjudication.store import Store
from gonghui.doors.cli.home import home
from gonghui.twin import nation, nation_files

_MADE = "nation.json"
_BYTES_TO_MAKE = 140
"""A settlement at most: its row of the store, of the arrivals, and of what is spilled to sort."""
_BYTES_TO_RUN = 30
"""A settlement: the results of one way."""


class NoRoom(Exception):
    """The disk is too full."""


@dataclass(frozen=True, slots=True)
class Data:
    """A nation on disk: people 0 … ``people`` - 1, each with a settlement at least."""

    folder: Path
    settlements: int
    people: int

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def arrivals(self) -> Path:
        return self.folder / "arrivals.parquet"

    @property
    def results(self) -> Path:
        """Where ways may write; each its own folder."""
        return self.folder / "results"


def bench_home() -> Path:
    return home() / "bench"


def prepared(settlements: int, folder: Path | None = None) -> Data:
    """The nation of so many settlements, made if it is not there."""
    key = hashlib.sha256()
    for module in (nation, nation_files):
        key.update(inspect.getsource(module).encode())
    parent = folder or bench_home()
    target = parent / f"nation-{settlements}-{key.hexdigest()[:8]}"
    _refuse_full_disk(parent, settlements * _BYTES_TO_RUN)
    if not (target / _MADE).is_file():
        for older in parent.glob(f"nation-{settlements}-*"):
            shutil.rmtree(older)
        _refuse_full_disk(parent, settlements * _BYTES_TO_MAKE)
        print(f"Making {settlements:,} settlements, once …", file=sys.stderr)
        _make(target, settlements)
    return Data(target, **json.loads((target / _MADE).read_text("utf-8")))


def _make(target: Path, settlements: int) -> None:
    nation_files.write_nation(nation.Nation(settlements), target / "store")
    store = Store.open(target / "store")
    arrivals = nation_files.write_arrivals(store, target / "arrivals.parquet")
    made = Data(target, settlements, arrivals.people)
    said = {name: value for name, value in asdict(made).items() if name != "folder"}
    (target / _MADE).write_text(json.dumps(said), "utf-8")


def _refuse_full_disk(parent: Path, needed: int) -> None:
    parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(parent).free
    if free < needed:
        raise NoRoom(
            f"{parent}: {free / 1e9:.1f} GB are free, {needed / 1e9:.1f} GB are needed. "
            "Set GONGHUI_HOME to a folder on another disk, or measure with fewer ROWS."
        )


def fresh(folder: Path) -> Path:
    """The folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder
