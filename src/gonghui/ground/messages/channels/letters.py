"""What a channel is given, and what it promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gonghui.adapters.gateways.messages import Outcome


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in plain words, in memory only."""

    reference: str
    """Ours, the same at every attempt."""
    address: str = field(repr=False)
    template: str
    title: str
    text: str = field(repr=False)
    words: Mapping[str, str] = field(repr=False)
    """The blanks, filled: for gateways that hold the text themselves."""


@dataclass(frozen=True, slots=True)
class Channel:
    """``repeatable``: sending the same letter twice comes to the same as once."""

    send: Callable[[Letter], Outcome]
    repeatable: bool = False
    needs_address: bool = True
