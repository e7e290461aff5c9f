"""A corpus of spoilt statements: each told by row, none taken for a good one."""

from datetime import date

import pytest

from gonghui.adapters.bank import StatementRefused, read_sheets, read_statement
from gonghui.adapters.spreadsheets import SpreadsheetRefused
from tests.adapters.bank.statement_files import FIRST, as_csv, as_sheets, as_xlsx, ccb_rows

ON = date(2026, 3, 31)
OUT, IN, BALANCE, CURRENCY, ACCOUNT, SERIAL = 1, 2, 3, 4, 6, 9
A, B, C, D = FIRST + 1, FIRST + 2, FIRST + 3, FIRST + 4
"""The spreadsheet's numbers of the four payments; the total stands in the row after."""
TOTAL = D + 1


def cell(row, column, value):
    def changed(rows):
        rows[row - 1][column] = value

    return changed


def cells(*changes):
    def changed(rows):
        for change in changes:
            cell(*change)(rows)

    return changed


def without(row):
    return lambda rows: rows.pop(row - 1)


def inserted(row, content):
    return lambda rows: rows.insert(row - 1, content)


def copied(rows):
    rows.insert(B, list(rows[B - 1]))


def swapped(rows):
    rows[A - 1], rows[C - 1] = rows[C - 1], rows[A - 1]


def shifted_by_a_cell(rows):
    rows[B - 1] = ["", *rows[B - 1][:-1]]


CORPUS = {
    "a fen changed": (cell(B, IN, "16,240.51"), [(B, "balance_differs"), (TOTAL, "total_differs")]),
    "an amount and its balance changed": (
        cells((B, IN, "16,240.51"), (B, BALANCE, "124,240.51")),
        [(C, "balance_differs"), (TOTAL, "total_differs")],
    ),
    "a balance changed": (
        cell(B, BALANCE, "124,240.49"),
        [(B, "balance_differs"), (C, "balance_differs")],
    ),
    "a row deleted": (without(C), [(C, "balance_differs"), (D, "total_differs")]),
    "the last row cut off": (without(D), [(D, "total_differs")]),
    "a row copied": (
        copied,
        [(B + 1, "balance_differs"), (B + 1, "serial_twice"), (TOTAL + 1, "total_differs")],
    ),
    "rows sorted by hand": (
        swapped,
        [(C, "balance_differs")],  # read upwards, only one row is out of its place
    ),
    "the total changed": (cell(TOTAL, IN, "40,240.50"), [(TOTAL, "total_differs")]),
    "in and out exchanged": (
        cells((C, OUT, ""), (C, IN, "500.00")),
        [(C, "balance_differs"), (TOTAL, "total_differs"), (TOTAL, "total_differs")],
    ),
    "money on both sides": (cell(B, OUT, "1.00"), [(B, "amount_on_both_sides")]),
    "no money at all": (cells((B, OUT, ""), (B, IN, "")), [(B, "amount_missing")]),
    "three decimals": (cell(B, IN, "16,240.505"), [(B, "amount_malformed")]),
    "commas in odd places": (cell(B, IN, "1,62,40.50"), [(B, "amount_malformed")]),
    "an amount in words": (cell(B, IN, "壹万陆仟"), [(B, "amount_malformed")]),
    "an amount in ten thousands": (cell(B, IN, "1.62万"), [(B, "amount_malformed")]),
    "an amount in brackets": (cell(B, OUT, "(500.00)"), [(B, "amount_malformed")]),
    "an amount with an exponent": (cell(B, IN, "1.62405E+4"), [(B, "amount_malformed")]),
    "an amount beyond any account": (cell(B, IN, "99999999999999"), [(B, "amount_malformed")]),
    "an error for an amount": (cell(B, IN, "#REF!"), [(B, "amount_malformed")]),
    "two points": (cell(B, IN, "16.240.50"), [(B, "amount_malformed")]),
    "O for 0": (cell(B, IN, "16,24O.50"), [(B, "amount_malformed")]),
    "a balance that is text": (cell(B, BALANCE, "见附页"), [(B, "amount_malformed")]),
    "day and month in an unclear order": (cell(B, 0, "02/03/2026"), [(B, "day_malformed")]),
    "a year of two digits": (cell(B, 0, "26-03-02"), [(B, "day_malformed")]),
    "a day no calendar has": (cell(B, 0, "2026-02-30"), [(B, "day_malformed")]),
    "Excel's number of a day": (cell(B, 0, 46083), [(B, "day_malformed")]),
    "a day still to come": (cell(B, 0, "2026-04-01"), [(B, "day_in_future")]),
    "a day left out": (cell(B, 0, ""), [(B, "day_missing")]),
    "a time no clock shows": (cell(B, 0, "2026-03-02 25:00:00"), [(B, "time_malformed")]),
    "another currency": (cell(B, CURRENCY, "USD"), [(B, "currency_other")]),
    "a serial number twice": (cell(D, SERIAL, "S001"), [(D, "serial_twice")]),
    "no serial number": (cell(B, SERIAL, ""), [(B, "serial_missing")]),
    "a serial number that Excel cut": (cell(B, SERIAL, 2.02603020000012e17), [(B, "digits_lost")]),
    "the same as text": (cell(B, SERIAL, "2.02603E+17"), [(B, "digits_lost")]),
    "a remark without end": (cell(B, 7, "长" * 401), [(B, "text_too_long")]),
    "a clerk's note below": (
        lambda rows: rows.append(["已核对，王会计"]),
        [(TOTAL + 1, "row_unknown")],
    ),
    "a clerk's note between": (inserted(B, ["这笔待查"]), [(B, "row_unknown")]),
    "a row shifted by a cell": (
        shifted_by_a_cell,
        [(B, "amount_malformed"), (B, "currency_other"), (B, "day_missing")],
    ),
}


def spoilt(change):
    rows = ccb_rows()
    change(rows)
    return rows


def errors(statement):
    return sorted((one.row, one.code) for one in statement.errors)


def test_before_it_is_spoilt_it_is_good():
    assert read_sheets("对账单", as_sheets(ccb_rows()), on=ON).findings == ()


@pytest.mark.parametrize("name", CORPUS)
def test_a_spoilt_statement_is_told_by_row(name):
    change, expected = CORPUS[name]
    statement = read_sheets("对账单", as_sheets(spoilt(change)), on=ON)
    assert errors(statement) == expected
    for refusal in statement.refusals("对账单.csv"):
        assert refusal.place.line or refusal.values
        assert refusal.words()


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
@pytest.mark.parametrize(
    "name", ["a fen changed", "a row copied", "a serial number that Excel cut"]
)
def test_the_same_from_a_file(name, write):
    change, expected = CORPUS[name]
    ending = ".csv" if write is as_csv else ".xlsx"
    statement = read_statement(write(spoilt(change)), f"对账单{ending}", on=ON)
    assert errors(statement) == expected


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"\x00\x01\x02" * 100, "noise.csv"),
        (as_xlsx(ccb_rows())[:2000], "cut.xlsx"),
        (b"%PDF-1.7\n", "statement.pdf"),
        (as_csv(ccb_rows())[:90] + "甲厂".encode() + b"\xff\xfe", "mixed.csv"),
    ],
)
def test_what_is_no_table_is_refused_by_the_reader(content, name):
    with pytest.raises((SpreadsheetRefused, StatementRefused)):
        read_statement(content, name, on=ON)


def test_formulas_and_hidden_rows_are_told():
    rows = ccb_rows()
    rows[B - 1][IN] = "=8240.5+8000"
    statement = read_statement(as_xlsx(rows), "对账单.xlsx", on=ON)
    assert (B, "formula") in [(one.row, one.code) for one in statement.findings]
