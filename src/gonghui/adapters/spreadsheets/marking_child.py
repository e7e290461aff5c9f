"""Inside the child: the sender's own workbook with cells marked, by openpyxl."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Protocol

from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.harmless import looks_like_formula


class _HasOut(Protocol):
    out: str


if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]


def marked(data: bytes, request: dict[str, Any]) -> bytes:
    """The workbook with values in place of formulas, old marks taken away and new ones set."""
    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.comments import Comment  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]

    severe, slight = request["colours"]
    try:
        # Values only: what leaves this house computes nothing on another's desk.
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        page = book[request["sheet"]]
    except Exception as error:  # whatever openpyxl stumbles over
        raise Judged("broken") from error
    for name in list(book.defined_names):
        del book.defined_names[name]
    for sheet in book.worksheets:
        _clean(
            sheet, {f"00{severe}", f"FF{severe}", f"00{slight}", f"FF{slight}"}, request["author"]
        )
    fills = {
        True: PatternFill("solid", start_color=f"FF{severe}", end_color=f"FF{severe}"),
        False: PatternFill("solid", start_color=f"FF{slight}", end_color=f"FF{slight}"),
    }
    corners = {
        (row, column): (area.min_row, area.min_col)
        for area in page.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, area.min_row + 1000) + 1)
        for column in range(area.min_col, min(area.max_col, area.min_col + 100) + 1)
    }
    for row, column, is_severe, words in request["marks"]:
        at = corners.get((row + 1, column + 1), (row + 1, column + 1))
        cell = page.cell(*at)
        cell.fill = fills[is_severe]
        if words:
            before = f"{cell.comment.text}\n" if cell.comment else ""
            cell.comment = Comment(before + words, request["author"], height=120, width=300)
    name, headings, rows, widths = request["listing"]
    if name in book.sheetnames:
        del book[name]
    listing = book.create_sheet(name)
    for number, texts in enumerate([headings, *rows], 1):
        for column, text in enumerate(texts, 1):
            cell = listing.cell(number, column)
            cell.value, cell.data_type, cell.number_format = text, "s", "@"
            cell.quotePrefix = looks_like_formula(text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for number, width in enumerate(widths):
        listing.column_dimensions[chr(65 + number)].width = width
    listing.freeze_panes = "A2"
    answer = io.BytesIO()
    _write_in_memory()
    book.save(answer)
    return answer.getvalue()


def _write_in_memory() -> None:
    """openpyxl writes each sheet to a file first; a child that is stopped would leave it behind."""
    from openpyxl.worksheet import _writer  # type: ignore[import-untyped]

    if hasattr(os, "memfd_create"):
        _writer.create_temporary_file = _file_in_memory
        _writer.WorksheetWriter.cleanup = _close_file_in_memory


def _file_in_memory(suffix: str = "") -> str:
    return f"/proc/self/fd/{os.memfd_create(suffix or 'sheet')}"


def _close_file_in_memory(writer: _HasOut) -> None:
    os.close(int(writer.out.rpartition("/")[2]))


def _clean(sheet: Worksheet, colours: set[str], author: str) -> None:
    """Take away the marks of an earlier round, links, and what text could become a formula."""
    from openpyxl.cell.cell import MergedCell  # type: ignore[import-untyped]
    from openpyxl.styles import PatternFill

    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.hyperlink is not None:
                cell.hyperlink = None
            if cell.comment is not None and cell.comment.author == author:
                cell.comment = None
            if cell.has_style and cell.fill.start_color.rgb in colours:
                cell.fill = PatternFill()
            if cell.data_type == "s" and looks_like_formula(str(cell.value)):
                cell.quotePrefix = True
            elif cell.data_type == "f":  # an array formula, which data_only leaves
                cell.value = None
