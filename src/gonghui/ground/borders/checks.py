"""What `gonghui verify` goes through, as keeper. Each room registers its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be: ``place`` is where, ``said`` a ready sentence."""

    place: str
    said: str


Check = Callable[[Any], Iterable[Finding]]
"""Takes a psycopg connection as keeper; yields what is wrong, the first bad place first."""

_registered: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Adds a check under its name, an English template (``N_``) that a door translates."""
    _registered[name] = check


def registered() -> dict[str, Check]:
    """All checks by name, in the order in which the rooms were loaded."""
    return dict(_registered)
