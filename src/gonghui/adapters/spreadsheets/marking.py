"""A workbook sent back: the same cells, some of them marked, and a sheet that lists what is wrong.

A small xlsx stays the sender's own workbook, changed by openpyxl inside the limited child. All
others are written anew from their raw cells, as text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter

from gonghui.adapters.spreadsheets.children import Source, is_own_fault, run_child
from gonghui.adapters.spreadsheets.errors import SpreadsheetRefused
from gonghui.adapters.spreadsheets.harmless import looks_like_formula
from gonghui.adapters.spreadsheets.limits import LIMITS, Limits
from gonghui.adapters.spreadsheets.sheets import Sheet, Spreadsheet

SEVERE, SLIGHT = "FFB3B4", "FFF0A1"
"""The colours of marks. No palette offers them, so that old marks are known and taken away."""
MOST_NOTES = 1_000
"""More cells than this are coloured only; their words stand in the list."""
_KEPT_CELLS, _KEPT_BYTES = 100_000, 4_000_000
"""What openpyxl rewrites in a few seconds."""
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell (counted from 0), and what a note at it says."""

    row: int
    column: int
    severe: bool
    words: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The sheet that says everything at once."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


def marked_workbook(
    source: Source,
    spreadsheet: Spreadsheet,
    sheet: int,
    marks: Sequence[Mark],
    listing: Listing,
    *,
    author: str,
    limits: Limits = LIMITS,
) -> bytes:
    """An xlsx with the cells of ``sheet`` (its number) marked and the listing behind.

    ``author``: who signs the notes.
    """
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    cells = sum(one.height * one.width for one in spreadsheet.sheets)
    if spreadsheet.format == "xlsx" and cells <= _KEPT_CELLS and size <= _KEPT_BYTES:
        request = {
            "sheet": spreadsheet.sheets[sheet].name,
            "author": author,
            "colours": [SEVERE, SLIGHT],
            "marks": [[m.row, m.column, m.severe, m.words] for m in noted(marks)],
            "listing": [listing.name, listing.headings, listing.rows, listing.widths],
        }
        try:
            return run_child("mark", source, spreadsheet.name, limits, request)
        except SpreadsheetRefused as error:
            # What openpyxl cannot open (the strict form among others) is written anew.
            if error.code != "broken" or is_own_fault(error):
                raise
    return _rebuilt(spreadsheet, sheet, marks, listing, author)


def noted(marks: Iterable[Mark]) -> list[Mark]:
    """Marks, of which only the first so many keep their words."""
    return [
        mark if number < MOST_NOTES else Mark(mark.row, mark.column, mark.severe, "")
        for number, mark in enumerate(marks)
    ]


def _rebuilt(
    spreadsheet: Spreadsheet, marked: int, marks: Sequence[Mark], listing: Listing, author: str
) -> bytes:
    stream = io.BytesIO()
    names = sheet_names([*(sheet.name for sheet in spreadsheet.sheets), listing.name])
    # in_memory: people's numbers are never left behind on a disk.
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        writer = _Writer(book, author)
        for number, sheet in enumerate(spreadsheet.sheets):
            own = noted(marks) if number == marked else []
            writer.sheet(names[number], sheet, own)
        writer.listing(names[-1], listing)
    return stream.getvalue()


class _Writer:
    """Writes every cell as text; what looks like a formula carries Excel's quote."""

    def __init__(self, book: xlsxwriter.Workbook, author: str) -> None:
        self._book, self._author = book, author
        colours = {None: {}, True: {"bg_color": f"#{SEVERE}"}, False: {"bg_color": f"#{SLIGHT}"}}
        self._formats = {
            (severity, quoted): book.add_format(
                {"num_format": "@", **({"quote_prefix": True} if quoted else {}), **colour}
            )
            for severity, colour in colours.items()
            for quoted in (False, True)
        }

    def sheet(self, name: str, sheet: Sheet, marks: Sequence[Mark]) -> None:
        page = self._book.add_worksheet(name)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        found = {(mark.row, mark.column): mark for mark in marks}
        plain, quoted = self._formats[None, False], self._formats[None, True]
        for column, texts in enumerate(sheet.columns):
            for row, text in enumerate(texts):
                if text and (row, column) not in found:
                    style = quoted if looks_like_formula(text) else plain
                    page.write_string(row, column, text, style)
        for (row, column), mark in found.items():
            inside = column < sheet.width and row < sheet.height
            text = sheet.columns[column][row] if inside else ""
            page.write_string(
                row, column, text, self._formats[mark.severe, looks_like_formula(text)]
            ) if text else page.write_blank(row, column, None, self._formats[mark.severe, False])
            if mark.words:
                page.write_comment(row, column, mark.words, {"author": self._author, "x_scale": 2})

    def listing(self, name: str, listing: Listing) -> None:
        page = self._book.add_worksheet(name)
        head = self._book.add_format({"bold": True, "bottom": 1})
        look = {"num_format": "@", "text_wrap": True, "valign": "top"}
        plain = self._book.add_format(look)
        quoted = self._book.add_format({**look, "quote_prefix": True})
        for column, width in enumerate(listing.widths):
            page.set_column(column, column, width)
        for column, text in enumerate(listing.headings):
            page.write_string(0, column, text, head)
        for row, texts in enumerate(listing.rows, 1):
            for column, text in enumerate(texts):
                style = quoted if looks_like_formula(text) else plain
                page.write_string(row, column, text, style)
        page.freeze_panes(1, 0)


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel takes: no two alike, at most 31 characters, none of its signs."""
    taken: list[str] = []
    for name in names:
        plain = _NO_SHEET_NAME.sub(" ", name).strip()[:31] or "Sheet"
        number = 1
        chosen = plain
        while chosen.casefold() in map(str.casefold, taken):
            number += 1
            chosen = f"{plain[: 31 - len(str(number)) - 1]} {number}"
        taken.append(chosen)
    return taken
