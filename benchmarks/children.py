"""Every way is measured in a process of its own, so that its memory is its own.

The children of two ways can be asked by turns, and a machine that is busy meanwhile is busy for
both.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from gonghui.core.adjudication.columns import Totals

_AGAIN, _ENOUGH = "again", "enough"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run came to. It must be the same each time; ``note`` goes into the table."""

    totals: Totals | None = None
    note: str = ""


def _nothing() -> None:
    pass


def _no_bytes() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Way:
    """One thing to measure. ``reset`` goes before every run and is not timed."""

    run: Callable[[], Answer]
    reset: Callable[[], None] = _nothing
    others: Callable[[], int] = _no_bytes
    """The most memory of the processes that it started, in bytes."""


Recipe = Callable[..., Way]
"""Makes a way in the child; a function of a module, so that the child can import it."""


@dataclass(frozen=True, slots=True)
class Run:
    wall_s: float
    cpu_s: float
    """Of all threads of the child, and of the commands that it started."""


class ChildFailed(Exception):
    """A way raised; the message is the child's traceback."""


class Child:
    """A process with one way in it, run once already: files and compiled code are warm."""

    def __init__(self, recipe: Recipe, arguments: tuple[object, ...]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, other = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(other, recipe, arguments), daemon=False)
        self._process.start()
        other.close()
        answer = self._receive()
        assert isinstance(answer, Answer)
        self.answer = answer

    def run(self) -> Run:
        self._pipe.send(_AGAIN)
        run = self._receive()
        assert isinstance(run, Run)
        return run

    def end(self) -> int:
        """End the process; the most memory it ever held, in bytes."""
        self._pipe.send(_ENOUGH)
        peak = self._receive()
        assert isinstance(peak, int)
        self._process.join()
        return peak

    def _receive(self) -> object:
        try:
            received = self._pipe.recv()
        except EOFError as error:
            self._process.join()
            raise ChildFailed(f"ended with {self._process.exitcode}") from error
        if isinstance(received, str):
            raise ChildFailed(received)
        return received


def _serve(pipe: Connection, recipe: Recipe, arguments: tuple[object, ...]) -> None:
    try:
        way = recipe(*arguments)
        way.reset()
        first = way.run()
        pipe.send(first)
        while pipe.recv() == _AGAIN:
            way.reset()
            wall, cpu = time.perf_counter(), _cpu_s()
            answer = way.run()
            run = Run(time.perf_counter() - wall, _cpu_s() - cpu)
            assert answer == first, f"{answer} after {first}"
            pipe.send(run)
        pipe.send(peak_bytes_of() + way.others())
    except Exception:
        pipe.send(traceback.format_exc())


def peak_bytes_of(process: str = "self") -> int:
    """The most memory a process held so far."""
    # Not ru_maxrss: that begins with what the parent held when it started the child.
    status = Path(f"/proc/{process}/status").read_text("ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _cpu_s() -> float:
    of_commands = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + of_commands.ru_utime + of_commands.ru_stime
