"""Tables of figures, laid out for reading: bands down, what a number depends on across."""

from __future__ import annotations

from collections.abc import Sequence

from gonghui.core.errors import N_
from gonghui.core.rulebook.model import Band, Bands, Dimension, Number
from gonghui.core.rulebook.readable import Table
from gonghui.core.rulebook.tables import CODES
from gonghui.core.rulebook.wording import Wording

MARK = "※"
"""Beside an assumed figure in a table of which others are stated."""

_MOST_ACROSS = 6


def band(wording: Wording, bands: Bands, row: Band) -> str:
    """A band in words, with the ends that belong to it."""
    upper = bands.ends == "upper_inclusive"
    values = {
        "low": wording.amount(row.low.plain),
        "high": wording.amount(row.high.plain) if row.high else "",
    }
    if row.high is None:
        return wording.say(N_("above {low}") if upper else N_("{low} and more"), **values)
    if row.low.plain == 0:
        return wording.say(N_("up to {high}") if upper else N_("below {high}"), **values)
    text = N_("above {low} up to {high}") if upper else N_("{low} and more, below {high}")
    return wording.say(text, **values)


def table_of(
    wording: Wording, numbers: Sequence[tuple[str, Number]], marked: frozenset[str] = frozenset()
) -> Table:
    """Labelled numbers over the same dimensions (none, one or two) as one table.

    ``marked`` are the paths of the parameters that bear MARK.
    """
    dimensions = numbers[0][1].dimensions
    if not dimensions:
        figures = tuple((label, _figure(wording, number, (), marked)) for label, number in numbers)
        return Table((wording.say(N_("Part")), wording.key(numbers[0][1].path)), figures)
    if len(numbers) == 1 and len(dimensions) == 1 and len(dimensions[0].rows) > _MOST_ACROSS:
        return _grouped(wording, numbers[0][1], marked)
    *down, across = dimensions
    columns = _ordered(across)
    corner = wording.dimension(across.name)
    head = [*(wording.dimension(one.name) for one in down), corner]
    if len(numbers) > 1 and down:
        head.insert(0, wording.say(N_("Part")))
    rows: list[tuple[str, ...]] = []
    for label, number in numbers:
        for above in _ordered(down[0]) if down else ("",):
            names = [wording.row(down[0].name, above)] if down else []
            if label or not down:
                names.insert(0, label or wording.key(number.path))
            cells = (
                _figure(wording, number, (above, column) if down else (column,), marked)
                for column in columns
            )
            rows.append((*names, *cells))
    named = len(rows[0]) - len(columns)
    words = tuple(wording.row(across.name, column) for column in columns)
    return Table((*head[:named], *words), tuple(rows), first_number=named)


def _grouped(wording: Wording, number: Number, marked: frozenset[str]) -> Table:
    """A long table down the page: rows of one figure together, the commonest last as “others”."""
    (dimension,) = number.dimensions
    groups: dict[str, list[str]] = {}
    for row in _ordered(dimension):
        figure = _figure(wording, number, (row,), marked)
        groups.setdefault(figure, []).append(wording.row(dimension.name, row))
    commonest = max(groups, key=lambda figure: len(groups[figure]))
    others = wording.say(N_("all others")) if len(groups) > 1 else wording.say(N_("all"))
    rows = [(wording.several(words), figure) for figure, words in groups.items()
            if figure != commonest]  # fmt: skip
    head = (wording.dimension(dimension.name), wording.key(number.path))
    return Table(head, (*rows, (others, commonest)))


def _figure(wording: Wording, number: Number, rows: tuple[str, ...], marked: frozenset[str]) -> str:
    place = 0
    for dimension, row in zip(number.dimensions, rows, strict=True):
        place = place * len(dimension.rows) + dimension.rows.index(row)
    path = ".".join((number.path, "rows", *rows)) if rows else number.path
    figure = wording.number(number.unit, number.values[place])
    return figure + MARK if path in marked else figure


def _ordered(dimension: Dimension) -> tuple[str, ...]:
    """The rows as people list them: the code for “none” or “other” comes last."""
    if dimension.name not in CODES:
        return dimension.rows
    words = CODES[dimension.name].words
    return tuple(sorted(dimension.rows, key=lambda row: (words[row][0] == 0, words[row][0])))
