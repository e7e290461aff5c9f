"""Workbooks from strangers: what no honest one has is refused before or while it is read."""

import zipfile

import pytest
import xlsxwriter

from gonghui.adapters.medical_insurance import FeedRefused, read_feed
from gonghui.adapters.medical_insurance.spreadsheets import Limits, workbook_as_csv
from tests.adapters.medical_insurance.statements import statement, write_xlsx


@pytest.fixture
def honest(tmp_path):
    return write_xlsx(tmp_path / "feed.xlsx", [statement("S1")])


def rewritten(path, changed=None, added=None):
    """A copy of a workbook with other parts."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, (changed or {}).get(part.filename, lambda d: d)(data))
        for name, data in (added or {}).items():
            new.writestr(name, data)
    return target


def code_of(path, **limits):
    with pytest.raises(FeedRefused) as refused:
        workbook_as_csv(path, Limits(**limits))
    assert path.name in refused.value.words_in("zh")
    return refused.value.code


def test_cells_come_as_their_reader_would_type_them(tmp_path):
    path = tmp_path / "cells.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["文本", "数", "整数", "长号码", "是否", "日期", "两\n行"])
        cells = ["01", 28454.11, 12.0, 412801199001011234.0, True]
        sheet.write_row(2, 0, cells)
        sheet.write_number(2, 5, 44630, day)
        sheet.write_string(2, 6, "a\nb")
    lines = workbook_as_csv(path).decode().splitlines()
    assert lines[0] == "文本,数,整数,长号码,是否,日期,两 行"
    assert lines[1] == ",,,,,,"
    assert lines[2].startswith("01,28454.11,12,4.1280119900101")
    assert lines[2].endswith("e+17,1,2022-03-10,a b")


def test_an_identity_number_that_excel_has_spoilt(tmp_path):
    row = statement("S1", CERTNO="412801199001011234")
    feed = read_feed(write_xlsx(tmp_path / "feed.xlsx", [row], numeric=["CERTNO"]))
    assert feed.rejected["code"].to_list() == ["digits_lost"]


def test_rows_keep_their_numbers(tmp_path):
    rows = [statement("S1"), dict.fromkeys(statement(), ""), statement("S2", HOSP_LV="?")]
    feed = read_feed(write_xlsx(tmp_path / "feed.xlsx", rows))
    assert feed.rows_in == 2
    assert feed.accepted["row"].to_list() == [2]
    assert feed.rejected["row"].to_list() == [4]


def test_macros_links_and_unknown_parts(honest):
    for name in (
        "xl/vbaProject.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/activeX/activeX1.xml",
        "xl/connections.xml",
        "run.exe",
        "../../etc/cron.d/job",
    ):
        assert code_of(rewritten(honest, added={name: b"x"})) == "xlsx_part_forbidden"


def test_too_many_parts(honest):
    parts = {f"xl/worksheets/extra{n}.xml": b"<x/>" for n in range(200)}
    assert code_of(rewritten(honest, added=parts)) == "xlsx_parts"


def test_a_zip_bomb(honest):
    bomb = {"xl/media/big.xml": b"\0" * 50_000_000}
    assert code_of(rewritten(honest, added=bomb)) == "xlsx_ratio"
    assert code_of(rewritten(honest, added=bomb), unpacked_bytes=10_000_000) == "xlsx_size"


def test_a_bomb_whose_directory_lies_meets_the_limits_of_the_child(honest):
    """The directory says that the sheet is small; what is packed is not."""
    sheet, size = "xl/worksheets/sheet1.xml", 150_000_000
    path = rewritten(honest, changed={sheet: lambda data: data.ljust(size)})
    lied = path.read_bytes().replace(size.to_bytes(4, "little"), (900_000).to_bytes(4, "little"))
    path.write_bytes(lied)
    assert code_of(path, memory_bytes=200 << 20) in ("xlsx_too_large", "xlsx_broken")


def test_a_sheet_as_large_as_sheets_can_be(honest):
    """Two cells in opposite corners: a reader that believes them wants 17 billion cells."""
    sheet = "xl/worksheets/sheet1.xml"
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = rewritten(honest, changed={sheet: lambda d: d.replace(b"</sheetData>", corner)})
    assert code_of(path) == "xlsx_too_large"


def test_a_reader_that_never_ends_is_stopped(honest):
    assert code_of(honest, wall_seconds=0) == "xlsx_too_large"


def test_what_is_no_workbook(tmp_path, honest):
    text = tmp_path / "text.xlsx"
    text.write_text("SETL_ID,CERTNO\n")
    assert code_of(text) == "xlsx_broken"
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(honest.read_bytes()[:-100])
    assert code_of(cut) == "xlsx_broken"
    hollow = tmp_path / "hollow.xlsx"
    with zipfile.ZipFile(hollow, "w") as archive:
        archive.writestr("xl/nothing.xml", "<x/>")
    assert code_of(hollow) == "xlsx_broken"


def test_an_encrypted_workbook_says_so(tmp_path):
    path = tmp_path / "secret.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert code_of(path) == "xlsx_encrypted"
