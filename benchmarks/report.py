"""The table, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.measuring import Measured, duration

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
        str(goal) if goal else "",
        ("yes" if measured.met else "**no**") if goal else "",
        f"{measured.peak_bytes / 1e9:.2f} GB",
        ", ".join(equal),
        measured.answer.note,
    )
    return f"| {' | '.join(cells)} |"


def _times(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
