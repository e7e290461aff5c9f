"""xlsx workbooks through the one reader of uploaded tables, refused in the words of feeds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from gonghui.adapters.medical_insurance.errors import FeedRefused
from gonghui.adapters.spreadsheets import Kind, Limits, Sheet, SpreadsheetRefused, read_spreadsheet

__all__ = ["Limits", "refused", "workbook_as_csv"]

_CODES = {
    "missing": "file_missing",
    "empty": "file_empty",
    "too_big": "xlsx_size",
    "encrypted": "xlsx_encrypted",
    "parts": "xlsx_parts",
    "size": "xlsx_size",
    "ratio": "xlsx_ratio",
    "macro": "xlsx_part_forbidden",
    "external_link": "xlsx_part_forbidden",
    "part_unknown": "xlsx_part_forbidden",
    "too_large": "xlsx_too_large",
    "sixteen_bits": "file_sixteen_bits",
    "binary": "file_binary",
    "encoding": "file_encoding",
    "mixed_encodings": "file_encoding",
}
_LIMITS = Limits(cells=60_000_000)
"""A feed has more cells than any roster; the other limits stop it."""
_FLAGS = {"TRUE": "1", "FALSE": "0"}


def workbook_as_csv(path: Path, limits: Limits = _LIMITS) -> bytes:
    """The first sheet of a workbook as UTF-8 CSV, one line a row."""
    try:
        (sheet,) = read_spreadsheet(path, first_only=True, limits=limits).sheets
    except SpreadsheetRefused as error:
        raise refused(error, path) from error
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(zip(*_in_one_line(sheet), strict=True))
    return stream.getvalue().encode()


def refused(error: SpreadsheetRefused, path: Path) -> FeedRefused:
    """The same refusal, among those of feeds."""
    row = error.place.line if error.place else 0
    code = _CODES.get(error.code, "xlsx_broken")
    return FeedRefused(code, path, row=row, value=error.values["value"])


def _in_one_line(sheet: Sheet) -> list[list[str]]:
    """The columns as one line of text can hold them."""
    return [_column(texts, kinds) for texts, kinds in zip(sheet.columns, sheet.kinds, strict=True)]


def _column(texts: list[str], kinds: str) -> list[str]:
    """Without line breaks in cells; yes and no as 1 and 0, errors as nothing."""
    if Kind.BOOLEAN in kinds or Kind.ERROR in kinds:
        return [
            _FLAGS[text] if kind == Kind.BOOLEAN else _one_line(text) if kind != Kind.ERROR else ""
            for text, kind in zip(texts, kinds, strict=True)
        ]
    if any("\n" in text or "\r" in text for text in texts):
        return [_one_line(text) for text in texts]
    return texts


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
