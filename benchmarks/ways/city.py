"""The twin's year: from the files that an office is sent to a file of decisions, in one process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl

from benchmarks.children import Answer, Way
from benchmarks.data import bench_home
from gonghui.adapters.medical_insurance import ingest
from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.deciding import decide, order_of
from gonghui.core.adjudication.store import Store
from gonghui.core.calendar import WorkingDays
from gonghui.core.money import format_yuan
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import timeline
from gonghui.doors.cli.home import home
from gonghui.twin.engine import SCHEME, make_jiaozuo

_MADE = "published.yaml"


def city_folder() -> Path:
    return bench_home() / "city"


def make_city() -> Path:
    """The city's files, made once; made anew with another version of its editions."""
    folder = city_folder()
    program = compile_segments(timeline(Shelf.packaged(), SCHEME))
    mark = folder.with_suffix(".json")
    if not mark.is_file() or json.loads(mark.read_text("utf-8")) != list(program.hashes):
        make_jiaozuo(folder, home() / "compiled", working_days=WorkingDays.load())
        mark.write_text(json.dumps(program.hashes), "utf-8")
    return folder


def year(folder: Path) -> Way:
    """Read the feeds and lists, make the store, decide, write; editions are read again, too."""
    made = bench_home() / "city-decided"

    def run() -> Answer:
        program = compile_segments(timeline(Shelf.packaged(), SCHEME))
        fold = ColumnFold(program, home() / "compiled", WorkingDays.load())
        taken = take_in(folder, made, fold)
        tables = pl.concat(decide(Store.open(made / "store"), fold))
        tables.write_parquet(made / "decisions.parquet", compression="lz4")
        paid = format_yuan(int(tables["amount_fen"].cast(pl.Int64).sum()))
        return Answer(note=f"{taken:,} rows in, {tables.height:,} decisions, {paid} yuan")

    return Way(run, reset=lambda: _make_room(made))


def take_in(folder: Path, made: Path, fold: ColumnFold) -> int:
    """The city's feeds in a store ``made / "store"``; the number of rows they hold."""
    made.mkdir(parents=True, exist_ok=True)
    intake = ingest(
        sorted((folder / "feed").iterdir()),
        persons=folder / "persons.csv",
        covers=folder / "covers.csv",
        store=made / "store",
        rejects=made / "rejects.csv",
        order=order_of(fold),
    )
    return intake.rows_in


def _make_room(made: Path) -> None:
    shutil.rmtree(made, ignore_errors=True)
