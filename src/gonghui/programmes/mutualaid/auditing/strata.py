"""Layers of a population, and how many lines each of them gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

from gonghui.core.errors import N_, Refusal
from gonghui.programmes.mutualaid.auditing.population import Payment

By = Literal["amount", "unit", "month", "level"]
Weight = Literal["lines", "money"]

BOUNDS = (500_00, 2_000_00, 5_000_00, 10_000_00)
"""Where one band of amounts ends and the next begins, in fen, unless others are asked for."""


def strata(
    payments: Sequence[Payment], by: By, bounds: Sequence[int] = BOUNDS
) -> dict[str, list[Payment]]:
    """The layers that hold something, by name, in order: bands upwards, other names by the byte."""
    if by == "amount":
        names = _bands(bounds)
        layers = {name: [one for one in payments if low <= one.fen < high]
                  for name, low, high in names}  # fmt: skip
        return {name: inside for name, inside in layers.items() if inside}
    found: dict[str, list[Payment]] = {}
    for one in payments:
        named = {"unit": one.unit_class, "month": one.month, "level": one.level}[by]
        found.setdefault(named or "-", []).append(one)
    return dict(sorted(found.items(), key=lambda pair: pair[0].encode()))


def allocate(layers: Mapping[str, Sequence[Payment]], size: int, weight: Weight) -> dict[str, int]:
    """How many lines each layer gives: one each; then each further one to the layer whose weight
    divided by 2 × (what it has) + 1 is greatest, the earlier one if two are equal, as long as it
    has lines left (Sainte-Laguë). Two fractions are compared by multiplying crosswise.
    """
    if size < len(layers):
        raise Refusal(
            N_("{size} lines are too few: there are {layers} layers, and each gives one."),
            N_("Ask for more lines, or for fewer layers."),
            size=size,
            layers=len(layers),
        )
    given = dict.fromkeys(layers, 1)
    weights = {
        name: len(inside) if weight == "lines" else sum(one.fen for one in inside)
        for name, inside in layers.items()
    }
    for _ in range(size - len(layers)):
        best = ""
        for name in layers:
            if given[name] == len(layers[name]):
                continue
            if not best or weights[name] * (2 * given[best] + 1) > weights[best] * (
                2 * given[name] + 1
            ):
                best = name
        given[best] += 1
    return given


def _bands(bounds: Sequence[int]) -> list[tuple[str, int, int]]:
    if list(bounds) != sorted(set(bounds)) or any(one <= 0 for one in bounds):
        raise Refusal(
            N_("Bands of amounts rise, each limit above the one before."),
            N_("Write them like 500,2000,5000."),
        )
    edges = list(pairwise([0, *bounds]))
    named = [(f"{_yuan(low)}-{_yuan(high)}", low, high) for low, high in edges]
    last = bounds[-1] if bounds else 0
    return [*named, (f"{_yuan(last)}+", last, 10**18)]


def _yuan(fen: int) -> str:
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02d}"
