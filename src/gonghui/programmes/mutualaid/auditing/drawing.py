"""Which payments a seed draws. The same seed and the same population give the same lines.

Every payment has a key: the SHA-256 of ``SEED:REFERENCE``, in hexadecimal. At random, and within a
layer, those with the smallest keys are drawn. Every so many yuan (monetary units): the payments
are laid end to end in the order of their keys, and at N even distances, the first of them found
from the seed, whoever covers that fen is drawn; so a fen is drawn as likely as any other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gonghui.core.errors import N_, Refusal
from gonghui.programmes.mutualaid.auditing.population import Payment, Population
from gonghui.programmes.mutualaid.auditing.strata import BOUNDS, By, Weight, allocate, strata

Kind = Literal["random", "strata", "money"]
MOST = 5_000
"""Lines of one sample: more than these nobody looks at."""

_SEED = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Method:
    """How lines are drawn. ``by``, ``weight`` and ``bounds`` count for layers only."""

    kind: Kind = "random"
    by: By | None = None
    weight: Weight = "lines"
    bounds: tuple[int, ...] = BOUNDS


@dataclass(frozen=True, slots=True)
class Drawn:
    """A payment that was drawn; ``hits``: by how many of the even distances."""

    payment: Payment
    layer: str = ""
    hits: int = 1


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as it was drawn from."""

    name: str
    lines: int
    fen: int
    drawn: int


def key(seed: str, reference: str) -> str:
    """``printf '%s:%s' SEED REFERENCE | sha256sum``."""
    return hashlib.sha256(f"{seed}:{reference}".encode()).hexdigest()


def draw(population: Population, method: Method, size: int, seed: str) -> list[Drawn]:
    """The lines, layer by layer, each in the order of its keys."""
    _refuse(population, size, seed)
    if method.kind == "money":
        return _by_money(population, size, seed)
    if method.kind == "random":
        return [Drawn(one) for one in _smallest(population.payments, size, seed)]
    assert method.by is not None
    layers = strata(population.payments, method.by, method.bounds)
    given = allocate(layers, size, method.weight)
    return [
        Drawn(one, name)
        for name, inside in layers.items()
        for one in _smallest(inside, given[name], seed)
    ]


def layers_of(population: Population, method: Method, drawn: Sequence[Drawn]) -> list[Layer]:
    """What lies behind each layer; one layer without a name where there are none."""
    layers: dict[str, list[Payment]] = {"": list(population.payments)}
    if method.by is not None:
        layers = strata(population.payments, method.by, method.bounds)
    return [
        Layer(
            name,
            len(inside),
            sum(one.fen for one in inside),
            sum(1 for one in drawn if one.layer == name),
        )
        for name, inside in layers.items()
    ]


def points(fen: int, size: int, seed: str) -> list[int]:
    """The fen that are drawn, counted from 0: (i × FEN + START) divided by SIZE, cut, for i from 0;
    START is the SHA-256 of ``SEED:start`` as a number, modulo FEN."""
    start = int(key(seed, "start"), 16) % fen
    return [(i * fen + start) // size for i in range(size)]


def _by_money(population: Population, size: int, seed: str) -> list[Drawn]:
    wanted, drawn, after = points(population.fen, size, seed), list[Drawn](), 0
    at = 0
    for one in _smallest(population.payments, len(population.payments), seed):
        after += one.fen
        hits = 0
        while at < len(wanted) and wanted[at] < after:
            at, hits = at + 1, hits + 1
        if hits:
            drawn.append(Drawn(one, "", hits))
    return drawn


def _smallest(payments: Sequence[Payment], count: int, seed: str) -> list[Payment]:
    return sorted(payments, key=lambda one: key(seed, one.reference))[:count]


def _refuse(population: Population, size: int, seed: str) -> None:
    if not _SEED.fullmatch(seed):
        raise Refusal(
            N_("A seed is 1 to 64 letters, digits or signs, without a space."),
            N_("Choose one, or leave it out to have one drawn."),
            field="seed",
        )
    if not population.payments:
        raise Refusal(N_("Nothing was paid in this period."), N_("Choose another period."))
    if not 1 <= size <= min(len(population.payments), MOST):
        raise Refusal(
            N_("{size} lines cannot be drawn from {lines}."),
            N_("Ask for 1 to {most}."),
            size=size,
            lines=len(population.payments),
            most=min(len(population.payments), MOST),
        )
