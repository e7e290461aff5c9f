"""A bank's own export is read to the fen; the figures it states are held against its rows."""

from datetime import date, time

import pytest

from gonghui.adapters.bank import (
    StatementRefused,
    load_mapping,
    read_sheets,
    read_statement,
)
from tests.adapters.bank.statement_files import (
    CCB,
    FIRST,
    GENERIC,
    ICBC,
    as_csv,
    as_sheets,
    as_xlsx,
    ccb_rows,
)

ON = date(2026, 3, 31)


def read(rows, bank=None):
    mapping = load_mapping(bank) if bank else None
    return read_sheets("对账单.csv", as_sheets(rows), mapping, on=ON)


def read_file(rows, write, **options):
    name = "对账单.csv" if write is as_csv else "对账单.xlsx"
    return read_statement(write(rows), name, on=ON, **options)


def paid(statement):
    return [line.amount_fen for line in statement.lines]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_statement_is_read_to_the_fen(write):
    statement = read_file(ccb_rows(), write)
    assert statement.findings == ()
    assert (statement.bank, statement.account) == ("ccb", "41050100000000001234")
    assert statement.account_name == "示例市总工会"
    assert paid(statement) == [800_000, 1_624_050, -50_000, 800_000]
    second = statement.lines[1]
    assert (second.row, second.booked_on) == (FIRST + 2, date(2026, 3, 2))
    assert second.booked_at == time(10, 1, 15)
    assert (second.counter_name, second.counter_account) == (
        "乙厂工会委员会",
        "41050199999900002222",
    )
    assert (second.remark, second.purpose, second.serial) == ("转账", "互助金100人", "S002")
    assert second.balance_fen == 12_424_050
    assert second.raw[2] == "16,240.50"


def test_two_payments_equal_in_all_but_the_serial_number_are_two():
    statement = read(ccb_rows())
    first, *_, last = statement.lines
    assert (first.amount_fen, first.counter_name) == (last.amount_fen, last.counter_name)
    assert statement.errors == ()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_any_encoding_a_bank_uses(encoding):
    statement = read_statement(as_csv(ccb_rows(), encoding), "a.csv", on=ON)
    assert statement.lines[0].counter_name == "甲厂工会委员会"


def test_names_with_rare_characters_stay_as_written():
    rows = ccb_rows()
    rows[FIRST][5] = "㛃𬱖·买买提"
    assert read(rows).lines[0].counter_name == "㛃𬱖·买买提"


def test_numbers_and_dates_as_a_spreadsheet_keeps_them():
    rows = ccb_rows()
    rows[FIRST][0] = "20260302 093000"
    rows[FIRST][2] = 8000.0
    rows[FIRST + 1][2] = 16240.500000000001
    rows[FIRST][9] = 20260302000001
    statement = read_file(rows, as_xlsx)
    assert statement.findings == ()
    assert paid(statement)[:2] == [800_000, 1_624_050]
    assert statement.lines[0].serial == "20260302000001"
    assert statement.lines[0].booked_at == time(9, 30)


def test_newest_first_is_as_good_as_oldest_first():
    rows = ccb_rows()
    rows[FIRST : FIRST + 4] = rows[FIRST : FIRST + 4][::-1]
    statement = read(rows)
    assert statement.findings == ()
    assert paid(statement) == [800_000, -50_000, 1_624_050, 800_000]


def test_pages_repeat_their_heading_and_print_sums_of_their_own():
    rows = ccb_rows()
    page = ["本页合计", "", "24,240.50", *[""] * 7]
    second = ["本页合计", "500.00", "8,000.00", *[""] * 7]
    below = [["第2页 共2页"], ["打印时间：2026-03-05 08:00:00"]]
    pages = [*rows[: FIRST + 2], page, [], list(CCB), *rows[FIRST + 2 : FIRST + 4], second]
    statement = read([*pages, rows[-1], *below])
    assert statement.findings == ()
    assert len(statement.lines) == 4


def test_what_the_head_says_is_held_against_the_rows():
    rows = ccb_rows()
    rows[1] = ["期初余额：100,000.00", "期末余额：131,740.50", "总笔数：4笔", "贷方发生笔数", "3"]
    statement = read(rows)
    assert statement.findings == ()
    assert (statement.opening_fen, statement.closing_fen) == (10_000_000, 13_174_050)
    rows[1] = ["期初余额：100,000.01", "期末余额：1.00", "总笔数：5", "贷方发生笔数", "2"]
    assert [one.code for one in read(rows).errors] == [
        "opening_differs",
        "closing_differs",
        "count_differs",
        "count_differs",
    ]


def test_a_payment_taken_back_counts_on_its_own_side():
    rows = ccb_rows()
    rows[FIRST + 2][1:4] = ["-500.00", "", "124,740.50"]
    rows[FIRST + 3][3] = "132,740.50"
    rows[-1][1] = "-500.00"
    statement = read(rows)
    assert statement.findings == ()
    third = statement.lines[2]
    assert (third.amount_fen, third.reversal) == (50_000, True)


def test_other_banks_are_known_by_their_headings():
    icbc = [
        [
            *("20260302", "2026-03-02-09.30.00", "0001", "", "80.00", "180.00"),
            *("\t6222020000000000000", "甲厂工会", "互助金", "来账"),
        ],
    ]
    icbc[0][1] = "09:30:00"
    statement = read([ICBC, *icbc])
    assert (statement.bank, paid(statement)) == ("icbc", [8_000])
    line = statement.lines[0]
    assert (line.counter_account, line.booked_at) == ("6222020000000000000", time(9, 30))
    generic = [
        ["2026年3月2日", "￥80", "收入", "甲厂工会", "互助金", '="0007"'],
        ["2026/3/3", "30.5", "支", "印刷厂", "", "0008"],
    ]
    statement = read([GENERIC, *generic])
    assert (statement.bank, paid(statement)) == ("generic", [8_000, -3_050])
    assert [line.serial for line in statement.lines] == ["0007", "0008"]


def test_a_mapping_of_ones_own(tmp_path):
    own = tmp_path / "our-bank.yaml"
    own.write_text(
        "title: {zh: 我行, en: ours}\namount: signed\nserial: repeated\n"
        "columns: {booked_on: [day], amount: [sum], serial: [no], counter_name: [who]}\n"
    )
    rows = [["day", "sum", "no", "who"], ["2026-03-02", "+8", "1", "a"]]
    rows.append(["2026-03-02", "-8.25", "1", "b"])
    statement = read(rows, bank=own)
    assert (paid(statement), statement.findings) == ([800, -825], ())
    assert [line.reversal for line in statement.lines] == [False, False]


def test_a_row_without_money_is_passed_over_and_told():
    rows = ccb_rows()
    rows.insert(FIRST + 1, ["2026-03-02", "0.00", "0.00", "108,000.00", *rows[FIRST][4:9], "S009"])
    statement = read(rows)
    assert [(one.row, one.code) for one in statement.warnings] == [(FIRST + 2, "amount_zero")]
    assert statement.errors == ()
    assert len(statement.lines) == 4


def test_an_account_number_that_excel_ruined_only_warns():
    rows = ccb_rows()
    rows[FIRST][6] = 4.10501999999e19
    statement = read_file(rows, as_xlsx)
    assert [(one.row, one.code) for one in statement.warnings] == [(FIRST + 1, "digits_lost")]
    assert (statement.lines[0].counter_account, statement.errors) == ("", ())


def test_the_same_bytes_have_the_same_hash():
    content = as_csv(ccb_rows())
    one, other = (read_statement(content, name, on=ON) for name in ("a.csv", "b.csv"))
    assert one.sha256 == other.sha256
    assert len(one.sha256) == 64


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["姓名", "身份证号"], ["王建国", "x"]], "heading_missing"),
        ([["日期", "金额", "对方户名"], ["2026-03-02", "8", "a"]], "columns_missing"),
        ([["交易日期", "余额", "摘要"], ["2026-03-02", "8", "a"]], "columns_missing"),
        ([[*CCB[:5], "余额", *CCB[5:]], *ccb_rows()[FIRST:]], "heading_twice"),
        ([CCB], "no_lines"),
        ([CCB, ["打印时间：2026-03-05"]], "no_lines"),
    ],
)
def test_what_is_no_statement_is_refused_whole(rows, code):
    with pytest.raises(StatementRefused) as refused:
        read(rows)
    assert refused.value.code == code
    assert refused.value.words()


def test_two_accounts_in_one_workbook_are_refused():
    with pytest.raises(StatementRefused) as refused:
        read_statement(as_xlsx(ccb_rows(), 另一户=ccb_rows()), "两户.xlsx", on=ON)
    assert refused.value.code == "several_sheets"


@pytest.mark.parametrize("bank", ["nobody", "../generic", "none.yaml"])
def test_an_unknown_mapping_is_refused(bank):
    with pytest.raises(StatementRefused):
        read(ccb_rows(), bank=bank)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title: {}\ncolumns: {day: [a]}",
        "title: {}\ncolumns: {booked_on: [a], serial: [a]}",
        "title: {}\ncolumns: {booked_on: [a]}\nneeded: [serial]",
        "title: {}\ncolumns: {booked_on: [a]}\namount: sometimes",
        "title: {}\ncolumns: {booked_on: [a]}\ndirections: {up: [a]}",
        "title: {}\ncolumns: {booked_on: [a]}\nhead: {mood: [a]}",
        "columns: {booked_on: [a]}",
    ],
)
def test_a_broken_mapping_is_refused(tmp_path, text):
    own = tmp_path / "broken.yaml"
    own.write_text(text)
    with pytest.raises(StatementRefused) as refused:
        read(ccb_rows(), bank=own)
    assert refused.value.code == "mapping_broken"


def test_no_payment_is_later_than_today():
    rows = ccb_rows()
    statement = read_sheets("a.csv", as_sheets(rows), on=date(2026, 3, 3))
    assert [(one.row, one.code) for one in statement.errors] == [(FIRST + 4, "day_in_future")]


def test_findings_speak_and_hide_long_numbers():
    rows = ccb_rows()
    rows[FIRST][2] = "41080219700101123X"
    (refusal,) = read(rows).refusals("对账单.csv")
    words = refusal.words()
    assert words.startswith(f"对账单.csv:{FIRST + 1}: 贷方发生额(收入)")
    assert "410802********123X" in words
