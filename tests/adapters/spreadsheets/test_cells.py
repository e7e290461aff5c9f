"""The same cells come out of every format, each with its kind."""

from datetime import date
from decimal import Decimal

import pytest

from gonghui.adapters.spreadsheets import Kind, read_spreadsheet
from tests.adapters.spreadsheets import builders
from tests.adapters.spreadsheets.builders import Error, Formula, ods, strict, text, xls, xlsx

ROWS = [
    ["姓名", "号码", None, "标志"],
    ["张三", 13800138000, date(1990, 1, 2), True],
    [None, None, None, None],
    [Error("#REF!"), Decimal("80.5"), None, False],
    ["𠮷田·阿依", 412801199001011234, date(2022, 3, 10), "=1+1"],
]
KINDS = ("tt et", "tn nn", " d  d", "tb bt")


def sheet_of(data, name):
    (sheet,) = read_spreadsheet(data, name).sheets
    return sheet


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (xlsx(ROWS), "a.xlsx"),
        (strict(xlsx(ROWS)), "strict.xlsx"),
        (xls(ROWS), "a.xls"),
        (ods(ROWS), "a.ods"),
        (xlsx(ROWS), "in truth a newer one.xls"),
        (xls(ROWS), "in truth an older one.xlsx"),
    ],
    ids=["xlsx", "strict", "xls", "ods", "xlsx as xls", "xls as xlsx"],
)
def test_workbooks_of_every_format_say_the_same(data, name):
    sheet = sheet_of(data, name)
    assert sheet.kinds == KINDS
    assert sheet.row(0) == ["姓名", "号码", "", "标志"]
    assert sheet.row(1) == ["张三", "13800138000", "1990-01-02", "TRUE"]
    assert sheet.row(2) == ["", "", "", ""]
    assert sheet.row(3) == ["#REF!", "80.5", "", "FALSE"]
    assert sheet.row(4)[0] == "𠮷田·阿依"
    assert sheet.row(4)[1].startswith("4.1280119900101")
    assert sheet.row(4)[1].endswith("e+17")
    assert sheet.row(4)[2:] == ["2022-03-10", "=1+1"]
    assert (sheet.height, sheet.width) == (5, 4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_files_keep_every_digit(encoding, separator):
    spreadsheet = read_spreadsheet(text(ROWS, encoding, separator), "a.csv")
    (sheet,) = spreadsheet.sheets
    assert spreadsheet.encoding == encoding.removesuffix("-sig")
    assert sheet.row(4) == ["𠮷田·阿依", "412801199001011234", "2022-03-10", "=1+1"]
    assert set("".join(sheet.kinds)) == {Kind.TEXT, Kind.EMPTY}
    assert sheet.name == "a.csv"


def test_days_that_count_from_1904():
    rows = [[date(1990, 1, 2)]]
    spreadsheet = read_spreadsheet(xlsx(rows, from_1904=True), "a.xlsx")
    assert spreadsheet.from_1904
    assert spreadsheet.sheets[0].row(0) == ["1990-01-02"]
    assert not read_spreadsheet(xlsx(rows), "a.xlsx").from_1904


def test_a_formula_is_told_and_its_result_taken():
    sheet = sheet_of(xlsx([["a", Formula("=3+4")]]), "a.xlsx")
    assert sheet.row(0) == ["a", "7"]
    assert sheet.formulas == {(0, 1)}


def test_a_formula_that_nobody_computed_is_an_error_not_a_blank():
    """As programs leave it that write workbooks without a spreadsheet program."""
    for value in (b"", b"<v></v>", b"<v/>"):
        book = builders.changed(
            xlsx([["a", Formula("=B7&B8")]]),
            {"xl/worksheets/sheet1.xml": lambda data, v=value: data.replace(b"<v>7</v>", v)},
        )
        sheet = sheet_of(book, "a.xlsx")
        assert sheet.kinds == ("t", Kind.ERROR)
        assert sheet.row(0)[1].startswith("=B7")


def test_cells_are_found_under_any_prefix():
    """As the Open XML SDK writes them."""
    book = xlsx([["a", Error("#N/A"), Formula("=3+4")]], hidden_rows=[0])

    def prefixed(data):
        for tag in (b"worksheet", b"sheetData", b"row", b"c", b"f", b"v"):
            data = data.replace(b"<" + tag + b">", b"<x:" + tag + b">")
            data = data.replace(b"<" + tag + b" ", b"<x:" + tag + b" ")
            data = data.replace(b"</" + tag + b">", b"</x:" + tag + b">")
        return data.replace(b"xmlns=", b"xmlns:x=", 1)

    sheet = sheet_of(builders.changed(book, {"xl/worksheets/sheet1.xml": prefixed}), "a.xlsx")
    assert sheet.row(0) == ["a", "#N/A", "7"]
    assert sheet.kinds == ("t", "e", "n")
    assert sheet.formulas == {(0, 1), (0, 2)}
    assert sheet.hidden_rows == {0}


def test_what_is_hidden_and_what_is_merged():
    rows = [["标题", None, None], ["a", "b", "c"], ["1", "2", "3"]]
    sheet = sheet_of(
        xlsx(rows, merged=[(0, 0, 0, 2)], hidden_rows=[2], hidden_columns=[1]), "a.xlsx"
    )
    assert sheet.merged == ((0, 0, 0, 2),)
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {1})
    sheet = sheet_of(xls(rows, hidden_rows=[2], hidden_columns=[1]), "a.xls")
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {1})
    sheet = sheet_of(ods(rows, hidden_rows=[2], merged=[(0, 0, 0, 2)]), "a.ods")
    assert (sheet.hidden_rows, sheet.merged) == ({2}, ((0, 0, 0, 2),))


def test_all_sheets_or_the_first_only():
    book = xlsx([["a"]], [], [["b"]], names=["一", "空", "三"])
    sheets = read_spreadsheet(book, "a.xlsx").sheets
    assert [(sheet.name, sheet.height) for sheet in sheets] == [("一", 1), ("空", 0), ("三", 1)]
    (first,) = read_spreadsheet(book, "a.xlsx", first_only=True).sheets
    assert first.name == "一"


def test_a_long_cell_keeps_its_beginning_and_says_so():
    for data, name in ((xlsx([["x" * 5000, "y" * 500]]), "a.xlsx"), (b"x" * 5000 + b",y", "a.csv")):
        sheet = sheet_of(data, name)
        assert sheet.row(0)[0] == "x" * 500
        assert sheet.kinds == (Kind.LONG, Kind.TEXT)


def test_a_cell_may_hold_any_character():
    odd = 'a"b\nc\td'
    assert sheet_of(ods([["x", odd]]), "a.ods").row(0)[1] == odd
    assert sheet_of(text([["x", odd + "\x1fe"]]), "a.csv").row(0)[1] == odd + "\x1fe"


@pytest.mark.parametrize(("make", "name"), [(text, "a.csv"), (xlsx, "a.xlsx"), (xls, "a.xls")])
def test_no_row_is_lost_between_portions(make, name):
    """A row was, one at the end of each portion of a workbook."""
    rows = [[str(number), "" if number % 2 else "x"] for number in range(45_000)]
    sheet = sheet_of(make(rows), name)
    assert sheet.columns[0] == [str(number) for number in range(45_000)]
    assert sheet.columns[1] == ["" if number % 2 else "x" for number in range(45_000)]


def test_rows_of_text_may_differ_in_length():
    rows = [["a"]] * 25_000 + [["b", "c", "d"]] + [["e"]] * 25_000
    sheet = sheet_of(text(rows), "a.csv")
    assert {len(column) for column in sheet.columns} == {50_001}
    assert {len(kinds) for kinds in sheet.kinds} == {50_001}
    assert sheet.row(25_000) == ["b", "c", "d"]
    assert sheet.row(50_000) == ["e", "", ""]


def test_formatted_blanks_below_the_data_are_no_rows():
    """Officers format whole columns; the sheet then reaches down to row 1,048,576."""
    far = b'<row r="1048576"><c r="A1048576" s="1"/></row></sheetData>'
    book = builders.changed(
        xlsx([["a"], ["b"]]),
        {"xl/worksheets/sheet1.xml": lambda data: data.replace(b"</sheetData>", far)},
    )
    assert sheet_of(book, "a.xlsx").height == 2


def test_a_path_and_bytes_read_alike(tmp_path):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(xlsx(ROWS))
    assert read_spreadsheet(path) == read_spreadsheet(xlsx(ROWS), "名单.xlsx")
