"""The product's own template: what is filled in is read again, to the letter."""

import io
import shutil
import subprocess
from datetime import date, timedelta

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string

from gonghui.doors.cli.language import _, speak
from gonghui.ground.directory.document_kinds import PASSPORT, RESIDENT
from gonghui.programmes.mutualaid.rosters import Expectations, check_roster, read_roster
from gonghui.programmes.mutualaid.rosters.columns import columns
from gonghui.programmes.mutualaid.rosters.template import (
    FIELDS,
    UNIT_FIELDS,
    TemplateWords,
    choices_of,
    template_workbook,
)
from tests.adapters.spreadsheets.builders import changed
from tests.programmes.mutualaid.rosters.corpus.people import number

WORDS = TemplateWords(
    title="示例市职工医疗互助参加职工名单",
    unit="单位（盖章）：",
    notes=("请于 12 月 20 日前报送。",),
    contact="联系电话：0000-0000000",
)
EXPECTED = Expectations(on=date(2021, 12, 20), most_shares=5)
ALL = (*UNIT_FIELDS, *FIELDS)
READ_AGAIN = [field for field in ALL if field != "serial"]
ZHANG = {
    "name": "张三",
    "document_kind": RESIDENT,
    "document_number": number(),
    "sex": "male",
    "born_on": date(1982, 3, 4),
}


@pytest.fixture(autouse=True, scope="module")
def chinese():
    speak("zh")


def filled(rows, fields=ALL):
    return template_workbook(WORDS, _, rows=rows, fields=fields)


def read_again(data, name="模板.xlsx"):
    roster = check_roster(read_roster(data, name), EXPECTED)
    return roster, [row.values for row in roster.rows()]


def test_an_empty_template_has_nobody():
    with pytest.raises(Exception, match="nobody"):
        read_again(filled([]))


def test_it_is_the_citys_and_explains_itself():
    book = openpyxl.load_workbook(io.BytesIO(filled([])))
    page = book.worksheets[0]
    assert page["A1"].value == "示例市职工医疗互助参加职工名单"
    assert page["A2"].value == "单位（盖章）："
    lines = [row[0].value for row in book["填写说明"].iter_rows()]
    assert "请于 12 月 20 日前报送。" in lines
    assert "联系电话：0000-0000000" in lines
    assert len(lines) > 8
    assert not any("焦作" in str(cell.value) for sheet in book for row in sheet for cell in row)


def test_numbers_are_text_and_words_are_chosen():
    """In a column of text Excel keeps every digit that is typed."""
    book = openpyxl.load_workbook(io.BytesIO(filled([])))
    page = book.worksheets[0]
    letter_of = {cell.value: cell.column_letter for cell in page[3]}
    looks = {
        column: run.number_format
        for run in page.column_dimensions.values()
        for column in range(run.min, run.max + 1)
    }
    for label in ("证件号码", "银行卡号", "手机号", "工号", "出生日期", "统一社会信用代码"):
        assert looks[column_index_from_string(letter_of[label])] == "@", label
    chosen = {str(rule.sqref).partition("4")[0] for rule in page.data_validations.dataValidation}
    for label in ("证件类型", "性别", "民族", "医保类型", "人员类别", "首次/续保"):
        assert letter_of[label] in chosen, label
    assert book["选项"].sheet_state == "hidden"


def test_every_choice_is_understood():
    choices = choices_of(columns())
    most = max(map(len, choices.values()))
    rows = [
        {**ZHANG, "document_number": number(serial=2 * n + 1), "sex": None} for n in range(most)
    ]
    book = openpyxl.load_workbook(io.BytesIO(filled(rows)))
    for row in range(most):
        for field, words in choices.items():
            cell = book.worksheets[0].cell(4 + row, ALL.index(field) + 1)
            cell.value = words[row % len(words)]
    stream = io.BytesIO()
    book.save(stream)
    roster, _rows = read_again(stream.getvalue())
    assert not {one.code for one in roster.findings if "unknown" in one.code}
    assert set(roster.values["ethnicity"]) == set(choices["ethnicity"])


_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
_NAMES = st.one_of(
    st.text(_HAN, min_size=2, max_size=4),
    st.builds(lambda *parts: "·".join(parts), *[st.text(_HAN, min_size=2, max_size=4)] * 2),
    st.sampled_from(["𠮷田", "䶮㛃", "阿依古丽•买买提", "SMITH JOHN", "O'NEIL Mary-Ann"]),
)
_DAYS = st.dates(date(1950, 1, 1), date(2003, 12, 31))
_PLAIN = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20
).filter(lambda text: text == text.strip("'‘’ ") and not text.startswith(('="', "#")))  # no #REF!
_CHOSEN = {field: list(said) for field, said in columns().said.items()}


@st.composite
def people(draw, serial):
    born, resident = draw(_DAYS), draw(st.booleans())
    sex = draw(st.sampled_from(["male", "female"]))
    place = 2 * serial + (1 if sex == "male" else 2)
    row = {
        "name": draw(_NAMES),
        "document_kind": RESIDENT if resident else PASSPORT,
        "document_number": number(f"{born:%Y%m%d}", place) if resident else f"E1234{serial:04d}",
        "sex": sex,
        "born_on": born,
        "phone": draw(st.sampled_from(["", "13800138000", "03912234567"])),
        "shares": draw(st.integers(1, 5)),
        "own_fen": draw(st.none() | st.integers(0, 10_000_000)),
        "unit_fen": draw(st.none() | st.integers(0, 10_000_000)),
        "card": draw(st.sampled_from(["", "6222021702000000000"])) if serial == 1 else "",
        "ethnicity": draw(st.sampled_from(["", "汉族", "维吾尔族"])),
    }
    for field in ("insurance", "category", "renewal", "hardship", "model_worker"):
        row[field] = draw(st.sampled_from(["", *_CHOSEN[field]]))
    for field in ("bank", "branch", "staff_number", "remark", "unit_name", "unit_code"):
        row[field] = draw(st.just("") | _PLAIN)
    return row


def test_a_staff_number_of_dashes_only_is_no_secret_number():
    roster, _rows = read_again(filled([ZHANG | {"staff_number": "‐"}]))
    assert roster.values["staff_number"] == ["‐"]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.data(), st.integers(1, 6))
def test_what_is_written_is_read(data, count):
    rows = [data.draw(people(serial)) for serial in range(1, count + 1)]
    roster, again = read_again(filled(rows))
    assert [{field: row[field] for field in READ_AGAIN} for row in again] == [
        {field: row.get(field) for field in READ_AGAIN} for row in rows
    ]
    assert roster.counts["bad"] == 0


def test_control_a_template_without_text_columns_loses_digits():
    """What the same row comes back as where a program writes the number as a number."""
    data = filled([ZHANG])

    def as_number(sheet):
        at = sheet.index(b'<c r="F4"')
        end = sheet.index(b"</c>", at)
        return sheet[:at] + b'<c r="F4"><v>' + number().encode() + b"</v>" + sheet[end:]

    roster, _rows = read_again(changed(data, {"xl/worksheets/sheet1.xml": as_number}))
    assert "document_ruined" in {one.code for one in roster.findings}


_CSV_IN_UTF_8 = "csv:Text - txt - csv (StarCalc):44,34,76,1"
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.slow
@pytest.mark.skipif(
    not SOFFICE, reason="no LibreOffice here (Debian: apt-get install libreoffice-calc)"
)
@pytest.mark.parametrize(
    "kind", ["xlsx", "xls", "ods", "csv:Text - txt - csv (StarCalc):44,34,76,1"]
)
def test_saved_by_libreoffice_it_says_the_same(tmp_path, kind):
    rows = [
        {**ZHANG, "own_fen": 8000, "shares": 1, "phone": "13800138000", "remark": "=1+1"},
        {
            "name": "阿依古丽·买买提",
            "document_kind": RESIDENT,
            "document_number": number("19900101", 2),
            "born_on": date(1990, 1, 1) + timedelta(0),
            "card": "6222021702000000000",
        },
    ]
    source = tmp_path / "source.xlsx"
    source.write_bytes(filled(rows))
    command = [SOFFICE, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", kind, "--outdir", str(tmp_path / "out"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (saved,) = (tmp_path / "out").iterdir()
    before, _rows = read_again(source.read_bytes())
    after, _rows = read_again(saved.read_bytes(), saved.name)
    assert after.content_hash(b"k") == before.content_hash(b"k")
    assert after.counts == before.counts
