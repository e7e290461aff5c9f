"""A workbook of unions and officers, read into rows; nothing here asks the database.

Every row's faults are collected, so that a clerk corrects them all at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gonghui.adapters.spreadsheets import Sheet, Spreadsheet
from gonghui.core.errors import N_, Place, Refusal
from gonghui.ground.directory.codes import check_credit_code, normalise_credit_code
from gonghui.ground.directory.document_kinds import RESIDENT, document_kind_named
from gonghui.ground.directory.identity import check_document
from gonghui.ground.directory.models.unions import UnionKind
from gonghui.ground.directory.names import check_name, written_name

HEADINGS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("import_headings.yaml").read_text(encoding="utf-8")
)
_SEARCHED_ROWS = 15
_TOTALS = {"合计", "总计", "小计"}
_KINDS = {label: code for code, label in UnionKind.choices} | {
    code: code for code in UnionKind.values
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row of the sheet of unions."""

    row: int
    code: str
    name: str
    kind: str
    parent: str
    credit_code: str = ""
    unit_class: str = ""
    workforce: int | None = None


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One row of the sheet of officers; ``post`` is a kind's name or code."""

    row: int
    union: str
    name: str
    document: str
    number: str
    post: str


@dataclass(slots=True)
class DirectoryFile:
    """What a workbook says, and what is wrong with it, row by row."""

    units: list[UnitRow] = field(default_factory=list)
    officers: list[OfficerRow] = field(default_factory=list)
    problems: list[Refusal] = field(default_factory=list)


def known_headings() -> list[str]:
    """All words that stand above columns, to know a text file's encoding by."""
    return [
        word
        for sheet in HEADINGS.values()
        for column in sheet["columns"].values()
        for word in column["words"]
    ]


def understand(book: Spreadsheet) -> DirectoryFile:
    """The rows of a workbook. Refused when no sheet has the headings of the template."""
    said, found = DirectoryFile(), False
    for sheet in book.sheets:
        for what in ("officers", "units"):  # of units' headings officers' are no part
            head = _head(sheet, HEADINGS[what]["columns"])
            if head is None:
                continue
            found = True
            rows = _rows(sheet, *head)
            if what == "units":
                units = (_unit(book, sheet, row, said) for row in rows)
                said.units += [one for one in units if one]
            else:
                officers = (_officer(book, sheet, row, said) for row in rows)
                said.officers += [one for one in officers if one]
            break
    if not found:
        raise Refusal(
            N_("No sheet has the headings of the template."),
            N_("Copy the rows into the template: gonghui directory template FILE."),
            place=Place(book.name),
        )
    _find_repeated(book, said)
    return said


def _head(sheet: Sheet, columns: Mapping[str, Any]) -> tuple[int, dict[str, int]] | None:
    """The row of the headings and where each column is."""
    for number in range(min(sheet.height, _SEARCHED_ROWS)):
        texts = [_plain(text) for text in sheet.row(number)]
        places = {
            name: next((texts.index(word) for word in about["words"] if word in texts), -1)
            for name, about in columns.items()
        }
        if all(places[name] >= 0 for name, about in columns.items() if about.get("needed")):
            return number, {name: place for name, place in places.items() if place >= 0}
    return None


def _plain(text: str) -> str:
    """A heading without what templates put around it: (必填)工会 编码* → 工会编码."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).strip("*:")
    while "(" in plain and ")" in plain[plain.index("(") :]:
        start = plain.index("(")
        plain = plain[:start] + plain[plain.index(")", start) + 1 :]
    return plain.strip("*:")


def _rows(sheet: Sheet, head: int, places: dict[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    for number in range(head + 1, sheet.height):
        texts = sheet.row(number)
        cells = {name: " ".join(texts[place].split()) for name, place in places.items()}
        values = [value for value in cells.values() if value]
        if values and _plain(values[0]) not in _TOTALS:
            yield number + 1, cells


def _unit(
    book: Spreadsheet, sheet: Sheet, numbered: tuple[int, dict[str, str]], said: DirectoryFile
) -> UnitRow | None:
    row, cells = numbered
    kind = _KINDS.get(cells["kind"])
    credit_code = normalise_credit_code(cells.get("credit_code", ""))
    workforce = cells.get("workforce", "").replace(",", "").removesuffix(".0")
    faults: list[Refusal | None] = [check_credit_code(credit_code) if credit_code else None]
    if not cells["code"] or not cells["name"]:
        faults.append(Refusal(N_("A union needs a code and a name."), N_("Enter both.")))
    if kind is None:
        faults.append(
            Refusal(
                N_("{kind} is no kind of union."),
                N_("Choose one of: {kinds}."),
                kind=cells["kind"] or "“”",
                kinds=", ".join(UnionKind.labels),
            )
        )
    if workforce and not (workforce.isascii() and workforce.isdigit()):
        faults.append(
            Refusal(N_("“{text}” is no number of people."), N_("Enter digits."), text=workforce)
        )
    if _complain(book, sheet, row, faults, said) or kind is None:
        return None
    return UnitRow(
        row,
        cells["code"],
        cells["name"],
        kind,
        cells["parent"],
        credit_code,
        cells.get("unit_class", ""),
        int(workforce) if workforce else None,
    )


def _officer(
    book: Spreadsheet, sheet: Sheet, numbered: tuple[int, dict[str, str]], said: DirectoryFile
) -> OfficerRow | None:
    row, cells = numbered
    name = written_name(cells["name"])
    written = cells.get("document", "")
    document = document_kind_named(written) if written else RESIDENT
    checked = check_document(document or written, cells["number"])
    faults: list[Refusal | None] = [check_name(name)]
    faults += [problem.refusal() for problem in checked.problems if problem.refuses]
    if not cells["union"] or not cells["post"]:
        faults.append(Refusal(N_("The union's code or the post is missing."), N_("Enter both.")))
    if _complain(book, sheet, row, faults, said):
        return None
    return OfficerRow(row, cells["union"], name, checked.kind, checked.number, cells["post"])


def _complain(
    book: Spreadsheet,
    sheet: Sheet,
    row: int,
    faults: list[Refusal | None],
    said: DirectoryFile,
) -> bool:
    true = [fault for fault in faults if fault is not None]
    said.problems += [at_row(fault, book.name, sheet.name, row) for fault in true]
    return bool(true)


def at_row(fault: Refusal, file: str, sheet: str, row: int) -> Refusal:
    """The same refusal, with sheet and row in place of a field's name."""
    fault.place = Place(f"{file} [{sheet}]" if sheet != file else file, row)
    fault.field = ""
    return fault


def _find_repeated(book: Spreadsheet, said: DirectoryFile) -> None:
    seen: dict[str, int] = {}
    for one in said.units:
        if one.code in seen:
            repeated = Refusal(
                N_("The code {code} stands in row {row} already."),
                N_("Give each union a code of its own."),
                code=one.code,
                row=seen[one.code],
            )
            said.problems.append(at_row(repeated, book.name, HEADINGS["units"]["sheet"], one.row))
        seen.setdefault(one.code, one.row)
