"""Measuring a way beside its floor: by turns, in one run, several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from benchmarks.children import Answer, Child, Recipe, Run


@dataclass(frozen=True, slots=True)
class Goal:
    """At most so many times the floor, or so many seconds."""

    most: float
    of: Literal["floor", "s"]

    def __str__(self) -> str:
        return f"≤ {self.most:g} ×" if self.of == "floor" else f"≤ {duration(self.most)}"


@dataclass(frozen=True, slots=True)
class Floor:
    recipe: Recipe
    arguments: tuple[object, ...]
    settlements: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what is measured, over how many settlements, beside which floor.

    ``times``: how many of it one run does; seconds are those of one. ``scaled_to``: for how many
    settlements seconds are stated, where fewer were run. ``book``: whose decisions it gives.
    """

    name: str
    recipe: Recipe
    arguments: tuple[object, ...]
    settlements: int
    floor: Floor | None = None
    goal: Goal | None = None
    times: int = 1
    scaled_to: int = 0
    book: str = ""
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """The seconds of every run, wall and CPU; of the floor's runs between them, too."""

    line: Line
    answer: Answer
    wall_s: tuple[float, ...]
    cpu_s: tuple[float, ...]
    floor_s: tuple[float, ...]
    floor_cpu_s: tuple[float, ...]
    peak_bytes: int

    @property
    def seconds(self) -> float:
        return median(self.wall_s)

    @property
    def of_floor(self) -> float | None:
        """Times the floor, a settlement of the one against a settlement of the other."""
        return self._against(self.wall_s, self.floor_s)

    @property
    def cpu_of_floor(self) -> float | None:
        return self._against(self.cpu_s, self.floor_cpu_s)

    @property
    def met(self) -> bool:
        assert self.line.goal is not None
        value = self.of_floor if self.line.goal.of == "floor" else self.seconds
        assert value is not None, "a goal in floors needs a floor"
        fits = not self.line.most_bytes or self.peak_bytes <= self.line.most_bytes
        return fits and value <= self.line.goal.most

    def _against(self, own: Sequence[float], floor: Sequence[float]) -> float | None:
        if self.line.floor is None:
            return None
        settlements = self.line.scaled_to or self.line.settlements
        return (median(own) / settlements) / (median(floor) / self.line.floor.settlements)


def measure(line: Line, repeats: int) -> Measured:
    """Run a line and its floor by turns, each in a child of its own."""
    child = Child(line.recipe, line.arguments)
    floor = Child(line.floor.recipe, line.floor.arguments) if line.floor else None
    runs: list[Run] = []
    floors: list[Run] = []
    for _ in range(repeats):
        if floor:
            floors.append(floor.run())
        runs.append(child.run())
    peak = child.end()
    if floor:
        floor.end()
    factor = (line.scaled_to / line.settlements if line.scaled_to else 1) / line.times
    return Measured(
        line,
        child.answer,
        tuple(run.wall_s * factor for run in runs),
        tuple(run.cpu_s * factor for run in runs),
        tuple(run.wall_s for run in floors),
        tuple(run.cpu_s for run in floors),
        peak,
    )


def duration(seconds: float) -> str:
    """In the unit that suits: ``17.3 µs``, ``52 ms``, ``0.42 s``."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.3g} µs"
    if seconds < 0.1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:,.0f} s"
