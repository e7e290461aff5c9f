"""What is not read is refused in a sentence, before or while it is read."""

import io
import zipfile

import pytest

from gonghui.adapters.spreadsheets import Limits, SpreadsheetRefused, read_spreadsheet
from gonghui.adapters.spreadsheets.errors import SENTENCES
from gonghui.doors.cli.language import _, speak
from tests.adapters.spreadsheets import hostile
from tests.adapters.spreadsheets.builders import changed, compound, ods, text, xls, xlsx

ROWS = [["姓名", "号码"], ["张三", "1"]]
BOOK, OLD = xlsx(ROWS), xls(ROWS)


def _in_no_encoding(data):
    return data.replace(b"UTF-8", b"UPF-8")


def refused(data, name="a.xlsx", **limits):
    with pytest.raises(SpreadsheetRefused) as caught:
        read_spreadsheet(data, name, limits=Limits(**limits))
    return caught.value


def code_of(data, name="a.xlsx", **limits):
    return refused(data, name, **limits).code


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.docx", BOOK, "kind"),
        ("noending", BOOK, "kind"),
        ("a.xlsb", BOOK, "binary_workbook"),
        ("a.zip", BOOK, "archive"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "broken"),
        ("a.xlsx", BOOK[:-100], "broken"),
        ("a.xlsx", BOOK[: len(BOOK) // 2], "broken"),
        ("a.xls", OLD[:700], "broken"),
        ("a.xls", OLD[:-2500], "broken"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "broken"),
        ("a.xlsx", "姓名,号码\n张三,1\n".encode(), "named_wrong"),
        ("a.xls", "姓名\t号码\n张三\t1\n".encode("gb18030"), "named_wrong"),
        ("a.xls", "<html><table><tr><td>姓名</td></tr></table>".encode(), "web_page"),
        ("a.xls", b"\xef\xbb\xbf\r\n<table>", "web_page"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "web_page"),
        ("a.csv", b"<!DOCTYPE html><p>x", "web_page"),
        ("a.xls", b"MIME-Version: 1.0\r\n", "web_page"),
        ("a.xlsx", compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted"),
        ("a.xls", xls(ROWS, protected=True), "encrypted"),
        ("a.ods", ods(ROWS, encrypted=True), "encrypted"),
        ("a.xls", compound({"WordDocument": b"x"}), "other_document"),
        ("a.xls", xls(ROWS, streams=["_VBA_PROJECT_CUR"]), "macro"),
        ("a.xlsm", hostile.with_part(BOOK, "xl/vbaProject.bin"), "macro"),
        ("a.xlsx", hostile.with_part(BOOK, "xl/macrosheets/sheet1.xml"), "macro"),
        ("a.xlsx", hostile.with_part(BOOK, "xl/activeX/activeX1.xml"), "macro"),
        ("a.ods", hostile.with_part(ods(ROWS), "Basic/Standard/Module1.xml"), "macro"),
        ("a.xlsx", hostile.with_part(BOOK, "xl/externalLinks/externalLink1.xml"), "external_link"),
        ("a.xlsx", hostile.with_part(BOOK, "xl/connections.xml"), "external_link"),
        ("a.xlsx", hostile.with_part(BOOK, "xl/embeddings/oleObject1.bin"), "part_unknown"),
        ("a.xlsx", hostile.with_part(BOOK, "run.exe"), "part_unknown"),
        ("a.xlsx", hostile.with_part(BOOK, "../../etc/cron.d/job"), "part_unknown"),
        ("a.ods", hostile.with_part(ods(ROWS), "Object 1/content.xml"), "part_unknown"),
        ("a.xlsx", changed(BOOK, added={"word/document.xml": b"x"}), "other_document"),
        ("a.xlsx", changed(BOOK, removed=["xl/workbook.xml"]), "broken"),
        ("a.xlsx", changed(BOOK, removed=[hostile.SHEET]), "broken"),
        ("a.xlsx", changed(BOOK, {hostile.BOOK: lambda data: data[:200]}), "broken"),
        ("a.ods", changed(ods(ROWS), {"content.xml": lambda data: data[:-80]}), "broken"),
        ("a.ods", changed(ods(ROWS), {"content.xml": _in_no_encoding}), "broken"),
        ("a.xlsx", changed(BOOK, {hostile.BOOK: _in_no_encoding}), "broken"),
        ("a.xlsx", hostile.two_parts_of_one_name(BOOK), "broken"),
        ("a.xlsx", hostile.sheet_cut_in_two(BOOK), "broken"),
        ("a.xls", hostile.ring_of_sectors(OLD), "broken"),
        ("a.xlsx", hostile.entity_bomb(BOOK), "document_type"),
        ("a.xlsx", hostile.many_parts(BOOK), "parts"),
        ("a.xlsx", hostile.zip_bomb(BOOK), "ratio"),
        ("a.xlsx", hostile.two_million_styles(BOOK, honest_ratio=False), "ratio"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_bad_file_has_its_sentence(name, data, code):
    error = refused(data, name)
    assert error.code == code
    assert str(error).startswith(f"{name}: ")


def test_a_folder_or_a_missing_file(tmp_path):
    assert code_of(tmp_path / "nowhere.xlsx") == "missing"
    assert code_of(tmp_path) == "missing"


def test_sizes(tmp_path):
    assert code_of(BOOK, file_bytes=len(BOOK) - 1) == "too_big"
    assert code_of(hostile.zip_bomb(BOOK), unpacked_bytes=10_000_000) == "size"
    assert code_of(BOOK, cells=3) == "too_large"
    assert code_of(text(ROWS), "a.csv", cells=3) == "too_large"
    path = tmp_path / "a.xlsx"
    path.write_bytes(BOOK)
    assert code_of(path, file_bytes=10) == "too_big"


def test_an_archive_is_told_from_a_workbook():
    folder = changed(BOOK, removed=["[Content_Types].xml"])
    assert code_of(folder) == "broken"
    stream = changed(BOOK, removed=names_of(BOOK), added={"a.csv": b"x"})
    assert code_of(stream) == "archive"


def names_of(book):
    return zipfile.ZipFile(io.BytesIO(book)).namelist()


def test_two_million_styles_that_pack_like_honest_ones_are_read_within_the_limits():
    book = hostile.two_million_styles(BOOK)
    (sheet,) = read_spreadsheet(book, "a.xlsx", limits=Limits(memory_bytes=1 << 30)).sheets
    assert sheet.row(1) == ["张三", "1"]


def test_every_sentence_says_what_is_wrong_and_what_to_do():
    speak("zh")
    for code in SENTENCES:
        words = SpreadsheetRefused(code, "名单.xlsx", row=3, value="x").words(_)
        assert words.startswith("名单.xlsx:3: ")
        assert words.endswith("。")
        assert words.count("。") == 2
