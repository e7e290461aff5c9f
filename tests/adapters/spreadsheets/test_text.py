"""Text files: the encoding is decided strictly, by the whole file; quotes must pair."""

import random

import pytest

from gonghui.adapters.spreadsheets import SpreadsheetRefused, read_spreadsheet
from gonghui.adapters.spreadsheets.delimited import encoding_of
from gonghui.adapters.spreadsheets.errors import Judged

KNOWN = ["姓名", "证件号码", "职志"]


def read(data, known=KNOWN):
    return read_spreadsheet(data, "名单.csv", known_headings=known)


def refused(data):
    with pytest.raises(SpreadsheetRefused) as caught:
        read(data)
    return caught.value.code, caught.value.place.line


def test_short_text_that_reads_in_both_encodings_is_decided_by_its_headings():
    data = "职志\n".encode("gb18030")
    assert data.decode("utf-8") == "ְ־\n", "two letters with Hebrew points"
    assert encoding_of(data, KNOWN) == "gb18030"
    assert encoding_of(data) == "utf-8"
    assert encoding_of("职志\n".encode(), KNOWN) == "utf-8"


def test_utf_16_and_other_foreign_encodings():
    words = "姓名,证件号码\n张三,1\n"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert refused(words.encode(encoding))[0] == "sixteen_bits"
    assert refused("姓名,证件号码\n王堃,1\n".encode("big5", "replace") + b"\x80\xff\n")[0] in (
        "encoding",
        "mixed_encodings",
    )


def test_a_byte_order_mark_is_believed():
    broken = b"\xef\xbb\xbf" + "姓名\n张三\n".encode("gb18030")
    assert refused(broken) == ("encoding", 1)


def test_nul_bytes_are_no_text():
    assert refused("姓名,号\n张三,".encode() + b"\0\n") == ("binary", 2)


def test_lists_of_two_encodings_put_together():
    first = "姓名,证件类型,单位\n欧阳建国,居民身份证,示例第一机械厂\n"
    second = "诸葛小明,居民身份证,示例第二机械厂\n"
    assert refused(first.encode() + second.encode("gb18030")) == ("mixed_encodings", 3)
    assert refused(first.encode("gb18030") + second.encode()) == ("mixed_encodings", 3)


def test_lists_in_one_encoding_are_never_taken_for_two():
    """Names alone, a hundred thousand of them, among which some look like UTF-8 by chance."""
    draw = random.Random(3)
    hanzi = [chr(code) for code in range(0x4E00, 0x9FA6)]
    names = "\n".join("".join(draw.choices(hanzi, k=draw.choice((2, 3)))) for _ in range(100_000))
    assert encoding_of(names.encode("gb18030")) == "gb18030"
    assert encoding_of(names.encode()) == "utf-8"


def test_a_quote_that_swallows_rows():
    """A quote that opens in one row and closes in a later one: rows between would vanish."""
    assert refused('姓名,号\n"张三,1\n李四,2\n王"五,3\n'.encode()) == ("quotes", 2)
    assert refused('姓名,号\n"张三,1\n李四,2\n",3\n'.encode()) == ("quotes", 2)
    assert refused('姓名,号\n张三,1\n"李四,2\n'.encode()) == ("quotes", 3)
    assert refused('姓名,号\n"张"三,1\n'.encode()) == ("quotes", 2)


def test_quotes_as_excel_writes_them():
    (sheet,) = read('姓名,备注\n张三,"一,二"\n李四,"说""好"""\n王五,"两\n行"\n'.encode()).sheets
    assert sheet.columns[1] == ["备注", "一,二", '说"好"', "两\n行"]


def test_blank_lines_keep_their_numbers():
    (sheet,) = read("\n\n姓名,号\n\n张三,1\n".encode()).sheets
    assert sheet.columns[0] == ["", "", "姓名", "", "张三"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_every_way(ending):
    (sheet,) = read(ending.join(["姓名,号", "张三,1", ""]).encode()).sheets
    assert sheet.columns[0] == ["姓名", "张三"]


def test_a_title_does_not_decide_the_separator():
    (sheet,) = read("示例厂,名单\n姓名;号;备注\n张三;1;无\n李四;2;无\n".encode()).sheets
    assert sheet.row(2) == ["张三", "1", "无"]


def test_control_a_likelihood_would_have_misread_what_strictness_refuses():
    """Replacing what does not decode, as lenient readers do, gives a person another name."""
    data = "姓名,证件类型,单位\n欧阳建国,居民身份证,示例厂\n".encode() + "张三,1\n".encode(
        "gb18030"
    )
    assert "�" in data.decode("utf-8", "replace")
    with pytest.raises(Judged):
        encoding_of(data)
