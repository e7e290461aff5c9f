"""The rule books to measure with, and the engine under them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.rulebook.compiler.program import Program, compile_segments
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import timeline
from gonghui.doors.cli.home import home

FLAT, BANDS, SIX_KINDS = "nation/flat-rate", "nation/bands", "nation/six-kinds"
SHELF = Shelf(Path(__file__).parent / "books")


@cache
def program_of(scheme: str) -> Program:
    return compile_segments(timeline(SHELF, scheme))


def fold_of(scheme: str) -> ColumnFold:
    return ColumnFold(program_of(scheme), home() / "compiled")
