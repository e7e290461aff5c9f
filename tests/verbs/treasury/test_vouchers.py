"""Vouchers for accounting software: what is in the cells, to the fen."""

import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from gonghui.core.errors import Refusal

JANUARY = date(2022, 1, 10)


def vouchers(books, path, month=1, mapping=None, actor=None):
    from gonghui.verbs.treasury.exports.mapping import read_mapping
    from gonghui.verbs.treasury.exports.vouchers import write_vouchers

    mapping = mapping or read_mapping()
    return write_vouchers(actor or books.house.accountant, books.period[month], mapping, path)


def rows(path, sheet="记账凭证"):
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def raw_numbers(path):
    """The cells' numbers as they stand in the file, before any reader makes floats of them."""
    with zipfile.ZipFile(path) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    return re.findall(r"<v>(-?\d+\.\d\d)</v>", text)


def test_a_row_for_each_line(books, tmp_path):
    file = tmp_path / "vouchers.xlsx"
    number = books.contribution("unit_a", 700_001, on=JANUARY, source="receipt:1")
    assert vouchers(books, file) == 1
    head, debit, credit = rows(file)
    day = datetime(2022, 1, 10)
    first = [day, "记", 1, 1, "收取互助金", "1002", "银行存款", 7000.01, None]
    second = [day, "记", 1, 2, "收取互助金", "4001", "互助金收入", None, 7000.01]
    assert debit[:9] == first
    assert debit[9:] == [None] * 6 + ["receipt:1", number]
    assert credit[:9] == second
    assert credit[9:11] == ["unit_a", "甲厂工会"]
    assert len(head) == len(debit)


def test_every_digit_of_an_amount_is_there(books, tmp_path):
    file = tmp_path / "vouchers.xlsx"
    amounts = [1, 9, 10, 99, 100, 29, 57, 1_001, 501_720_000, 123_456_789_012_345]
    for fen in amounts:
        books.contribution("unit_a", fen, on=JANUARY)
    vouchers(books, file)
    digits = [int(said.replace(".", "")) for said in raw_numbers(file)]
    assert digits == [fen for fen in amounts for _ in ("debit", "credit")]
    assert [row[7] for row in rows(file)[1::2]] == [float(Decimal(fen) / 100) for fen in amounts]


def test_more_digits_than_a_spreadsheet_keeps_are_refused(books, tmp_path):
    file = tmp_path / "vouchers.xlsx"
    books.contribution("unit_a", 10**15, on=JANUARY)
    with pytest.raises(Refusal, match="does not keep all digits"):
        vouchers(books, file)
    assert not file.exists()


def test_a_reversal_is_written_in_red(books, tmp_path):
    from gonghui.verbs.treasury.services.journals import reverse

    wrong = books.contribution("unit_a", 700, on=JANUARY)
    reverse(books.house.accountant, wrong, on=JANUARY, memo="")
    file = tmp_path / "vouchers.xlsx"
    assert vouchers(books, file) == 2
    assert [row[5:9] for row in rows(file)[3:]] == [
        ["1002", "银行存款", -7, None],
        ["4001", "互助金收入", None, -7],
    ]
    totals = dict(rows(file, "合计"))
    assert (totals["借方合计"], totals["贷方合计"], totals["合计大写"]) == (0, 0, "零元整")


def test_goods_have_a_quantity(books, tmp_path):
    books.post(
        ("store", "city", 500, "RADISH", 4960),
        ("suppliers", "city", 0, "RADISH", -4960),
        ("bank", "city", -500),
        on=JANUARY,
        kind="purchase",
    )
    file = tmp_path / "vouchers.xlsx"
    vouchers(books, file)
    assert [row[7:9] + row[11:15] for row in rows(file)[1:]] == [
        [5, None, "RADISH", "萝卜", "公斤", 4960],
        [None, None, "RADISH", "萝卜", "公斤", -4960],
        [None, 5, None, None, None, None],
    ]


def test_numbers_begin_anew_every_month(books, tmp_path):
    from gonghui.verbs.treasury.services.funds import open_period

    quarter = open_period(books.house.accountant, "mutualaid", date(2023, 1, 1), date(2023, 4, 1))
    books.period["quarter"] = quarter
    for month in (1, 2, 1, 3, 2, 1):
        books.contribution("unit_a", 5, on=date(2023, month, 5))
    file = tmp_path / "vouchers.xlsx"
    vouchers(books, file, "quarter")
    told = [(row[0].month, row[2]) for row in rows(file)[1::2]]
    assert told == [(1, 1), (2, 1), (1, 2), (3, 1), (2, 2), (1, 3)]


def test_a_closed_month_is_the_same_bytes_every_time(books, tmp_path):
    books.contribution("unit_a", 700, on=JANUARY)
    books.close(1)
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    vouchers(books, first)
    books.contribution("unit_a", 70, on=date(2022, 2, 1))
    vouchers(books, second)
    assert first.read_bytes() == second.read_bytes()
    assert dict(rows(first, "合计"))["状态"].startswith("已结账")


def test_an_open_month_says_so(books, tmp_path):
    books.contribution("unit_a", 501_720_000, on=JANUARY)
    file = tmp_path / "vouchers.xlsx"
    vouchers(books, file)
    totals = dict(rows(file, "合计"))
    assert totals["状态"].startswith("未结账")
    assert totals["合计大写"] == "伍佰零壹万柒仟贰佰元整"
    assert totals["期间"] == "2022-01-01 至 2022-01-31"


def test_an_accountant_maps_the_accounts(books, tmp_path):
    from gonghui.verbs.treasury.exports.mapping import read_mapping

    file = tmp_path / "mine.yaml"
    file.write_text(
        'word: 银\naccounts:\n  bank: {code: "102", name: 银行存款}\n'
        '  contributions: {code: "241", name: 代管经费}\nkinds: {contribution: 收款}\n',
        encoding="utf-8",
    )
    books.contribution("unit_a", 700, on=JANUARY)
    out = tmp_path / "vouchers.xlsx"
    vouchers(books, out, mapping=read_mapping(file))
    assert [row[1:7] for row in rows(out)[1:]] == [
        ["银", 1, 1, "收款", "102", "银行存款"],
        ["银", 1, 2, "收款", "241", "代管经费"],
    ]


def test_an_account_the_mapping_does_not_know_stops_it(books, tmp_path):
    from gonghui.verbs.treasury.exports.mapping import read_mapping

    file = tmp_path / "mine.yaml"
    file.write_text("word: 记\naccounts: {}\nkinds: {}\n", encoding="utf-8")
    books.contribution("unit_a", 700, on=JANUARY)
    out = tmp_path / "vouchers.xlsx"
    with pytest.raises(Refusal, match="no entry for the account bank"):
        vouchers(books, out, mapping=read_mapping(file))
    assert not out.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "word: 记",
        "- a list",
        "word: 记\naccounts: {bank: {code: 1002, name: 银行存款}}\nkinds: {}",
        "word: 记\naccounts: {bank: {code: '1002'}}\nkinds: {}",
        "word: 记\naccounts: {bank: {code: '1', name: x, moon: y}}\nkinds: {}",
        "word: [",
    ],
)
def test_a_mapping_that_cannot_be_used(tmp_path, text):
    from gonghui.verbs.treasury.exports.mapping import read_mapping

    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"mine\.yaml"):
        read_mapping(file)


def test_what_ships_maps_every_account_that_ships(django_ready):
    from gonghui.verbs.treasury.charts import SHIPPED, read_chart
    from gonghui.verbs.treasury.exports.mapping import read_mapping

    chart = read_chart(SHIPPED / "mutual-aid.yaml")
    assert {account.key for account in chart} == set(read_mapping().accounts)
