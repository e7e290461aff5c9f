"""A file as raw cells, before anything is understood of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Format = Literal["xlsx", "xls", "ods", "text"]


class Kind:
    """What a cell is, as one character: a column of kinds is one short string."""

    EMPTY = " "
    TEXT = "t"
    NUMBER = "n"
    DATE = "d"
    BOOLEAN = "b"
    ERROR = "e"
    """``#REF!`` and its like, or a formula (its text begins with ``=``) that nobody computed."""
    LONG = "l"
    """Text longer than a cell may be; only its beginning was kept."""


class Span(NamedTuple):
    """Cells merged into one: first and last row and column, counted from 0, the last included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """``columns[c][r]`` is the raw text of a cell and ``kinds[c][r]`` its kind; row 0 is the row
    that a spreadsheet calls 1. All columns are of one length.

    The sets hold what the format tells: workbooks everything, text files nothing.
    """

    name: str
    columns: tuple[list[str], ...]
    kinds: tuple[str, ...]
    hidden: bool = False
    merged: tuple[Span, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    """(row, column) of cells whose value a formula computed."""

    @property
    def height(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @property
    def width(self) -> int:
        return len(self.columns)

    def row(self, number: int) -> list[str]:
        """The texts of one row."""
        return [column[number] for column in self.columns]


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A file, read. Of a text file there is one sheet, named like the file."""

    name: str
    format: Format
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    """Of a text file."""
    from_1904: bool = False
    """Day numbers count from 1904, as old Macs wrote them."""
    isolated: bool = False
    """The process that read it had no network."""
