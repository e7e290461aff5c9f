"""The one reader of every uploaded table."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from gonghui.adapters.spreadsheets.children import Source, judged_by_child, run_child
from gonghui.adapters.spreadsheets.limits import LIMITS, Limits
from gonghui.adapters.spreadsheets.portions import unpack
from gonghui.adapters.spreadsheets.sheets import Kind, Sheet, Span, Spreadsheet


def read_spreadsheet(
    source: Source,
    name: str = "",
    *,
    known_headings: Collection[str] = (),
    first_only: bool = False,
    limits: Limits = LIMITS,
) -> Spreadsheet:
    """The raw cells of a file: xlsx, xls, ods, csv or txt, known by its content and its ending.

    ``name``: what the file is called, where ``source`` does not tell. ``known_headings``: words by
    which the encoding of a short text file is decided. ``first_only``: the first sheet of a
    workbook only.

    Refuses (``SpreadsheetRefused``) a file that cannot be read, or should not be.
    """
    called = name or (source.name if not isinstance(source, bytes) else "")
    request = {"known_headings": list(known_headings), "first_only": first_only}
    answer = run_child("read", source, called, limits, request)
    lines = map(json.loads, answer.splitlines())
    about: dict[str, Any] = {"format": ""}
    sheets: list[Sheet] = []
    reading: _Reading | None = None
    for line in _without_refusal(called, lines):
        if "sheet" in line:
            sheets += [reading.sheet()] if reading else []
            reading = _Reading(line["sheet"])
        elif "rows" in line and reading:
            reading.add(line)
        else:
            about |= line.get("book", line)
    sheets += [reading.sheet()] if reading else []
    return Spreadsheet(
        name=called,
        format=about["format"],
        sheets=tuple(sheets),
        encoding=about.get("encoding", ""),
        from_1904=about.get("from_1904", False),
        isolated=about["isolated"],
    )


def _without_refusal(name: str, lines: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if "refused" in line:
            raise judged_by_child(name, line)
        yield line


class _Reading:
    """A sheet, put together from its portions."""

    def __init__(self, about: dict[str, Any]) -> None:
        self._about = about
        self._columns: list[list[str]] = []
        self._kinds: list[list[str]] = []
        self._height = 0

    def add(self, portion: dict[str, Any]) -> None:
        rows: int = portion["rows"]
        while len(self._columns) < len(portion["cells"]):
            self._columns.append([""] * self._height)
            self._kinds.append([Kind.EMPTY * self._height])
        for column, packed in zip(self._columns, portion["cells"], strict=False):
            column.extend(unpack(packed, rows))
        for kinds, more in zip(self._kinds, portion["kinds"], strict=False):
            kinds.append(more)
        self._height += rows
        for number in range(len(portion["cells"]), len(self._columns)):
            self._columns[number] += [""] * rows
            self._kinds[number].append(Kind.EMPTY * rows)

    def sheet(self) -> Sheet:
        about = self._about
        return Sheet(
            name=about["name"],
            columns=tuple(self._columns),
            kinds=tuple(map("".join, self._kinds)),
            hidden=about.get("hidden", False),
            merged=tuple(Span(*span) for span in about.get("merged", ())),
            hidden_rows=frozenset(about.get("hidden_rows", ())),
            hidden_columns=frozenset(about.get("hidden_columns", ())),
            formulas=frozenset((row, column) for row, column in about.get("formulas", ())),
        )
