"""Refusals: what was wrong, where, and what to do about it.

``core`` speaks English templates with named parameters; a door translates the template (gettext)
and fills it. ``N_`` marks a template for the translators and returns it unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_LONG_NUMBER = re.compile(r"\d(?:[ -]?[\dXx]){14,}|\d\.\d{10,}[eE]\+?\d+")
"""An identity number of 15 or 18 digits, whole or mistyped, or what a spreadsheet made of one."""


def N_(template: str) -> str:  # noqa: N802  (gettext's own name for "mark, do not translate")
    """Mark a template for translation."""
    return template


def masked_numbers(text: str) -> str:
    """The text with the middle of every number of 15 or more digits hidden: people's own."""

    def masked(match: re.Match[str]) -> str:
        number = match[0]
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"

    return _LONG_NUMBER.sub(masked, text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: lines and columns count from 1; 0 when the file has none."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        numbers = (self.line, self.column) if self.column else (self.line,)
        return ":".join((self.file, *map(str, numbers))) if self.line else self.file


class Refusal(Exception):
    """Input that cannot be accepted.

    ``what`` says what is wrong, ``todo`` what to do; both are templates filled with ``values``.
    ``field`` is the path of the entry, as people write it (``benefits.hospital.rate``).
    """

    def __init__(
        self, what: str, todo: str, *, place: Place | None = None, field: str = "", **values: object
    ) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo
        self.place, self.field, self.values = place, field, values

    def at(self, place: Place, field: str) -> Refusal:
        """The same refusal with its place, for code that reads values without knowing where."""
        self.place = self.place or place
        self.field = self.field or field
        return self

    def words(self, translate: Callable[[str], str] = str) -> str:
        """One line: place, field, what, what to do."""
        where = ": ".join(part for part in (str(self.place or ""), self.field) if part)
        said = " ".join(
            translate(part).format(**self.values) for part in (self.what, self.todo) if part
        ).replace("。 ", "。")
        return f"{where}: {said}" if where else said

    def __str__(self) -> str:
        return self.words()
