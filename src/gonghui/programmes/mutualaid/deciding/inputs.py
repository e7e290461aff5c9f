"""The canonical inputs of a turn: bytes from which every decision of it can be reckoned again.

UTF-8 JSON, keys sorted, no spaces: the editions by name, hash and the days they counted for then;
what was taken over; each settlement with all facts that are not at their default.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gonghui.core.adjudication.history import Settlement
from gonghui.core.adjudication.openings import Opening


@dataclass(frozen=True, slots=True)
class InForce:
    """An edition with the days it counted for when something was decided, half-open."""

    name: str
    sha256: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """A turn's inputs, read again."""

    scheme: str
    editions: tuple[InForce, ...]
    openings: tuple[Opening, ...]
    settlements: tuple[Settlement, ...]


def editions_text(editions: Sequence[InForce]) -> str:
    """The part of the inputs that many turns share."""
    return _text([asdict(one) for one in editions])


def write_inputs(
    scheme: str, editions: str, openings: Sequence[Opening], settlements: Sequence[Settlement]
) -> bytes:
    """The bytes; ``editions`` is what ``editions_text`` gave."""
    opened = _text([asdict(one) for one in openings])
    told = _text([{"facts": one.facts, "number": one.number} for one in settlements])
    return (
        f'{{"editions":{editions},"openings":{opened},"scheme":{_text(scheme)},'
        f'"settlements":{told}}}'
    ).encode()


def read_inputs(data: bytes) -> Inputs:
    said = json.loads(data)
    return Inputs(
        said["scheme"],
        tuple(InForce(**one) for one in said["editions"]),
        tuple(Opening(**one) for one in said["openings"]),
        tuple(Settlement(one["number"], one["facts"]) for one in said["settlements"]),
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
