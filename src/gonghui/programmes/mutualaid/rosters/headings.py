"""Where the table of people stands in a file: its sheet, its heading, its columns.

Above the heading there may be titles; the heading may have two rows, the upper one with cells that
span several columns (缴费金额: 个人, 单位).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.adapters.spreadsheets import Sheet, Spreadsheet
from gonghui.core.errors import masked_numbers
from gonghui.programmes.mutualaid.rosters.columns import REQUIRED, Columns, columns, plain
from gonghui.programmes.mutualaid.rosters.errors import RosterRefused
from gonghui.programmes.mutualaid.rosters.roster import Column

_LONG_NUMBER = re.compile(r"[0-9]{11}|[eE]\+[0-9]")
"""No heading holds one; people's numbers and names are not repeated in a refusal."""
_LATEST_HEADING = 30
"""A heading further down is none."""


@dataclass(frozen=True, slots=True)
class Table:
    """``first``: the first row below the heading, counted from 0."""

    sheet: Sheet
    number: int
    first: int
    columns: dict[str, Column]
    repeated: tuple[str, ...]
    """Headings of columns that mean the same as another one and are not read."""
    ignored: tuple[str, ...]
    """Headings that mean nothing to us."""
    width: int
    """How many columns the heading has."""
    known: Columns
    """What the columns of such a list may be called."""


def find_table(spreadsheet: Spreadsheet, known: Columns | None = None) -> Table:
    """The one sheet with people; refuses (``RosterRefused``) a file with none or several.

    ``known``: the columns of a list that is no roster.
    """
    known = known or columns()
    shown = [
        (number, sheet)
        for number, sheet in enumerate(spreadsheet.sheets)
        if not sheet.hidden and any(kinds.strip() for kinds in sheet.kinds)
    ]
    if not shown:
        raise RosterRefused("no_cells", spreadsheet.name)
    tables = [table for number, sheet in shown if (table := _in_sheet(sheet, number, known))]
    if not tables:
        raise _unheaded(spreadsheet.name, [sheet for _, sheet in shown], known)
    filled = [table for table in tables if _has_people(table)]
    if len(filled) > 1:
        names = "、".join(f"“{table.sheet.name}”" for table in filled)
        raise RosterRefused("several_lists", spreadsheet.name, value=names)
    if not filled:
        raise RosterRefused("no_people", spreadsheet.name, row=tables[0].first)
    return _without_doubt(spreadsheet.name, filled[0])


def _in_sheet(sheet: Sheet, number: int, known: Columns) -> Table | None:
    """The heading with the most fields; one row is preferred to two."""
    best: tuple[int, bool] = (0, False)
    chosen: Table | None = None
    for row in range(min(_LATEST_HEADING, sheet.height)):
        found = {True: _mapped(known, sheet, number, row + 1, [""] * sheet.width, sheet.row(row))}
        if row + 1 < sheet.height:
            upper, lower = _spread(sheet, row), sheet.row(row + 1)
            found[False] = _mapped(known, sheet, number, row + 2, upper, lower)
            if _holds_a_person(found[False], lower):
                del found[False]
        for single, table in found.items():
            rank = len(table.columns), single
            if rank > best and all(name in table.columns for name in REQUIRED):
                best, chosen = rank, table
    return chosen


def _holds_a_person(table: Table, lower: Sequence[str]) -> bool:
    """Whether the lower row of a heading is the first person of the list."""
    for name in REQUIRED:
        column = table.columns.get(name)
        text = lower[column.number] if column else ""
        if text.strip():
            field = table.known.field_of(text)
            if field is None or field[0] != name:
                return True
    return False


def _spread(sheet: Sheet, row: int) -> list[str]:
    """A row of headings in which a heading that spans columns stands in each of them."""
    upper, lower = sheet.row(row), sheet.row(row + 1)
    for span in sheet.merged:
        if span.first_row == row and span.last_row == row:
            width = span.last_column - span.first_column + 1
            upper[span.first_column : span.last_column + 1] = [upper[span.first_column]] * width
    if not sheet.merged:  # formats that do not tell: empty above, filled below
        for column in range(1, sheet.width):
            if not upper[column].strip() and lower[column].strip():
                upper[column] = upper[column - 1]
    return upper


def _mapped(
    known: Columns,
    sheet: Sheet,
    number: int,
    first: int,
    upper: Sequence[str],
    lower: Sequence[str],
) -> Table:
    found: dict[str, list[tuple[int, Column]]] = {}
    ignored = []
    for at, (top, bottom) in enumerate(zip(upper, lower, strict=True)):
        if not (top.strip() or bottom.strip()):
            continue
        heading = "".join(dict.fromkeys((top, bottom)))
        field = None
        if bottom.strip() and top.strip() and (below := known.below.get(plain(bottom))):
            field = below, 0
        for text in (bottom, top + bottom, heading, top) if field is None else ():
            field = known.field_of(text)
            if field is not None:
                break
        if field is None:
            ignored.append(heading)
        else:
            found.setdefault(field[0], []).append((field[1], Column(at, heading)))
    chosen, repeated = {}, []
    for name, places in found.items():
        places.sort(key=lambda place: place[0])
        chosen[name] = places[0][1]
        repeated += [column.heading for _, column in places[1:]]
    width = max((at for at, text in enumerate(map("".join, zip(upper, lower, strict=True)))
                 if text.strip()), default=-1) + 1  # fmt: skip
    return Table(sheet, number, first, chosen, tuple(repeated), tuple(ignored), width, known)


def _has_people(table: Table) -> bool:
    return any(
        table.sheet.kinds[table.columns[name].number][table.first :].strip() for name in REQUIRED
    )


def _without_doubt(file: str, table: Table) -> Table:
    """Whom a row concerns must not depend on which of two columns is read."""
    known = table.known
    for name in REQUIRED:
        twice = [
            heading
            for heading in table.repeated
            if (field := known.field_of(heading)) and field[0] == name
        ]
        if twice:
            both = "、".join([table.columns[name].heading, *twice])
            raise RosterRefused(
                "heading_twice", file, row=table.first, value=known.labels[name], columns=both
            )
    return table


def _unheaded(file: str, sheets: Sequence[Sheet], known: Columns) -> RosterRefused:
    """Say which of the two columns is missing, and what was seen instead."""
    best: tuple[int, set[str], list[str]] = (-1, set(), [])
    for sheet in sheets:
        for row in range(min(_LATEST_HEADING, sheet.height)):
            texts = [text for text in sheet.row(row) if text.strip()]
            fields = {found[0] for text in texts if (found := known.field_of(text))}
            if len(fields) > best[0]:
                best = len(fields), fields, texts
    _, fields, texts = best
    if not fields and any(_LONG_NUMBER.search(text) for text in texts):
        return RosterRefused("starts_with_people", file)
    seen = "、".join(masked_numbers("".join(text.split())[:20]) for text in texts[:15])
    missing = [name for name in REQUIRED if name not in fields]
    code = f"no_{missing[0]}" if len(missing) == 1 and len(fields) > 1 else "no_heading"
    return RosterRefused(code, file, value=seen)
