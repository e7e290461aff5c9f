"""The kinds of jobs there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gonghui.ground.jobs.services.turns import Turn

Work = Callable[..., None]
"""Takes a ``Turn`` and the arguments it was ordered with. Done again, it must come to the same."""


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of job."""

    name: str
    work: Work
    most_attempts: int
    lease: timedelta
    """How long one step may take before the run counts as abandoned."""
    again_after: timedelta
    """How long to wait after the first failure; after each further one, twice as long."""

    def __call__(self, turn: Turn, **arguments: Any) -> None:  # noqa: ANN401  (each task's own)
        self.work(turn, **arguments)


_known: dict[str, Task] = {}


def task(
    name: str,
    *,
    most_attempts: int = 5,
    lease: timedelta = timedelta(minutes=2),
    again_after: timedelta = timedelta(seconds=10),
) -> Callable[[Work], Task]:
    """Makes a function a kind of job. Lives in a room's ``tasks.py``, where it is found."""

    def made(work: Work) -> Task:
        if name in _known and _known[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"two tasks are called {name}")
        _known[name] = Task(name, work, most_attempts, lease, again_after)
        return _known[name]

    return made


def task_named(name: str) -> Task | None:
    return _known.get(name)
