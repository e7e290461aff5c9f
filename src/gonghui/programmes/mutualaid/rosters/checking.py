"""A file's raw cells as a checked roster: every column read, every cell asked about.

Pure: no database, no clock. Whether a person is known, covered elsewhere or under another name is
asked of the directory afterwards, with the numbers in their normal form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gonghui.adapters.spreadsheets import Kind, Spreadsheet
from gonghui.core.money import format_yuan
from gonghui.ground.directory.identity import FEMALE, MALE, normalise_number
from gonghui.programmes.mutualaid.rosters.cells import Cells
from gonghui.programmes.mutualaid.rosters.columns import Columns, columns, plain
from gonghui.programmes.mutualaid.rosters.documents import read_documents, read_kinds
from gonghui.programmes.mutualaid.rosters.errors import RosterRefused
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.headings import Table, find_table
from gonghui.programmes.mutualaid.rosters.names import read_names
from gonghui.programmes.mutualaid.rosters.readers import (
    read_amounts,
    read_cards,
    read_days,
    read_phones,
    read_shares,
    read_standing,
    read_words,
)
from gonghui.programmes.mutualaid.rosters.repetitions import check_cards, without_repetitions
from gonghui.programmes.mutualaid.rosters.roster import (
    CHOICES,
    HELP,
    LISTING,
    CheckedRoster,
    Expectations,
    letters,
)
from gonghui.programmes.mutualaid.rosters.rows import (
    Rows,
    check_totals,
    hidden_columns,
    sort_rows,
)
from gonghui.programmes.mutualaid.rosters.spans import fill_merged
from gonghui.programmes.mutualaid.rosters.units import UnitBook, read_units

_FREE = ("serial", "staff_number", "unit_code", "unit_name", "bank", "branch", "remark")
"""Kept as they are written, without blanks around them."""
_SEXES = {MALE: "male", FEMALE: "female", "": ""}
_OWN_SHEETS = (HELP, CHOICES, LISTING)
"""What our own template and our own lists of findings add to a workbook."""


def check_roster(spreadsheet: Spreadsheet, expected: Expectations) -> CheckedRoster:
    """Every row below the heading, understood and asked about.

    Refuses (``RosterRefused``) a file in which no list of people can be told.
    """
    table = find_table(spreadsheet)
    units = expected.units
    if units is not None and len(units) > 1 and not {"unit_name", "unit_code"} & set(table.columns):
        raise RosterRefused("no_unit_column", spreadsheet.name, row=table.first)
    rows = sort_rows(table)
    if not rows.people:
        raise RosterRefused("no_people", spreadsheet.name, row=table.first)
    reading = _Reading(spreadsheet, table, rows, expected)
    roster = CheckedRoster(
        file=spreadsheet.name,
        format=spreadsheet.format,
        encoding=spreadsheet.encoding,
        sheet=table.sheet.name,
        sheet_number=table.number,
        heading_row=table.first,
        columns=table.columns,
        numbers=reading.numbers,
        raw=reading.raw,
        values=reading.values(),
        skipped=rows.skipped,
        findings=reading.findings(),
        notices=[*_notices(spreadsheet, table), *check_totals(table, rows, reading.unread())],
    )
    check_cards(roster)
    without_repetitions(roster)
    roster.findings.sort(key=lambda finding: (finding.row, finding.column))
    return roster


class _Reading:
    """The columns of one table, read one after the other."""

    def __init__(
        self, spreadsheet: Spreadsheet, table: Table, rows: Rows, expected: Expectations
    ) -> None:
        self._table, self._expected, self._people = table, expected, rows.people
        self._from_1904, self._is_text = spreadsheet.from_1904, spreadsheet.format == "text"
        self.numbers = [row + 1 for row in rows.people]
        taken = rows.people
        whole = taken == list(range(taken[0], taken[0] + len(taken)))
        start, end = taken[0], taken[-1] + 1
        self.raw: dict[str, list[str]] = {}
        self._cells: dict[str, Cells] = {}
        for name, column in table.columns.items():
            texts, kinds = table.sheet.columns[column.number], table.sheet.kinds[column.number]
            if whole:
                raw, own = texts[start:end], kinds[start:end]
            else:
                raw = [texts[row] for row in taken]
                own = "".join([kinds[row] for row in taken])
            self.raw[name] = raw
            self._cells[name] = Cells(name, column.number + 1, self.numbers, raw.copy(), own)
        fill_merged(table, self._people, self._cells)
        for cells in self._cells.values():
            cells.without_errors()
            cells.cleaned()

    def _of(self, name: str) -> Cells:
        """The cells of a field; of one that the file does not have, blanks."""
        if name not in self._cells:
            count = len(self.numbers)
            self._cells[name] = Cells(name, 0, self.numbers, [""] * count, Kind.EMPTY * count)
        return self._cells[name]

    def values(self) -> dict[str, list[Any]]:
        """All fields, whether the file has them or not."""
        known, expected = columns(), self._expected
        values: dict[str, list[Any]] = {name: self._of(name).texts for name in _FREE}
        values["name"], values["name_folded"] = read_names(self._of("name"))
        self._documents(values)
        values["ethnicity"] = read_words(
            self._of("ethnicity"), known.ethnicities, "ethnicity_unknown"
        )
        for name in ("insurance", "category"):
            values[name] = read_words(self._of(name), known.words[name], "word_unknown")
        values["renewal"] = read_words(
            self._of("renewal"), self._renewal_words(known), "renewal_unknown"
        )
        self._standing(values, known)
        values["phone"] = read_phones(self._of("phone"))
        values["card"] = read_cards(self._of("card"))
        self._leave_out_secrets(values)
        shares = read_shares(self._of("shares"), expected.least_shares, expected.most_shares)
        values["shares"] = shares
        for name in ("own_fen", "unit_fen"):
            values[name] = read_amounts(self._of(name))
        if expected.fee_fen is not None:
            self._check_fee(values, expected.fee_fen)
        if expected.units is not None:
            book = UnitBook(expected.units)
            values["unit_id"] = read_units(book, self._of("unit_code"), self._of("unit_name"))
        self._check_rows()
        return values

    def findings(self) -> list[Finding]:
        """All of them; of a row whose cells have slipped, only this."""
        found = [finding for cells in self._cells.values() for finding in cells.findings]
        slipped = {finding.row for finding in found if finding.code == "cells_shifted"}
        if not slipped:
            return found
        return [one for one in found if one.code == "cells_shifted" or one.row not in slipped]

    def unread(self) -> set[str]:
        """Fields in which something could not be read."""
        return {name for name, cells in self._cells.items() if cells.errors()}

    def _documents(self, values: dict[str, list[Any]]) -> None:
        """Kind and number, and what they tell of birth and sex, beside what is stated of these."""
        kinds = self._of("document_kind")
        stated = read_kinds(kinds)
        numbers = self._of("document_number")
        checked = read_documents(numbers, stated, kinds.errors(), self._expected.on)
        values["document_kind"], values["document_number"] = checked.kinds, checked.numbers
        faulty = numbers.errors()
        # What a faulty number says of birth and sex counts for nothing.
        born = [
            None if faulty and number in faulty else day
            for number, day in zip(self.numbers, checked.born_on, strict=True)
        ]
        sexes = [
            "" if faulty and number in faulty else _SEXES[sex]
            for number, sex in zip(self.numbers, checked.sexes, strict=True)
        ]
        values["born_on"] = self._born(born)
        values["sex"] = self._sexes(sexes)
        self._check_ages(values["born_on"], born)

    def _leave_out_secrets(self, values: dict[str, list[Any]]) -> None:
        """A staff number is stored readable, so it may not be a number that is stored encrypted."""
        cells = self._of("staff_number")
        if not cells.column:
            return
        secret: set[str] = set()
        for name in ("document_number", "phone", "card"):
            # As it stands there, too: fifteen digits have become eighteen, a wrong phone nothing.
            secret.update(values[name], map(normalise_number, self.raw.get(name, ())))
        own = values["staff_number"]
        for at, text in enumerate(own):
            if text and normalise_number(text) in secret:
                cells.note(at, "staff_number_secret")
                own[at] = ""

    def _born(self, told: list[date | None]) -> list[date | None]:
        cells = self._of("born_on")
        if not cells.column:
            return told
        days, why = read_days(cells, from_1904=self._from_1904)
        values = []
        for at, (day, own) in enumerate(zip(days, told, strict=True)):
            if at in why:
                unclear = "born_unclear" if own else "born_unreadable"
                cells.note(at, "born_month_only" if why[at] == "month" else unclear)
            elif day and own and day != own:
                cells.note(at, "born_differs")
            values.append(own or day)
        return values

    def _sexes(self, told: list[str]) -> list[str]:
        cells = self._of("sex")
        if not cells.column:
            return told
        stated = read_words(cells, columns().words["sex"], "sex_unknown")
        if stated != told:
            for at, (sex, own) in enumerate(zip(stated, told, strict=True)):
                if sex and own and sex != own:
                    cells.note(at, "sex_differs")
        return [own or sex for own, sex in zip(told, stated, strict=True)]

    def _check_ages(self, born: list[date | None], told: list[date | None]) -> None:
        """Workers are of an age to work; whether the edition takes them is asked elsewhere."""
        on, youngest, oldest = self._expected.on, self._expected.youngest, self._expected.oldest
        ages = {day: _age(day, on) for day in set(born) if day is not None}
        odd = {day: age for day, age in ages.items() if not youngest <= age <= oldest}
        for at, day in enumerate(born) if odd else ():
            if day is not None and day in odd:
                cells = self._of("document_number" if told[at] else "born_on")
                age = odd[day]
                if day > on:
                    cells.note(at, "born_future")
                elif age < youngest:
                    cells.note(at, "too_young", age=age, least=youngest)
                else:
                    cells.note(at, "too_old", age=age)

    def _renewal_words(self, known: Columns) -> Mapping[str, str]:
        column = self._table.columns.get("renewal")
        words = known.words["renewal"]
        if column and plain(column.heading) in known.renewal_asked:
            return {**words, "是": "renewal", "否": "first"}
        return words

    def _standing(self, values: dict[str, list[Any]], known: Columns) -> None:
        for name in ("hardship", "model_worker"):
            values[name] = read_words(self._of(name), known.words[name], "word_unknown")
        if "standing" in self._table.columns:
            both = read_standing(
                self._of("standing"), known.words["hardship"], known.words["model_worker"]
            )
            for name, told in zip(("hardship", "model_worker"), both, strict=True):
                values[name] = [own or other for own, other in zip(values[name], told, strict=True)]

    def _check_fee(self, values: dict[str, list[Any]], fee_fen: int) -> None:
        """Where amounts are stated, they are those of the shares."""
        cells = self._of("own_fen" if "own_fen" in self._table.columns else "unit_fen")
        for at, (own, unit, shares) in enumerate(
            zip(values["own_fen"], values["unit_fen"], values["shares"], strict=True)
        ):
            if own is None and unit is None:
                continue
            due, stated = fee_fen * (shares or 1), (own or 0) + (unit or 0)
            if stated != due:
                cells.note(
                    at, "amount_differs", value=format_yuan(stated), expected=format_yuan(due)
                )

    def _check_rows(self) -> None:
        """What concerns whole rows: hidden ones, computed ones, those with cells too many."""
        sheet, table = self._table.sheet, self._table
        names = self._of("name")
        for at, row in enumerate(self._people) if sheet.hidden_rows else ():
            if row in sheet.hidden_rows:
                names.note(at, "row_hidden")
        computed = {
            table.columns[name].number: name
            for name in ("name", "document_number", "own_fen", "unit_fen")
            if name in table.columns
        }
        places = {row: at for at, row in enumerate(self._people)} if sheet.formulas else {}
        for row, column in sheet.formulas:
            if column in computed and row in places:
                cells = self._of(computed[column])
                if row + 1 not in cells.errors():
                    cells.note(places[row], "formula_result")
        # In a text file a comma too many moves all that follows it one column on.
        beyond = sheet.kinds[table.width :] if self._is_text else ()
        for at, row in enumerate(self._people) if beyond else ():
            if any(kinds[row] != Kind.EMPTY for kinds in beyond):
                names.note(at, "cells_shifted")


def _unheaded(table: Table, is_text: bool) -> list[str]:
    """Letters of columns that hold something below no heading; of text files rows tell it."""
    sheet, read = table.sheet, {column.number for column in table.columns.values()}
    titles = sheet.row(table.first - 1)
    return [
        letters(at)
        for at, kinds in enumerate(sheet.kinds[: table.width] if is_text else sheet.kinds)
        if at not in read and not titles[at].strip() and kinds[table.first :].strip(Kind.EMPTY)
    ]


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _notices(spreadsheet: Spreadsheet, table: Table) -> list[Finding]:
    """What concerns the whole file."""
    others = [
        sheet.name
        for number, sheet in enumerate(spreadsheet.sheets)
        if number != table.number
        and sheet.name not in _OWN_SHEETS
        and any(kinds.strip() for kinds in sheet.kinds)
    ]
    told: list[tuple[str, list[str]]] = [
        ("columns_ignored", list(table.ignored)),
        ("columns_unheaded", _unheaded(table, spreadsheet.format == "text")),
        ("columns_hidden", hidden_columns(table)),
        ("sheets_ignored", others),
        *(("column_repeated", [heading]) for heading in table.repeated),
    ]
    return [
        Finding(0, 0, "", code, (("value", "、".join(names)),)) for code, names in told if names
    ]
