"""Numbers that may depend on facts: a plain value, or a table over one or two dimensions.

A table is kept dense: one value for every code (or ordinal) of its dimensions, so that the step
finds a value by position. How the rows were written (identifier, Chinese name, ``otherwise``) is
formatting and leaves no trace.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gonghui.core.errors import N_
from gonghui.core.rulebook.entries import CITING, READ, Entry
from gonghui.core.rulebook.fields import (
    DISEASE_GRADES,
    DISEASES,
    HOSPITAL_LEVELS,
    INSURED_TYPES,
    SEXES,
    UNIT_CLASSES,
    Vocabulary,
)
from gonghui.core.rulebook.model import Dimension, Number, NumberUnit

CODES: dict[str, Vocabulary] = {
    vocabulary.name: vocabulary
    for vocabulary in (
        HOSPITAL_LEVELS,
        INSURED_TYPES,
        SEXES,
        UNIT_CLASSES,
        DISEASE_GRADES,
        DISEASES,
    )
}
FLAGS = (
    "away",
    "senior_title",
    "hardship",
    "model_worker",
    "extreme_poverty",
    "card_holder",
)
ORDINALS = ("stay_ordinal", "payout_ordinal", "continuous_years")
DIMENSIONS = (*CODES, *FLAGS, *ORDINALS, "class")
BEFORE_ANY_EVENT = tuple(name for name in DIMENSIONS if not name.endswith("_ordinal"))
"""What a number may depend on where it is not yet known which stay or payout this is."""

_ORDINAL = re.compile(r"(\d{1,2})(\+?)", re.ASCII)
MOST_DIMENSIONS = 2


def read_number(
    entry: Entry,
    unit: NumberUnit,
    classes: Sequence[str] = (),
    dimensions: Sequence[str] = DIMENSIONS,
) -> Number:
    """A number or table in ``unit``; ``classes`` are the ids a ``class`` dimension runs over.

    ``dimensions`` are those the number may depend on where it stands.
    """
    if not (entry.node.is_mapping and "by" in entry.node.mapping):
        return Number(entry.node.path, unit, (entry.integer(unit),))
    entry.only("by", "rows")
    by = entry.need("by").node
    names = [by.text] if by.is_text else [node.text for node in by.items]
    if not 1 <= len(names) <= MOST_DIMENSIONS or len(set(names)) != len(names):
        raise by.refusal(N_("A table has one or two dimensions."), N_("Write by: [a, b]."))
    for name in names:
        if name not in dimensions or (name == "class" and not classes):
            raise by.refusal(
                N_("A table cannot depend on “{name}”."),
                N_("Choose one of: {choices}."),
                name=name,
                choices=", ".join(dimensions) or "–",
            )
    rows = entry.need("rows")
    table = _Table(unit, classes, rows.node.path)
    table.read(rows, names, ())
    return Number(entry.node.path, unit, tuple(table.values), tuple(table.dimensions.values()))


class _Table:
    def __init__(self, unit: NumberUnit, classes: Sequence[str], path: str) -> None:
        self.unit = unit
        self.classes = classes
        self.path = path
        self.values: list[int] = []
        self.dimensions: dict[str, Dimension] = {}

    def read(self, rows: Entry, names: list[str], above: tuple[str, ...]) -> None:
        name, rest = names[0], names[1:]
        chosen = self._rows(name, rows)
        dimension = Dimension(name, tuple(chosen))
        if self.dimensions.setdefault(name, dimension) != dimension:
            raise rows.refusal(
                N_("The rows of “{name}” differ from those above."),
                N_("Write the same rows under every row."),
                name=name,
            )
        for label, entry in chosen.items():
            if rest:
                self.read(entry, rest, (*above, label))
            else:
                value = entry.read(READ[self.unit])
                entry.listed(self.unit, value, ".".join((self.path, *above, label)))
                self.values.append(value)

    def _rows(self, name: str, rows: Entry) -> dict[str, Entry]:
        """The entry of every row of the dimension, in its order."""
        written = {key: rows.need(key) for key in rows.node.mapping if key not in CITING}
        if name in ORDINALS:
            return _ordinal_rows(name, rows, written)
        known: dict[str, tuple[str, ...]]
        if name in CODES:
            words = CODES[name].words.items()
            known = {word: (word, label) for word, (_, label) in words}
        elif name == "class":
            known = {word: (word,) for word in self.classes}
        else:
            known = {"no": ("no",), "yes": ("yes",)}
        spellings = {spelling for group in known.values() for spelling in group} | {"otherwise"}
        for key, entry in written.items():
            if key not in spellings:
                raise entry.refusal(
                    N_("“{key}” is no row of “{name}”."),
                    N_("Rows are: {choices}."),
                    key=key,
                    name=name,
                    choices=", ".join(known),
                )
        chosen = {}
        for word, group in known.items():
            found = [written[spelling] for spelling in group if spelling in written]
            if len(found) > 1:
                raise found[1].refusal(N_("“{key}” stands twice."), N_("Keep one row."), key=word)
            if not found and "otherwise" not in written:
                raise rows.refusal(
                    N_("The table has no row “{key}”."),
                    N_("Add the row, or “otherwise”."),
                    key=word,
                )
            chosen[word] = found[0] if found else written["otherwise"]
        return chosen


def _ordinal_rows(name: str, rows: Entry, written: dict[str, Entry]) -> dict[str, Entry]:
    first = 0 if name == "continuous_years" else 1
    expected = [str(first + index) for index in range(len(written))]
    if expected:
        expected[-1] += "+"
    if not written or list(written) != expected:
        raise rows.refusal(
            N_("The rows of “{name}” must be {expected}."),
            N_("Count up from {first}; the last row ends in +."),
            name=name,
            expected=", ".join(expected) or f"{first}+",
            first=first,
        )
    return written
