"""Which rows below a heading are people: not totals, not signatures, not the heading again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gonghui.adapters.spreadsheets import Kind
from gonghui.programmes.mutualaid.rosters.columns import Columns, plain
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.headings import Table
from gonghui.programmes.mutualaid.rosters.readers import shortened
from gonghui.programmes.mutualaid.rosters.roster import Skipped

_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
_ORDINARY = re.compile(r"[一-龥]{2,4}")
_LIKE_NUMBER = re.compile(r"[0-9]{5}|[eE]\+")
"""What a signature in the column of numbers does not hold."""


@dataclass(slots=True)
class Rows:
    """``people``: the rows of people, counted from 0."""

    people: list[int]
    skipped: list[Skipped]
    totals: list[int]


def sort_rows(table: Table) -> Rows:
    """Every row below the heading that holds anything is a person or is skipped for a reason.

    A row with a name and a number is a person, whatever else it says; only the others are looked
    at closely.
    """
    sheet = table.sheet
    name, number = (sheet.columns[table.columns[n].number] for n in ("name", "document_number"))
    odd_names = _odd_names(name[table.first :], table.known)
    rows = Rows([], [], [])
    for row in range(table.first, sheet.height):
        said = name[row]
        if said and not said.isspace() and said not in odd_names:
            what = number[row]
            if what and not what.isspace():
                rows.people.append(row)
                continue
        _sort_odd(table, row, rows)
    return rows


def _odd_names(names: Sequence[str], known: Columns) -> set[str]:
    """What stands in the column of names but is the label of a row."""
    labels = known.totals | known.headings.keys()
    ordinary = _ORDINARY.fullmatch
    return {name for name in set(names) if name in labels or not ordinary(name)}


def _sort_odd(table: Table, row: int, rows: Rows) -> None:
    sheet, known = table.sheet, table.known
    texts = [text.strip() for text in sheet.row(row)]
    stated = [text for text in texts if text]
    serial = table.columns.get("serial")
    if not stated or (serial and stated == [texts[serial.number]] and _NUMBER.fullmatch(stated[0])):
        return  # blank, or numbered beforehand and not filled in
    name = texts[table.columns["name"].number]
    number = texts[table.columns["document_number"].number]
    words = [plain(text) for text in stated]
    if sum(word in known.headings for word in words) >= max(2, len(words) - 1):
        rows.skipped.append(Skipped(row + 1, "heading"))
    elif any(word in known.totals or _begins(word, known.totals) for word in words[:3]) and (
        not number or _NUMBER.fullmatch(number)
    ):
        rows.skipped.append(Skipped(row + 1, "totals"))
        rows.totals.append(row)
    elif words[0].startswith(known.notes) and not _LIKE_NUMBER.search(number):
        rows.skipped.append(Skipped(row + 1, "note"))
    elif not (number or name) and len(stated) == 1 and not _NUMBER.fullmatch(stated[0]):
        rows.skipped.append(Skipped(row + 1, "note"))  # one remark across the sheet
    elif not (number or name) and _are_sums(table, texts, rows):
        rows.skipped.append(Skipped(row + 1, "totals"))
        rows.totals.append(row)
    else:
        rows.people.append(row)


def _begins(word: str, totals: frozenset[str]) -> bool:
    """合计30人, 共计：2400元"""
    return any(word.startswith(total) and word[len(total)].isdigit() for total in totals
               if len(word) > len(total))  # fmt: skip


def _are_sums(table: Table, texts: Sequence[str], rows: Rows) -> bool:
    """Sums without a word: nothing stands there but what the rows above add up to."""
    summed = {table.columns[name].number for name in table.known.added_up if name in table.columns}
    stated = [at for at, text in enumerate(texts) if text]
    return (
        bool(stated)
        and set(stated) <= summed
        and all(_number(texts[at]) == _sum(table, at, rows.people) for at in stated)
    )


def _number(text: str) -> Decimal | None:
    match = _NUMBER.fullmatch(text.strip().removesuffix("元").removesuffix("份"))
    return Decimal(match[0].replace(",", "")) if match else None


def _sum(table: Table, column: int, rows: Sequence[int]) -> Decimal:
    texts = table.sheet.columns[column]
    return sum((_number(texts[row]) or Decimal(0) for row in rows), Decimal(0))


def check_totals(table: Table, rows: Rows, unread: set[str]) -> list[Finding]:
    """Totals that the rows do not add up to. Where several stand, each is of a part, and none is
    checked; nor are columns with cells that could not be read."""
    if len(rows.totals) != 1:
        return []
    found = []
    row = rows.totals[-1]
    for name in table.known.added_up:
        column = table.columns.get(name)
        if column is None or name in unread:
            continue
        stated = _number(table.sheet.columns[column.number][row])
        added = _sum(table, column.number, rows.people)
        if stated is not None and stated != added:
            values = (
                ("row", row + 1),
                ("value", shortened(str(stated))),
                ("column", column.heading),
                ("sum", str(added.normalize() if added % 1 else int(added))),
            )
            found.append(Finding(0, column.number + 1, name, "totals_differ", values))
    return found


def hidden_columns(table: Table) -> list[str]:
    """Headings of columns that are read though nobody sees them."""
    return [
        column.heading
        for column in table.columns.values()
        if column.number in table.sheet.hidden_columns
        and table.sheet.kinds[column.number][table.first :].strip(Kind.EMPTY)
    ]
