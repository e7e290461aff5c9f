"""Cells on their way from the child to its parent: portions of rows, column by column, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from math import isfinite
from typing import Any, cast

from gonghui.adapters.spreadsheets.sheets import Kind

SEPARATOR = "\x1f"
"""Between the cells of a column: one long string is faster to read than many."""
ROWS_AT_ONCE = 20_000
_EXACT = 10**15
"""From here on a binary fraction no longer holds every whole number."""

Portion = dict[str, Any]


def texts_of(column: Sequence[object], longest: int) -> tuple[list[str], str]:
    """The cells of a column as their reader would type them, and their kinds."""
    kinds = set(map(type, column))
    if kinds == {float}:
        return _numbers(cast(Sequence[float], column)), Kind.NUMBER * len(column)
    if kinds == {str}:
        texts = cast(list[str], list(column))
        if max(map(len, texts)) <= longest:
            if "" not in texts:
                return texts, Kind.TEXT * len(texts)
            return texts, "".join([Kind.TEXT if text else Kind.EMPTY for text in texts])
    if bool in kinds:  # which equals a number, and would take its place
        pairs = [_text_of(cell, longest) for cell in column]
    else:
        done = {cell: _text_of(cell, longest) for cell in set(column)}
        pairs = [done[cell] for cell in column]
    return [text for text, _ in pairs], "".join([kind for _, kind in pairs])


def _numbers(column: Sequence[float]) -> list[str]:
    if all(map(isfinite, column)) and max(column) < _EXACT and min(column) > -_EXACT:
        whole = list(map(int, column))
        if whole == list(column):
            return list(map(str, whole))
    return [_text_of(cell, 0)[0] for cell in column]


def _text_of(cell: object, longest: int) -> tuple[str, str]:
    match cell:
        case str():
            if len(cell) > longest:
                return cell[:longest], Kind.LONG
            return cell, Kind.TEXT if cell else Kind.EMPTY
        case bool():
            return ("TRUE" if cell else "FALSE"), Kind.BOOLEAN
        case float():
            # Beyond the form 4.1e+17 stays: it shows that digits were lost.
            whole = cell.is_integer() and abs(cell) < _EXACT
            return (str(int(cell)) if whole else repr(cell)), Kind.NUMBER
        case int():
            return (str(cell) if abs(cell) < _EXACT else repr(float(cell))), Kind.NUMBER
        case datetime():
            midnight = cell.time() == time()
            return str(cell.date() if midnight else cell), Kind.DATE
        case date():
            return cell.isoformat(), Kind.DATE
        case _:  # times of day and durations
            return str(cell), Kind.DATE


def pack(texts: list[str]) -> str | list[str] | None:
    """A column in one string; None when it is empty; a list when a cell holds the separator."""
    joined = SEPARATOR.join(texts)
    if joined.count(SEPARATOR) != len(texts) - 1:
        return texts
    return joined if len(joined) >= len(texts) else None


def unpack(packed: str | list[str] | None, count: int) -> list[str]:
    """The reverse of ``pack``."""
    if packed is None:
        return [""] * count
    return packed if isinstance(packed, list) else packed.split(SEPARATOR)
