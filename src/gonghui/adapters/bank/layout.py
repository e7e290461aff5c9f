"""Where in a sheet a statement stands: what is said above it, its heading, its rows, its totals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gonghui.adapters.bank.findings import StatementRefused
from gonghui.adapters.bank.mapping import BankMapping, fold, known_mappings, load_mapping
from gonghui.adapters.bank.parsing import plain
from gonghui.adapters.spreadsheets import Sheet

_HEADING_WITHIN = 60
"""Banks print a few lines above the heading; nobody prints so many."""
_PAIR = re.compile(r"([^::]{1,12})[::]\s*(.*)")


@dataclass(frozen=True, slots=True)
class Layout:
    """A statement's place in a sheet. Rows count from 0, as the sheet's columns do."""

    sheet: Sheet
    mapping: BankMapping
    heading: int
    columns: Mapping[str, int]
    said: Mapping[str, tuple[int, str]]
    """What is said above and below: row and text."""


def find_layout(file: str, sheets: tuple[Sheet, ...], mapping: BankMapping | None) -> Layout:
    """The one sheet that holds a statement, read by the given mapping or by what fits best."""
    tried = mappings_tried(mapping)
    found = [layout for sheet in sheets if (layout := _best(file, sheet, tried))]
    if len(found) > 1:
        names = "、".join(layout.sheet.name for layout in found)
        raise StatementRefused("several_sheets", file, value=names)
    if found:
        return found[0]
    near = [one for sheet in sheets for m in tried if (one := _nearest(sheet, m))]
    if not near:
        raise StatementRefused("heading_missing", file)
    _, row, lacking = max(near, key=lambda one: one[0])
    raise StatementRefused("columns_missing", file, row=row + 1, value="、".join(lacking))


def mappings_tried(mapping: BankMapping | None) -> list[BankMapping]:
    """The one that was named, or all that ship."""
    return [mapping] if mapping else [load_mapping(name) for name in known_mappings()]


def _best(file: str, sheet: Sheet, tried: list[BankMapping]) -> Layout | None:
    fitting = [
        (len(columns), -order, row, columns, mapping)
        for order, mapping in enumerate(tried)
        if (at := _heading(sheet, mapping))
        for row, columns in [at]
    ]
    if not fitting:
        return None
    _, _, row, columns, mapping = max(fitting, key=lambda one: one[:2])
    _refuse_repeated(file, sheet, row, columns)
    return Layout(sheet, mapping, row, columns, _said(sheet, mapping, row))


def _heading(sheet: Sheet, mapping: BankMapping) -> tuple[int, dict[str, int]] | None:
    for row in range(min(sheet.height, _HEADING_WITHIN)):
        columns = mapping.columns(sheet.row(row))
        if len(columns) >= 2 and not mapping.missing(columns):
            return row, columns
    return None


def _nearest(sheet: Sheet, mapping: BankMapping) -> tuple[int, int, list[str]] | None:
    """The row that looks most like a heading, and what it lacks."""
    rows = [
        (len(columns), -row, [mapping.printed(name) for name in mapping.missing(columns)])
        for row in range(min(sheet.height, _HEADING_WITHIN))
        if len(columns := mapping.columns(sheet.row(row))) >= 2
    ]
    if not rows:
        return None
    score, row, lacking = max(rows, key=lambda one: one[:2])
    return score, -row, lacking


def _refuse_repeated(file: str, sheet: Sheet, row: int, columns: Mapping[str, int]) -> None:
    folded = [fold(cell) for cell in sheet.row(row)]
    for at in columns.values():
        if folded.count(folded[at]) > 1:
            cell = sheet.columns[at][row]
            raise StatementRefused("heading_twice", file, row=row + 1, value=plain(cell))


def _said(sheet: Sheet, mapping: BankMapping, heading: int) -> dict[str, tuple[int, str]]:
    """``账号：6222…`` in one cell, or in two that stand side by side, above the heading."""
    labels = {word: name for name, words in mapping.head.items() for word in words}
    said: dict[str, tuple[int, str]] = {}
    for row in range(heading):
        for name, text in pairs(sheet.row(row), labels):
            said.setdefault(name, (row, text))
    return said


def pairs(cells: list[str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a row says by label and value."""
    found = []
    for at, cell in enumerate(cells):
        match = _PAIR.fullmatch(plain(cell))
        if match and fold(match[1]) in labels and match[2]:
            found.append((labels[fold(match[1])], match[2].strip()))
        elif fold(cell) in labels:
            value = next((after for after in cells[at + 1 : at + 3] if plain(after)), "")
            if value and fold(value) not in labels:
                found.append((labels[fold(cell)], plain(value)))
    return found
