"""What waits for whoever signed in: each room says it of its own, the first page lists it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gonghui.ground.borders.scope import Scope


@dataclass(frozen=True, slots=True)
class Wait:
    """``what`` and ``of`` are translated where they are shown. ``more`` marks a number that was
    not counted to its end; ``due``: the first day by which one of them is to be done."""

    what: str
    of: str
    address: str
    number: int
    since: date | None
    due: date | None
    more: bool = False


_asked: list[Callable[[Scope], list[Wait]]] = []


def ask_for_waits(function: Callable[[Scope], list[Wait]]) -> None:
    """A room names who counts what waits in it."""
    if function not in _asked:
        _asked.append(function)


def waits_of(scope: Scope) -> list[Wait]:
    """Everything that waits, what is due first before the others."""
    found = [one for function in _asked for one in function(scope)]
    return sorted(found, key=lambda one: (one.due or date.max, one.since or date.max))
