"""The house behind the commands: opened when a command first needs the database.

Doors do not know how (that is `config`'s business, a floor above): ``gonghui.__main__`` says it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

_how: list[Callable[[], None]] = []
_more: list[ModuleType] = []


def furnish(open_house: Callable[[], None], commands: tuple[ModuleType, ...] = ()) -> None:
    """How the house is opened, and what commands stand above the doors."""
    _how[:], _more[:] = [open_house], commands


def open_house() -> None:
    """Sets Django up, with a database that runs."""
    if not _how:
        raise RuntimeError("nobody said how the house is opened: start by gonghui.__main__")
    _how[0]()


def more_commands() -> tuple[ModuleType, ...]:
    """Modules of commands from above the doors, each with ``register(app)``."""
    return tuple(_more)
