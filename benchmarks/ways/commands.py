"""What waits for a command to start: a new process each time, with compiled files there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.children import Answer, Way
from benchmarks.data import bench_home
from benchmarks.ways import first_decision
from benchmarks.ways.city import take_in
from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.store import Store
from gonghui.core.calendar import WorkingDays
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import timeline
from gonghui.doors.cli.home import home
from gonghui.twin.engine import SCHEME


def explain(folder: Path) -> Way:
    """`gonghui explain` of a person of the city: found, decided, told."""
    made = bench_home() / "city-asked"
    if not (made / "store").is_dir():
        program = compile_segments(timeline(Shelf.packaged(), SCHEME))
        take_in(folder, made, ColumnFold(program, home() / "compiled", WorkingDays.load()))
    store = made / "store"
    person = int(Store.open(store).frame(0, ["person"])["person"][0])
    asked = ("-m", "gonghui", "explain", str(person), "--store", str(store), "--scheme", SCHEME)
    return Way(lambda: Answer(note=f"{len(_output(*asked)):,} bytes told"))


def compiled_fold() -> Way:
    """Python, the edition, the compiled fold, one settlement decided by it."""
    return Way(lambda: Answer(note=_output("-m", first_decision.__name__).decode().strip()))


def _output(*arguments: str) -> bytes:
    return subprocess.run([sys.executable, *arguments], check=True, capture_output=True).stdout
