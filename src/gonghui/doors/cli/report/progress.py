"""How far a command is, beside its answer; silent where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from gonghui.doors.cli.printing import pad, width

Item = TypeVar("Item")
_CELLS = 24
_LABEL = 22


def counted(label: str, items: Iterable[Item], total: int) -> Iterator[Item]:
    """The items, with a bar that fills as they are taken."""
    since, done = time.perf_counter(), 0
    _show(label, 0, total, since)
    try:
        for item in items:
            yield item
            done += 1
            _show(label, done, total, since)
    finally:
        _clear()


@contextmanager
def underway(label: str) -> Iterator[None]:
    """A line that stands while something runs whose end cannot be foreseen."""
    if sys.stderr.isatty():
        _write(f"{label} …")
    try:
        yield
    finally:
        _clear()


def _show(label: str, done: int, total: int, since: float) -> None:
    if not sys.stderr.isatty():
        return
    filled = _CELLS * done // max(1, total)
    bar = "█" * filled + "░" * (_CELLS - filled)
    seconds = time.perf_counter() - since
    _write(f"{pad(label, max(_LABEL, width(label)))} {bar} {done}/{total}  {seconds:.1f} s")


def _write(text: str) -> None:
    print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        _write("")
