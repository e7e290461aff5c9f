"""The workbook that goes back to the officer, and comes again."""

import io

import openpyxl
import pytest

from gonghui.adapters.spreadsheets.marking import SEVERE, SLIGHT
from gonghui.doors.cli.language import _, speak
from gonghui.programmes.mutualaid.rosters import check_roster, read_roster
from gonghui.programmes.mutualaid.rosters.marked import marked_roster
from tests.adapters.spreadsheets.builders import ods, text, xls, xlsx
from tests.programmes.mutualaid.rosters.corpus.people import (
    NAME,
    NUMBER,
    PHONE,
    person,
    three,
    wrong_check,
)
from tests.programmes.mutualaid.rosters.test_corpus import LIMITS, MAKERS, expectations

WRONG = wrong_check(person(2)[NUMBER])
ROWS = [*three((NUMBER, WRONG), (PHONE, "123")), ["合计"]]


@pytest.fixture(autouse=True)
def chinese():
    speak("zh")


def marked(data, name, expected):
    spreadsheet = read_roster(data, name, limits=LIMITS)
    roster = check_roster(spreadsheet, expected)
    return roster, marked_roster(data, spreadsheet, roster, _, author="互助办")


def colour(cell):
    return cell.fill.start_color.rgb[2:] if cell.fill.fill_type else None


@pytest.mark.parametrize(
    ("name", "make"), [("a.xlsx", xlsx), ("a.xls", xls), ("a.ods", ods), ("a.csv", text)]
)
def test_the_cells_to_be_corrected_are_marked_and_listed(name, make):
    _roster, back = marked(make(ROWS), name, expectations("a"))
    book = openpyxl.load_workbook(io.BytesIO(back))
    page = book.worksheets[0]
    assert colour(page["C3"]) == SEVERE
    assert page["C3"].comment.text == "证件号码校验位不符，有数字录错了。请与证件逐位核对。"
    assert page["C3"].comment.author == "互助办"
    assert colour(page["F3"]) == SLIGHT
    assert colour(page["B3"]) is None
    listed = [[cell.value for cell in row] for row in book["问题清单"].iter_rows()]
    assert listed[0] == ["行号", "单元格", "栏目", "内容", "问题", "处理办法", "轻重"]
    assert listed[1][:5] == [
        *("3", "C3", "证件号码", f"{WRONG[:6]}********{WRONG[-4:]}"),
        "证件号码校验位不符，有数字录错了。",
    ]
    assert listed[1][6] == "必须修改"
    assert listed[2][6] == "请核对"
    assert listed[3][0] == "5"
    assert listed[3][4] == "合计行，没有当作职工读取。"


NAMES = [
    *("check-digit.xlsx", "duplicate-with-other-particulars.xlsx", "heading-of-two-rows.xlsx"),
    *("command-as-name.xlsx", "formula-as-name.csv", "names-merged.xlsx", "ref-error.xls"),
    *("titles-above.xlsx", "totals-do-not-add-up.xlsx", "strict.xlsx", "gb18030.csv"),
    *("city-units-unknown.xlsx", "rare-characters.xlsx", "fifteen-digits.xlsx", "zero-width.xlsx"),
]


@pytest.mark.parametrize("name", NAMES)
def test_sent_again_unchanged_it_says_the_same(name):
    """Marks and the list of findings are no part of what a roster says."""
    first, back = marked(MAKERS[name](), name, expectations(name))
    again = check_roster(read_roster(back, "again.xlsx"), expectations(name))
    assert again.content_hash(b"k") == first.content_hash(b"k")
    told = {(one.row, one.column, one.code) for one in first.findings}
    assert {(one.row, one.column, one.code) for one in again.findings} == told
    assert again.counts == first.counts


def test_corrected_and_sent_again_its_marks_are_gone():
    _roster, back = marked(xlsx(ROWS), "a.xlsx", expectations("a"))
    book = openpyxl.load_workbook(io.BytesIO(back))
    book.worksheets[0]["C3"] = person(2)[NUMBER]
    book.worksheets[0]["F3"] = "13800000000"
    stream = io.BytesIO()
    book.save(stream)
    roster, clean = marked(stream.getvalue(), "a.xlsx", expectations("a"))
    assert roster.counts["good"] == 3
    page = openpyxl.load_workbook(io.BytesIO(clean)).worksheets[0]
    assert [colour(page[cell]) for cell in ("C3", "F3")] == [None, None]
    assert page["C3"].comment is None


def test_what_is_missing_is_marked_where_it_is_missing():
    _roster, back = marked(xlsx(three((NAME, None))), "a.xlsx", expectations("a"))
    page = openpyxl.load_workbook(io.BytesIO(back)).worksheets[0]
    assert colour(page["B3"]) == SEVERE
    assert page["B3"].comment.text.startswith("没有填写姓名")
