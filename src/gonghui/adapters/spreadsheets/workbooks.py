"""xlsx, xls and ods as raw cells: calamine, and beside it what calamine leaves out.

Runs inside the child. Rows come in portions, as plain values that JSON can hold.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Literal

import python_calamine

from gonghui.adapters.spreadsheets import biff, ooxml, opendocument
from gonghui.adapters.spreadsheets.damage import damage_refused
from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.limits import Limits
from gonghui.adapters.spreadsheets.portions import ROWS_AT_ONCE, Portion, pack, texts_of
from gonghui.adapters.spreadsheets.sheets import Kind
from gonghui.adapters.spreadsheets.untold import Untold


def read_workbook(
    data: bytes, kind: Literal["xlsx", "xls", "ods"], limits: Limits, first_only: bool
) -> Iterator[Portion]:
    """For each sheet a portion ``sheet``, then its rows in portions ``cells`` and ``kinds``; at the
    end a portion ``book``."""
    # calamine works without the interpreter's lock, so that both readers run at once.
    with ThreadPoolExecutor(1) as beside:
        untold, from_1904 = _untold(beside, data, kind)
        book = _opened(data)
        sheets = [
            (number, sheet)
            for number, sheet in enumerate(book.sheets_metadata)
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        if not sheets:
            raise Judged("no_sheet")
        cells = 0
        for number, about in sheets[: 1 if first_only else None]:
            sheet = _sheet(book, number)
            rest = untold(number)
            merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
            yield {
                "sheet": {
                    "name": about.name,
                    "hidden": about.visible != python_calamine.SheetVisibleEnum.Visible,
                    "merged": merged or rest.merged,
                    "hidden_rows": sorted(rest.hidden_rows),
                    "hidden_columns": sorted(rest.hidden_columns),
                    "formulas": sorted(rest.formulas),
                }
            }
            for portion in _portions(sheet, rest, limits):
                cells += sum(len(kinds) - kinds.count(Kind.EMPTY) for kinds in portion["kinds"])
                if cells > limits.cells:
                    raise Judged("too_large", value=f"> {limits.cells}")
                yield portion
    yield {"book": {"from_1904": from_1904}}


def _untold(
    beside: ThreadPoolExecutor, data: bytes, kind: str
) -> tuple[Callable[[int], Untold], bool]:
    """What calamine does not tell of the sheet of a number; and whether days count from 1904."""
    if kind == "xls":
        with damage_refused():
            sheets, from_1904 = biff.untold_of(data)
        return _among(sheets), from_1904
    with damage_refused(), zipfile.ZipFile(io.BytesIO(data)) as workbook:
        if kind == "ods":
            opendocument.refuse_password(workbook)
            return _among(opendocument.untold_of(workbook)), False
        ooxml.refuse_declarations(workbook)
        parts, from_1904 = ooxml.sheet_parts(workbook)

    def untold_of(number: int) -> Untold:
        with damage_refused():
            return ooxml.untold_of(data, parts[number])

    started: dict[int, Future[Untold]] = {0: beside.submit(untold_of, 0)} if parts else {}

    def of_part(number: int) -> Untold:
        if number >= len(parts):  # the two readers see different workbooks
            raise Judged("broken")
        if number not in started:
            started[number] = beside.submit(untold_of, number)
        return started[number].result()

    return of_part, from_1904


def _among(sheets: Sequence[Untold]) -> Callable[[int], Untold]:
    def of_sheet(number: int) -> Untold:
        if number >= len(sheets):  # the two readers see different workbooks
            raise Judged("broken")
        return sheets[number]

    return of_sheet


def _opened(data: bytes) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except MemoryError:
        raise
    except BaseException as error:  # a panic of its parsers is no Exception
        raise Judged("broken") from error


def _sheet(book: python_calamine.CalamineWorkbook, number: int) -> python_calamine.CalamineSheet:
    try:
        return book.get_sheet_by_index(number)
    except MemoryError:
        raise
    except BaseException as error:  # a panic of its parsers is no Exception
        raise Judged("broken") from error


def _portions(
    sheet: python_calamine.CalamineSheet, rest: Untold, limits: Limits
) -> Iterator[Portion]:
    """The rows from A1 on, column by column."""
    end = sheet.end or (-1, -1)
    height = max([end[0], *(row for row, _ in rest.errors)]) + 1
    width = max([end[1], *(column for _, column in rest.errors)]) + 1
    rows = sheet.iter_rows()
    for first in range(0, height, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, height - first)
        block = list(islice(rows, count))
        assert len(block) == max(0, min(count, end[0] + 1 - first)), "rows got lost"
        columns = list(zip(*block, strict=True)) if block else []
        texts, kinds = [], []
        for column in (*columns, *[()] * (width - len(columns))):
            text, kind = texts_of(column, limits.cell_characters)
            texts.append(text + [""] * (count - len(text)))
            kinds.append(kind + Kind.EMPTY * (count - len(kind)))
        for (row, column_number), words in rest.errors.items():
            if first <= row < first + count:
                at, own = row - first, kinds[column_number]
                texts[column_number][at] = words
                kinds[column_number] = own[:at] + Kind.ERROR + own[at + 1 :]
        yield {"rows": count, "cells": [pack(text) for text in texts], "kinds": kinds}
