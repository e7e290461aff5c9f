"""A unit's list of applications (申请汇总表): every row read, completed and held against itself.

Pure, and read with the machinery of rosters: headings, cells, totals, marked workbook.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from gonghui.adapters.medical_insurance.mapping import load_mapping
from gonghui.adapters.spreadsheets import Spreadsheet
from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import EVENT_KINDS, FIELDS, HOSPITAL_LEVELS
from gonghui.programmes.mutualaid.claims import findings as _learned  # noqa: F401  (codes)
from gonghui.programmes.mutualaid.claims.invoices import names_an_invoice, normalised
from gonghui.programmes.mutualaid.claims.rules import rules
from gonghui.programmes.mutualaid.claims.statements import check_statement
from gonghui.programmes.mutualaid.rosters.cells import Cells, half_width
from gonghui.programmes.mutualaid.rosters.columns import Columns, columns_of, plain_word
from gonghui.programmes.mutualaid.rosters.documents import read_documents, read_kinds
from gonghui.programmes.mutualaid.rosters.errors import RosterRefused
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.headings import find_table
from gonghui.programmes.mutualaid.rosters.names import read_names
from gonghui.programmes.mutualaid.rosters.readers import (
    each,
    read_amounts,
    read_days,
    read_shares,
    shortened,
)
from gonghui.programmes.mutualaid.rosters.reading import Reading, notices
from gonghui.programmes.mutualaid.rosters.roster import (
    CHOICES,
    HELP,
    LISTING,
    CheckedRoster,
    Expectations,
)
from gonghui.programmes.mutualaid.rosters.rows import check_totals, sort_rows
from gonghui.programmes.mutualaid.rosters.units import UnitBook, read_units

DAYS = ("admitted_on", "discharged_on", "settled_on")
CODES = ("event_kind", "hospital_level", "disease")
AMOUNTS = (
    *("total_cost", "fund_total", "personal_total", "own_expense", "over_limit"),
    *("preliminary_selfpay", "in_scope", "deductible_paid", "proportional_selfpay"),
    *("above_ceiling", "account_pay", "cash_pay"),
)
_CONTENT = (
    *("unit_id", "name", "document_kind", "document_number", "settlement_id", "invoice_code"),
    *("invoice_number", *CODES, *DAYS, "days", *AMOUNTS),
)
_POWER = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_STAY = EVENT_KINDS.code("hospital_stay")
_LONGEST = 1_000


@cache
def claim_columns() -> Columns:
    """The columns of the list."""
    return columns_of(Path(__file__).with_name("columns.yaml"))


def check_claims(spreadsheet: Spreadsheet, expected: Expectations) -> CheckedRoster:
    """Every row below the heading. ``values`` hold, beside the columns, ``facts``: what the row
    states of its settlement, by the names of ``rulebook.fields``; empty where only a number stands.

    Refuses (``RosterRefused``) a file in which no list of people can be told.
    """
    known = claim_columns()
    table = find_table(spreadsheet, known)
    rows = sort_rows(table)
    if not rows.people:
        raise RosterRefused("no_people", spreadsheet.name, row=table.first)
    reading = _Reading(spreadsheet, table, rows)
    values = reading.values(expected)
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
        values=values,
        skipped=rows.skipped,
        findings=reading.findings(),
        notices=[
            *notices(spreadsheet, table, (HELP, CHOICES, LISTING)),
            *check_totals(table, rows, reading.unread()),
        ],
        known=known,
        content=_CONTENT,
    )
    _check_repetitions(roster)
    roster.findings.sort(key=lambda finding: (finding.row, finding.column))
    return roster


class _Reading(Reading):
    def values(self, expected: Expectations) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {
            name: self.of(name).texts
            for name in ("serial", "staff_number", "unit_name", "unit_code", "hospital_name")
        }
        found["remark"] = self.of("remark").texts
        found["name"], found["name_folded"] = read_names(self.of("name"))
        kinds, numbers = self.of("document_kind"), self.of("document_number")
        checked = read_documents(numbers, read_kinds(kinds), kinds.errors(), expected.on)
        found["document_kind"], found["document_number"] = checked.kinds, checked.numbers
        found["settlement_id"] = _settlement_ids(self.of("settlement_id"))
        for name in ("invoice_code", "invoice_number", "invoice_check"):
            found[name] = each(self.of(name), normalised)
        for name in CODES:
            found[name] = _codes(self.of(name), name)
        for name in DAYS:
            cells = self.of(name)
            days, why = read_days(cells, from_1904=self.from_1904, serial="days_serial")
            for at in why:
                cells.note(at, "day_unreadable")
            found[name] = [None if day is None else day_of(day) for day in days]
        found["days"] = read_shares(self.of("days"), 0, _LONGEST)
        for name in AMOUNTS:
            found[name] = read_amounts(self.of(name))
        if expected.units is not None:
            book = UnitBook(expected.units)
            found["unit_id"] = read_units(book, self.of("unit_code"), self.of("unit_name"))
        self.check_rows(("name", "document_number", "settlement_id"))
        found["facts"] = self._facts(found, expected.on)
        self._check_invoices(found)
        return found

    def _facts(self, found: Mapping[str, Sequence[Any]], on: date) -> list[dict[str, int]]:
        """The rows' facts; of a row in which something could not be read, that is told alone."""
        unread = {finding.row for finding in super().findings() if finding.level == "error"}
        facts: list[dict[str, int]] = []
        for at, number in enumerate(self.numbers):
            said = {
                name: found[name][at]
                for name in (*CODES, *DAYS, "days", *AMOUNTS)
                if found[name][at] is not None
            }
            keyed = any(name in said for name in AMOUNTS)
            facts.append({})
            if not keyed:
                if not found["settlement_id"][at] and number not in unread:
                    self.of("settlement_id").note(at, "row_empty")
                continue
            if number in unread:
                continue
            event = said.setdefault("event_kind", _STAY or 0)
            statement = check_statement(said, needed=rules().needed_of(event), on=on)
            for fault in statement.faults:
                self.of(fault.field).note(at, fault.code, **dict(fault.values))
            facts[at] = dict(statement.facts)
        return facts

    def _check_invoices(self, found: Mapping[str, Sequence[Any]]) -> None:
        pairs = zip(found["invoice_code"], found["invoice_number"], strict=True)
        for at, (code, number) in enumerate(pairs):
            cells = self.of("invoice_number")
            if not (code or number):
                if "invoice_number" in self.table.columns:
                    cells.note(at, "invoice_unstated")
            elif not names_an_invoice(code, number):
                cells.note(at, "invoice_malformed")


def _settlement_ids(cells: Cells) -> list[str]:
    # The insurer's own spelling stays: a dash may be part of its number.
    values = each(cells, lambda text: "".join(half_width(text).split()))
    for at, text in enumerate(cells.texts):
        if _POWER.fullmatch(text):
            cells.note(at, "settlement_ruined")
    return values


def _codes(cells: Cells, name: str) -> list[int | None]:
    """A code by any word that feeds know it by, or by our own; a disease without one is another."""
    codes = load_mapping("national").codes[name]
    known = {plain_word(word): code for word, code in codes.words.items()}
    if name == "hospital_level":
        # Written by hand, 三级医院 or 三甲 leaves no doubt; a bare 3 does.
        known |= {f"{label}医院": code for code, label in HOSPITAL_LEVELS.words.values()}
        known |= {"三甲": 3, "三乙": 3, "二甲": 2, "二乙": 2, "一甲": 1}
    values: list[int | None] = each(
        cells, lambda text: known.get(plain_word(text), codes.otherwise) if text else None
    )
    for at, value in enumerate(values):
        if value is None and cells.texts[at]:
            cells.note(at, "code_unknown", value=shortened(cells.texts[at]))
    return values


def _check_repetitions(roster: CheckedRoster) -> None:
    values = roster.values
    people = list(zip(values["document_kind"], values["document_number"], strict=True))
    invoices = list(zip(values["invoice_code"], values["invoice_number"], strict=True))
    stays = [
        (*person, facts.get("admitted_on"), facts.get("hospital_level"))
        if person[1] and facts.get("admitted_on") is not None
        else ()
        for person, facts in zip(people, values["facts"], strict=True)
    ]
    _note(roster, "settlement_id", "settlement_repeated", values["settlement_id"])
    _note(roster, "invoice_number", "invoice_repeated", [a + b and (a, b) for a, b in invoices])
    _note(roster, "admitted_on", "same_stay", stays)


def _note(roster: CheckedRoster, field: str, code: str, keys: Sequence[Hashable]) -> None:
    places = defaultdict(list)
    for at, key in enumerate(keys):
        if key:
            places[key].append(at)
    column = roster.columns.get(field)
    for found in places.values():
        if len(found) > 1:
            rows = "、".join(str(roster.numbers[at]) for at in found[:10])
            roster.findings += [
                Finding(
                    roster.numbers[at],
                    column.number + 1 if column else 0,
                    field,
                    code,
                    (("rows", rows),),
                )
                for at in found
            ]


assert set(AMOUNTS) | set(CODES) | set(DAYS) <= FIELDS.keys()
