"""A file's raw cells as a checked roster: every column read, every cell asked about.

Pure: no database, no clock. Whether a person is known, covered elsewhere or under another name is
asked of the directory afterwards, with the numbers in their normal form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gonghui.adapters.spreadsheets import Spreadsheet
from gonghui.core.money import format_yuan
from gonghui.ground.directory.identity import FEMALE, MALE, normalise_number
from gonghui.programmes.mutualaid.rosters.columns import Columns, columns, plain
from gonghui.programmes.mutualaid.rosters.documents import read_documents, read_kinds
from gonghui.programmes.mutualaid.rosters.errors import RosterRefused
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
from gonghui.programmes.mutualaid.rosters.reading import Reading, notices
from gonghui.programmes.mutualaid.rosters.repetitions import check_cards, without_repetitions
from gonghui.programmes.mutualaid.rosters.roster import (
    CHOICES,
    HELP,
    LISTING,
    CheckedRoster,
    Expectations,
)
from gonghui.programmes.mutualaid.rosters.rows import (
    Rows,
    check_totals,
    sort_rows,
)
from gonghui.programmes.mutualaid.rosters.units import UnitBook, read_units

_FREE = ("serial", "staff_number", "unit_code", "unit_name", "bank", "branch", "remark")
"""Kept as they are written, without blanks around them."""
_COMPUTED = ("name", "document_number", "own_fen", "unit_fen")
"""What nobody should leave to a formula."""
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
        notices=[
            *notices(spreadsheet, table, _OWN_SHEETS),
            *check_totals(table, rows, reading.unread()),
        ],
    )
    check_cards(roster)
    without_repetitions(roster)
    roster.findings.sort(key=lambda finding: (finding.row, finding.column))
    return roster


class _Reading(Reading):
    """The columns of a roster, read one after the other."""

    def __init__(
        self, spreadsheet: Spreadsheet, table: Table, rows: Rows, expected: Expectations
    ) -> None:
        super().__init__(spreadsheet, table, rows)
        self._expected = expected

    def values(self) -> dict[str, list[Any]]:
        """All fields, whether the file has them or not."""
        known, expected = columns(), self._expected
        values: dict[str, list[Any]] = {name: self.of(name).texts for name in _FREE}
        values["name"], values["name_folded"] = read_names(self.of("name"))
        self._documents(values)
        values["ethnicity"] = read_words(
            self.of("ethnicity"), known.ethnicities, "ethnicity_unknown"
        )
        for name in ("insurance", "category"):
            values[name] = read_words(self.of(name), known.words[name], "word_unknown")
        values["renewal"] = read_words(
            self.of("renewal"), self._renewal_words(known), "renewal_unknown"
        )
        self._standing(values, known)
        values["phone"] = read_phones(self.of("phone"))
        values["card"] = read_cards(self.of("card"))
        self._leave_out_secrets(values)
        shares = read_shares(self.of("shares"), expected.least_shares, expected.most_shares)
        values["shares"] = shares
        for name in ("own_fen", "unit_fen"):
            values[name] = read_amounts(self.of(name))
        if expected.fee_fen is not None:
            self._check_fee(values, expected.fee_fen)
        if expected.units is not None:
            book = UnitBook(expected.units)
            values["unit_id"] = read_units(book, self.of("unit_code"), self.of("unit_name"))
        self.check_rows(_COMPUTED)
        return values

    def _documents(self, values: dict[str, list[Any]]) -> None:
        """Kind and number, and what they tell of birth and sex, beside what is stated of these."""
        kinds = self.of("document_kind")
        stated = read_kinds(kinds)
        numbers = self.of("document_number")
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
        cells = self.of("staff_number")
        if not cells.column:
            return
        secret: set[str] = set()
        for name in ("document_number", "phone", "card"):
            # As it stands there, too: fifteen digits have become eighteen, a wrong phone nothing.
            secret.update(values[name], map(normalise_number, self.raw.get(name, ())))
        secret.discard("")  # what empty cells become, and a staff number of dashes only
        own = values["staff_number"]
        for at, text in enumerate(own):
            if text and normalise_number(text) in secret:
                cells.note(at, "staff_number_secret")
                own[at] = ""

    def _born(self, told: list[date | None]) -> list[date | None]:
        cells = self.of("born_on")
        if not cells.column:
            return told
        days, why = read_days(cells, from_1904=self.from_1904)
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
        cells = self.of("sex")
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
                cells = self.of("document_number" if told[at] else "born_on")
                age = odd[day]
                if day > on:
                    cells.note(at, "born_future")
                elif age < youngest:
                    cells.note(at, "too_young", age=age, least=youngest)
                else:
                    cells.note(at, "too_old", age=age)

    def _renewal_words(self, known: Columns) -> Mapping[str, str]:
        column = self.table.columns.get("renewal")
        words = known.words["renewal"]
        if column and plain(column.heading) in known.renewal_asked:
            return {**words, "是": "renewal", "否": "first"}
        return words

    def _standing(self, values: dict[str, list[Any]], known: Columns) -> None:
        for name in ("hardship", "model_worker"):
            values[name] = read_words(self.of(name), known.words[name], "word_unknown")
        if "standing" in self.table.columns:
            both = read_standing(
                self.of("standing"), known.words["hardship"], known.words["model_worker"]
            )
            for name, told in zip(("hardship", "model_worker"), both, strict=True):
                values[name] = [own or other for own, other in zip(values[name], told, strict=True)]

    def _check_fee(self, values: dict[str, list[Any]], fee_fen: int) -> None:
        """Where amounts are stated, they are those of the shares."""
        cells = self.of("own_fen" if "own_fen" in self.table.columns else "unit_fen")
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


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
