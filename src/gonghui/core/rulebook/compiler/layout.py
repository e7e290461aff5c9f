"""What the step remembers of a person: named places in one row of integers.

A place lives as long as its window: ``period`` and ``year`` places start from zero when the window
changes, ``ever`` places are carried. Every edition of a scheme uses the same layout, so that a
revision in mid-period goes on from what was used before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gonghui.core.rulebook.model import LongWindow

LAST_DAY, PERIOD_FROM, PERIOD_UNTIL, YEAR_FROM, YEAR_UNTIL = range(5)
"""Fixed places: the last folded deciding day, and the windows the other places belong to."""

FIRST_FREE = 5
HELD = 4
"""How many reversed settlements per count and window the step remembers (``slot_freed``)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One remembered integer: what it is and whose (``count``/``uses``), and how long it lives."""

    what: str
    whose: str
    window: LongWindow


@dataclass
class Layout:
    """Places in the order they were asked for."""

    places: dict[Place, int] = field(default_factory=dict)

    def index(self, what: str, whose: str, window: LongWindow) -> int:
        """The index of a place; a new one is added at the end."""
        return self.places.setdefault(Place(what, whose, window), FIRST_FREE + len(self.places))

    @property
    def size(self) -> int:
        """Integers per person."""
        return FIRST_FREE + len(self.places)

    def of(self, window: LongWindow) -> Iterable[tuple[Place, int]]:
        """The places of a window with their indexes."""
        return [(place, index) for place, index in self.places.items() if place.window == window]
