"""The table, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.measuring import Line, Measured, duration

_HEADS = (
    "way",
    "settlements",
    "median (min – max)",
    "floor",
    "× floor",
    "CPU × floor",
    "goal",
    "met",
    "memory",
    "equal",
    "note",
)
HEAD = f"| {' | '.join(_HEADS)} |\n|---|--:|--:|--:|--:|--:|--:|:-:|--:|---|---|"


def row(measured: Measured, equal: Sequence[str]) -> str:
    """One line. ``equal``: what was compared and found equal to the fen."""
    line, goal = measured.line, measured.line.goal
    shortest, longest = duration(min(measured.wall_s)), duration(max(measured.wall_s))
    scaled = " (scaled)" if line.scaled_to else ""
    cells = (
        line.name,
        f"{line.scaled_to or line.settlements:,}{scaled}",
        f"{duration(measured.seconds)} ({shortest} – {longest})",
        duration(median(measured.floor_s)) if measured.floor_s else "",
        _times(measured.of_floor),
        _times(measured.cpu_of_floor),
        _goal(line),
        ("yes" if measured.met else "**no**") if goal else "",
        _memory(measured.peak_bytes),
        ", ".join(equal),
        measured.answer.note,
    )
    return f"| {' | '.join(cells)} |"


def _memory(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"


def _goal(line: Line) -> str:
    memory = f", ≤ {line.most_bytes / 2**20:.0f} MiB" if line.most_bytes else ""
    return f"{line.goal}{memory}" if line.goal else ""


def _times(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
