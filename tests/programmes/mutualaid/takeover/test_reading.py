"""A city's workbooks for a take-over: what is understood, and what does not fit together."""

import io
from datetime import date

import openpyxl
import pytest

from gonghui.adapters.spreadsheets import read_spreadsheet
from gonghui.programmes.mutualaid.rosters import Expectations, Unit
from gonghui.programmes.mutualaid.takeover import Totals, differences, read_takeover
from gonghui.programmes.mutualaid.takeover.findings import ERRORS
from gonghui.programmes.mutualaid.takeover.reading import Account, Span
from gonghui.programmes.mutualaid.takeover.template import template_workbook
from tests.adapters.spreadsheets.builders import xlsx
from tests.programmes.mutualaid.takeover.workbooks import (
    ACCOUNTS,
    BALANCES,
    PAYOUTS,
    PEOPLE,
    UNITS,
    changed,
)

ON = date(2022, 7, 1)
SPAN = Span(date(2022, 1, 1), ON)
EXPECTED = Expectations(on=ON, units=[Unit(1, "示例市总工会", code="city")])
ACCOUNTS_KNOWN = [Account(*one) for one in ACCOUNTS]


def read(people=PEOPLE, units=UNITS, payouts=PAYOUTS, balances=BALANCES):
    book = xlsx(people, units, payouts, balances, names=["人员", "单位", "给付", "余额"])
    spreadsheet = read_spreadsheet(book, "旧账.xlsx")
    return read_takeover([spreadsheet], EXPECTED, span=SPAN, accounts=ACCOUNTS_KNOWN)


def codes(book):
    return [one.code for one in book.findings if one.level == "error"]


def test_everything_adds_up_to_totals_that_a_person_can_state():
    book = read()
    assert codes(book) == []
    assert book.bookable
    assert book.totals == Totals(
        units=2, people=3, paid_fen=1_500_00, uses=2, opening_fen=238_740_00
    )
    assert [(one.code, one.parent) for one in book.units] == [("A", ""), ("B", "")]
    assert [(one.at, one.fen, one.counts) for one in book.payouts] == [
        (0, 1_000_00, True),
        (0, 400_00, True),
        (1, 100_00, False),
    ]


def test_the_sheets_may_come_in_several_files():
    books = [
        read_spreadsheet(xlsx(sheet, names=[name]), f"{name}.xlsx")
        for name, sheet in (
            ("人员", PEOPLE),
            ("单位", UNITS),
            ("给付", PAYOUTS),
            ("余额", BALANCES),
        )
    ]
    book = read_takeover(books, EXPECTED, span=SPAN, accounts=ACCOUNTS_KNOWN)
    assert codes(book) == []
    assert book.totals == read().totals


@pytest.mark.parametrize(
    ("part", "row", "column", "value", "code"),
    [
        ("units", 1, 0, "", "unit_no_code"),
        ("units", 2, 0, "A", "unit_twice"),
        ("units", 1, 2, "nowhere", "unit_parent_unknown"),
        ("units", 1, 3, "协会", "unit_kind_unknown"),
        ("units", 1, 4, "许多", "number_unreadable"),
        ("payouts", 1, 1, "99080019500101001X", "payout_no_person"),
        ("payouts", 1, 0, "别人", "payout_other_name"),
        ("payouts", 1, 2, "三月", "payout_no_day"),
        ("payouts", 1, 2, "2021-12-31", "payout_outside"),
        ("payouts", 1, 2, "2022-07-01", "payout_outside"),
        ("payouts", 1, 3, "一千", "amount_unreadable"),
        ("payouts", 1, 3, 0, "payout_nothing"),
        ("payouts", 1, 4, "也许", "counts_unclear"),
        ("people", 1, 4, 3, "uses_differ"),
        ("people", 1, 5, 1, "paid_differs"),
        ("balances", 1, 0, "小金库", "account_unknown"),
        ("balances", 2, 0, "银行存款", "account_twice"),
        ("balances", 1, 2, 7, "account_both_sides"),
        ("balances", 1, 1, "238740.01", "balances_uneven"),
        ("balances", 3, 1, "1400.00", "benefits_differ"),
    ],
)
def test_what_does_not_fit_is_told_in_words(part, row, column, value, code):
    table = {"people": PEOPLE, "units": UNITS, "payouts": PAYOUTS, "balances": BALANCES}[part]
    book = read(**{part: changed(table, row, column, value)})
    assert code in codes(book)
    assert not book.bookable
    for one in book.findings:
        assert all(one.words(str))


def test_a_payout_twice_is_noticed_unless_something_tells_them_apart():
    again = [*PAYOUTS, PAYOUTS[1]]
    assert "payout_twice" in codes(read(payouts=again))
    told = [*PAYOUTS, [*PAYOUTS[1][:5], "第二张结算单"]]
    assert "payout_twice" not in codes(read(payouts=told))


def test_nothing_is_said_of_a_person_by_number():
    book = read(payouts=changed(PAYOUTS, 1, 1, "99080019500101001X"))
    said = " ".join(" ".join(one.words(str)) for one in book.findings)
    assert "990800" not in said


def test_sheets_that_are_missing_or_there_twice_are_named():
    empty = read_spreadsheet(xlsx(BALANCES, BALANCES, names=["余额", "余额2"]), "a.xlsx")
    book = read_takeover([empty], EXPECTED, span=SPAN, accounts=ACCOUNTS_KNOWN)
    assert {"no_people_sheet", "sheet_twice"} <= set(codes(book))
    alone = read_spreadsheet(xlsx(PEOPLE, UNITS, names=["人员", "单位"]), "a.xlsx")
    book = read_takeover([alone], EXPECTED, span=SPAN, accounts=ACCOUNTS_KNOWN)
    assert "no_balances_sheet" in codes(book)


def test_the_template_is_read_again_as_what_it_is():
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(ACCOUNTS_KNOWN, str)))
    for name, rows in (("单位", UNITS), ("已给付明细", PAYOUTS), ("期初余额", BALANCES)):
        heading = [cell.value for cell in book[name][1]]
        assert set(rows[0]) <= set(heading)


def test_totals_differ_by_what_is_said():
    found = read().totals
    stated = Totals(units=2, people=4, paid_fen=1_500_00, uses=2, opening_fen=238_740_01)
    said = [(one.name, one.amounts()) for one in differences(stated, found)]
    assert said == [
        ("people", ("4", "3", "1")),
        ("opening_fen", ("238,740.01", "238,740.00", "0.01")),
    ]
    assert differences(found, found) == []


def test_every_finding_has_words():
    assert all(what and todo for what, todo in ERRORS.values())
