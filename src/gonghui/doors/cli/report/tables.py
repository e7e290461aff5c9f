"""Which row of a table of numbers counted for a settlement.

An edition's number may depend on facts. Rows over a fact are read off the settlement; rows over
what the step works out itself (class, ordinals) are found as those that give the traced amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from gonghui.core.adjudication.history import Settlement
from gonghui.core.rulebook.fields import FIELDS
from gonghui.core.rulebook.model import Dimension, Number

Rows = dict[str, int]
"""By name of the dimension: the position of the row."""


def rows_of(settlement: Settlement, numbers: Iterable[Number]) -> Iterator[Rows]:
    """Every choice of rows that these numbers could have been read with, the likeliest first."""
    dimensions: dict[str, Dimension] = {}
    for number in numbers:
        for dimension in number.dimensions:
            dimensions.setdefault(dimension.name, dimension)
    choices = [_choices(settlement, dimension) for dimension in dimensions.values()]
    for positions in product(*choices):
        yield dict(zip(dimensions, positions, strict=True))


def _choices(settlement: Settlement, dimension: Dimension) -> Iterable[int]:
    if dimension.name in FIELDS:
        return (min(settlement.fact(dimension.name), len(dimension.rows) - 1),)
    return range(len(dimension.rows))


def value(number: Number, rows: Rows) -> int:
    """The number in these rows."""
    index = 0
    for dimension in number.dimensions:
        index = index * len(dimension.rows) + rows[dimension.name]
    return number.values[index]


def path(number: Number, rows: Rows) -> str:
    """The entry of that row: what is cited."""
    if not number.dimensions:
        return number.path
    names = (dimension.rows[rows[dimension.name]] for dimension in number.dimensions)
    return ".".join((number.path, "rows", *names))


def row_words(number: Number, rows: Rows, language: str) -> str:
    """Which row it is, in words: ``三级``; "" for a number that depends on nothing."""
    words = []
    for dimension in number.dimensions:
        row = dimension.rows[rows[dimension.name]]
        field = FIELDS.get(dimension.name)
        code = field.vocabulary.code(row) if field and field.vocabulary else None
        label = (
            field.vocabulary.label(code)
            if field and field.vocabulary and code is not None
            else None
        )
        words.append(label if label and language == "zh" else row)
    return ", ".join(words)
