"""The workbook that goes back: the sender's own where it can be, marked, and harmless."""

import io
import os
import tempfile
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet import _writer

from gonghui.adapters.spreadsheets import read_spreadsheet
from gonghui.adapters.spreadsheets.harmless import for_csv, looks_like_formula
from gonghui.adapters.spreadsheets.marking import (
    MOST_NOTES,
    SEVERE,
    SLIGHT,
    Listing,
    Mark,
    marked_workbook,
    sheet_names,
)
from gonghui.adapters.spreadsheets.marking_child import marked as marked_in_child
from tests.adapters.spreadsheets.builders import Formula, ods, strict, text, xls, xlsx

ROWS = [
    ["示例厂参加职工名单", None, None],
    ["姓名", "号码", "日期"],
    ["张三", "001", date(1990, 1, 2)],
    ["=cmd|'/c calc'!A0", "+86 138", None],
]
MARKS = [
    Mark(2, 1, True, "校验位不对。"),
    Mark(3, 0, False, "请核对。"),
    Mark(2, 7, True, "缺少。"),
]
LISTING = Listing("问题清单", ("行号", "问题"), (("3", "=1+1"), ("4", "请核对。")), (8, 40))
FILES = [
    (xlsx(ROWS, merged=[(0, 0, 0, 2)]), "a.xlsx"),
    (strict(xlsx(ROWS)), "strict.xlsx"),
    (xls(ROWS), "a.xls"),
    (ods(ROWS), "a.ods"),
    (text(ROWS, "gb18030"), "a.csv"),
]
NAMES = [name for _, name in FILES]


def marked(data, name, marks=MARKS, listing=LISTING):
    spreadsheet = read_spreadsheet(data, name)
    return marked_workbook(data, spreadsheet, 0, marks, listing, author="工会")


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def colour(cell):
    return cell.fill.start_color.rgb[2:] if cell.fill.fill_type else None


@pytest.mark.parametrize(("data", "name"), FILES, ids=NAMES)
def test_cells_are_coloured_and_say_why(data, name):
    book = opened(marked(data, name))
    page = book.worksheets[0]
    assert colour(page["B3"]) == SEVERE
    assert page["B3"].comment.text == "校验位不对。"
    assert colour(page["A4"]) == SLIGHT
    assert page["A4"].comment.text == "请核对。"
    assert colour(page["H3"]) == SEVERE, "also where a cell was missing"
    assert colour(page["A3"]) is None
    assert [cell.value for cell in book["问题清单"][2]] == ["3", "=1+1"]


@pytest.mark.parametrize(("data", "name"), FILES, ids=NAMES)
def test_nothing_else_of_the_table_changes(data, name):
    before = read_spreadsheet(data, name).sheets[0]
    after = read_spreadsheet(marked(data, name), "a.xlsx").sheets[0]
    assert [column[: before.height] for column in after.columns[: before.width]] == list(
        before.columns
    )


@pytest.mark.parametrize(("data", "name"), FILES, ids=NAMES)
def test_no_formula_leaves_the_house(data, name):
    book = opened(marked(data, name))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and looks_like_formula(cell.value):
                    assert cell.quotePrefix
    assert book.worksheets[0]["A4"].value.startswith("=cmd")


def test_control_openpyxl_left_alone_would_send_the_formula_on():
    data = xlsx([["姓名"], [Formula("=HYPERLINK(1)")]])
    assert opened(data).worksheets[0]["A2"].data_type == "f"
    back = opened(marked(data, "a.xlsx", marks=[]))
    assert (back.worksheets[0]["A2"].data_type, back.worksheets[0]["A2"].value) == ("n", 7)


def test_an_own_workbook_keeps_its_look():
    data = xlsx(ROWS, merged=[(0, 0, 0, 2)])
    page = opened(marked(data, "a.xlsx")).worksheets[0]
    assert [str(area) for area in page.merged_cells.ranges] == ["A1:C1"]
    assert page["C3"].number_format == "yyyy-mm-dd"


def test_a_mark_inside_a_merged_cell_stands_at_its_corner():
    data = xlsx([["一", None], ["a", "b"]], merged=[(0, 0, 0, 1)])
    page = opened(marked(data, "a.xlsx", marks=[Mark(0, 1, True, "合并。")])).worksheets[0]
    assert (colour(page["A1"]), page["A1"].comment.text) == (SEVERE, "合并。")


def test_the_marks_of_an_earlier_round_are_gone():
    first = marked(xlsx(ROWS), "a.xlsx")
    second = opened(marked(first, "a.xlsx", marks=[Mark(2, 0, False, "新。")]))
    page = second.worksheets[0]
    assert (colour(page["B3"]), page["B3"].comment) == (None, None)
    assert (colour(page["A3"]), page["A3"].comment.text) == (SLIGHT, "新。")
    assert second.sheetnames.count("问题清单") == 1
    assert len(second.sheetnames) == 2


def test_so_many_marks_that_not_all_can_have_notes():
    rows = [["x"]] * (MOST_NOTES + 50)
    marks = [Mark(row, 0, True, "不对。") for row in range(MOST_NOTES + 50)]
    page = opened(marked(xlsx(rows), "a.xlsx", marks)).worksheets[0]
    cells = [page.cell(row, 1) for row in range(1, MOST_NOTES + 51)]
    assert sum(cell.comment is not None for cell in cells) == MOST_NOTES
    assert all(colour(cell) == SEVERE for cell in cells)


def test_a_large_workbook_is_written_anew():
    rows = [[str(row)] * 20 for row in range(6_000)]
    page = opened(marked(xlsx(rows), "a.xlsx", [Mark(5_999, 3, True, "不对。")])).worksheets[0]
    assert colour(page["D6000"]) == SEVERE
    assert page["A1"].value == "0"


def test_names_of_sheets():
    names = ["a/b", "A b", "", "x" * 40, "x" * 40]
    assert sheet_names(names) == ["a b", "A b 2", "Sheet", "x" * 31, "x" * 29 + " 2"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", " =1"])
def test_what_looks_like_a_formula(text):
    assert looks_like_formula(text)
    assert for_csv(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "张三", "1-2", "'=1"])
def test_what_does_not(text):
    assert for_csv(text) == text


def test_no_sheet_is_left_on_a_disk(monkeypatch, tmp_path):
    """openpyxl writes every sheet to a temporary file, which a killed child would leave behind."""
    if not hasattr(os, "memfd_create"):
        pytest.skip("no files in memory here")
    monkeypatch.setattr(_writer, "create_temporary_file", _writer.create_temporary_file)
    monkeypatch.setattr(_writer.WorksheetWriter, "cleanup", _writer.WorksheetWriter.cleanup)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError):  # the control: as openpyxl does it by itself
        opened(xlsx(ROWS)).save(io.BytesIO())
    request = {"sheet": "Sheet1", "author": "工会", "colours": [SEVERE, SLIGHT], "marks": []}
    before = len(os.listdir("/proc/self/fd"))
    back = marked_in_child(xlsx(ROWS), {**request, "listing": ["问题清单", ["行号"], [], [8]]})
    assert opened(back).sheetnames == ["Sheet1", "问题清单"]
    assert len(os.listdir("/proc/self/fd")) == before
