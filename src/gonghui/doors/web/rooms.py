"""The rooms of the doors, as the frame of a page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from gonghui.ground.borders.scope import Scope


@dataclass(frozen=True, slots=True)
class Room:
    """``name`` is translated where it is shown; ``place`` is what its addresses begin with. Shown
    to whoever has one of the permissions, or to everybody who signed in where none is named."""

    name: str
    address: str
    place: str
    permissions: tuple[str, ...] = ()

    def open_to(self, scope: Scope) -> bool:
        return not self.permissions or any(scope.may(one) for one in self.permissions)


_rooms: list[Room] = []


def furnish(room: Room) -> None:
    """A door names its rooms once, in the order in which they are listed."""
    if room not in _rooms:
        _rooms.append(room)


def rooms_of(scope: Scope | None) -> list[Room]:
    """The rooms somebody may enter."""
    return [room for room in _rooms if scope is not None and room.open_to(scope)]
