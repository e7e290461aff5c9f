"""A roster that is right: what is understood of it, what it says, whatever its order and format."""

from dataclasses import replace
from datetime import date

import pytest

from gonghui.ground.directory.codes import check_bank_card
from gonghui.ground.directory.names import fold_name
from gonghui.programmes.mutualaid.rosters import Expectations, Unit, check_roster, read_roster
from gonghui.programmes.mutualaid.rosters.names import fold_names
from gonghui.programmes.mutualaid.rosters.readers import fits_luhn
from gonghui.programmes.mutualaid.rosters.roster import letters
from tests.adapters.spreadsheets.builders import ods, text, xls, xlsx
from tests.programmes.mutualaid.rosters.corpus.people import (
    HEADINGS,
    NAME,
    NUMBER,
    OWN,
    number,
    person,
    three,
    wrong_check,
)

ON = date(2021, 12, 20)
EXPECTED = Expectations(on=ON)
KEY = b"k" * 32


def checked(rows, name="a.xlsx", make=xlsx, expected=EXPECTED, **options):
    return check_roster(read_roster(make(rows, **options), name), expected)


def codes(roster):
    return [finding.code for finding in roster.findings]


def test_every_column_is_understood_and_kept_as_it_was_written():
    heading = [
        *("序号", "工号", "姓名", "证件类型", "证件号码", "性别", "出生日期", "民族", "手机号"),
        *("医保类型", "人员类别", "困难/劳模标志", "份数", "个人缴费", "单位缴费", "首次/续保"),
        *("银行", "卡号", "开户行", "单位", "统一社会信用代码", "备注"),
    ]
    row = [
        *(1, "007", "王　伟", "身份证", number("19820304", 1), "男", "1982/3/4", "维吾尔"),
        *("138 0000 0000", "城镇职工医保", "合同制", "困难、市级劳模", "1份", "80元", 20, "续保"),
        *("工商银行", "6222 0217 0200 0000 000", "示例支行", "示例厂", "91990800MA0000001L", "无"),
    ]
    unit = Unit(7, "示例厂", "91990800MA0000001L")
    roster = checked([heading, row], expected=replace(EXPECTED, units=[unit]))
    (only,) = roster.rows()
    assert (only.number, only.state, only.findings) == (2, "good", ())
    assert only.values == {
        "serial": "1",
        "staff_number": "007",
        "name": "王伟",
        "name_folded": "王伟",
        "document_kind": "resident",
        "document_number": number("19820304", 1),
        "sex": "male",
        "born_on": date(1982, 3, 4),
        "ethnicity": "维吾尔族",
        "phone": "13800000000",
        "insurance": "employee",
        "category": "contract",
        "hardship": "hardship",
        "model_worker": "yes",
        "shares": 1,
        "own_fen": 8000,
        "unit_fen": 2000,
        "renewal": "renewal",
        "bank": "工商银行",
        "card": "6222021702000000000",
        "branch": "示例支行",
        "unit_id": 7,
        "unit_name": "示例厂",
        "unit_code": "91990800MA0000001L",
        "remark": "无",
    }
    assert only.raw["name"] == "王　伟"
    assert only.raw["own_fen"] == "80元"
    assert roster.heading("own_fen") == "个人缴费"
    assert roster.bookable


def test_what_a_file_does_not_say():
    roster = checked([["姓名", "身份证号"], ["张三", number()]])
    (only,) = roster.rows()
    assert only.values["sex"] == "male"
    assert only.values["born_on"] == date(1982, 3, 4)
    assert (only.values["shares"], only.values["own_fen"]) == (None, None)
    assert (only.values["phone"], only.values["renewal"], only.values["hardship"]) == ("", "", "")
    assert "unit_id" not in only.values


def test_fifteen_digits_become_eighteen_and_both_are_kept():
    roster = checked(three((NUMBER, 990800720304002)))
    assert roster.raw["document_number"][1] == "990800720304002"
    assert roster.values["document_number"][1] == number("19720304", 2)
    assert codes(roster) == ["document_old"]


@pytest.mark.parametrize(
    "written",
    [
        number("19720304", 2),
        number("19720304", 2)[:6] + " " + number("19720304", 2)[6:],
        number("19720304", 2)[:6] + number("19720304", 2)[8:17],
        "138-0000-0003",
        "6222 0217 0200 0000 000",
    ],
)
def test_a_staff_number_that_is_a_secret_number_is_left_out(written):
    """Whose it is makes no difference: it would be stored readable."""
    heading = ["姓名", "证件号码", "手机号", "银行卡号", "工号"]
    rows = [
        ["张三", number("19820304", 1), "13800000001", "6222021702000000000", written],
        ["李四", number("19720304", 2)[:6] + number("19720304", 2)[8:17], "", "", "A-17"],
        ["王五", number("19830304", 3), "13800000003", "", ""],
    ]
    roster = checked([heading, *rows])
    assert roster.values["staff_number"] == ["", "A-17", ""]
    assert [f.row for f in roster.findings if f.code == "staff_number_secret"] == [2]
    assert roster.bookable


def test_a_ruined_number_is_never_repaired():
    """Not even where name, birth and check digit would leave only one."""
    roster = checked(three((NUMBER, int(number("19720304", 2).replace("X", "0")))))
    assert roster.values["document_number"][1] not in [row[NUMBER] for row in three()]
    assert roster.states == ["good", "bad", "good"]
    assert not roster.bookable


def test_every_row_is_counted_once():
    rows = [*three((NUMBER, wrong_check(number()))), [], person(3), ["合计", *[None] * 6, 240]]
    roster = checked(rows)
    assert roster.counts == {"rows_in": 5, "good": 2, "warned": 0, "bad": 1, "skipped": 2}
    assert roster.numbers == [2, 3, 4]
    assert [tuple(skipped) for skipped in roster.skipped] == [(6, "repeated"), (7, "totals")]


def test_many_rows_are_all_counted():
    """More than one portion of the reader; who stands there again is skipped, nobody is lost."""
    days = [f"{1960 + n // 20 % 40}{1 + n // 2 % 9:02d}{1 + n % 2 * 10:02d}" for n in range(1_600)]
    rows = [["姓名", "证件号码"]]
    rows += [[f"张{chr(0x4E00 + n % 5000)}", number(days[n % 1_600], n // 1_600 + 1)]
             for n in range(36_000)]  # fmt: skip
    roster = checked(rows)
    assert roster.counts["rows_in"] == 36_000
    assert len(roster.numbers) + len(roster.skipped) == 36_000
    assert {len(column) for column in roster.values.values()} == {len(roster.numbers)}


@pytest.mark.parametrize(
    ("name", "make"), [("a.xls", xls), ("a.ods", ods), ("a.csv", text)], ids=["xls", "ods", "csv"]
)
def test_the_same_people_in_any_format_and_order_say_the_same(name, make):
    rows = three()
    turned = [rows[0], *reversed(rows[1:])]
    assert checked(rows).content_hash(KEY) == checked(turned, name, make).content_hash(KEY)


def test_titles_totals_serial_numbers_and_repetitions_say_nothing():
    rows = three()
    other = [["标题"], HEADINGS, *([99, *row[1:]] for row in rows[1:]), rows[2], ["合计"]]
    assert checked(rows).content_hash(KEY) == checked(other).content_hash(KEY)


@pytest.mark.parametrize(
    "change", [(NAME, "别人"), (OWN, 81), (OWN, "八十"), (OWN, "八一"), (5, "13900000000")]
)
def test_another_fact_says_something_else(change):
    other = checked(three(change)).content_hash(KEY)
    assert other != checked(three()).content_hash(KEY)
    assert other not in {
        checked(three(one)).content_hash(KEY)
        for one in [(OWN, "八十"), (OWN, "八一"), (OWN, 82)]
        if one != change
    }


def test_a_hash_that_is_kept_needs_a_key():
    """Without one, a list of one person could be tried out: a number has few unknown digits."""
    roster = checked(three())
    assert roster.content_hash(KEY) != roster.content_hash(b"other")
    assert roster.content_hash() != roster.content_hash(KEY)
    assert len(roster.content_hash(KEY)) == 32


def test_is_it_the_first_time_depends_on_what_is_asked():
    for heading, word, expected in (
        ("是否首次", "是", "first"),
        ("是否续保", "是", "renewal"),
        ("是否续保", "否", "first"),
        ("首次/续保", "续保", "renewal"),
    ):
        roster = checked([["姓名", "证件号码", heading], ["张三", number(), word]])
        assert roster.values["renewal"] == [expected], heading


def test_whoever_names_no_unit_belongs_to_the_one_that_sends():
    expected = replace(EXPECTED, units=[Unit(7, "示例厂")])
    assert checked(three(), expected=expected).values["unit_id"] == [7, 7, 7]


def test_a_unit_is_found_by_any_of_its_names():
    units = [Unit(1, "示例市第一机械厂", "91990800MA0000001L", "000101"), Unit(2, "乙厂")]
    rows = [["姓名", "证件号码", "单位", "单位代码"]]
    said = [("示例市 第一机械厂", None), (None, "91990800ma0000001l"), (None, "000101")]
    rows += [["张三", number(serial=n), *pair] for n, pair in enumerate(said, 1)]
    assert checked(rows, expected=replace(EXPECTED, units=units)).values["unit_id"] == [1, 1, 1]


def test_ages_are_judged_on_the_day_that_is_passed_in():
    rows = [["姓名", "证件号码"], ["张三", number("20051221")]]
    for on, expected in ((date(2021, 12, 20), ["too_young"]), (date(2021, 12, 21), [])):
        assert codes(checked(rows, expected=Expectations(on=on))) == expected


def test_names_are_folded_as_the_directory_folds_them():
    names = ["王伟", "阿依·古丽", "SMITH John", "䶮", "", "張三", "ｍüller", "e\u0301"]
    assert fold_names(names) == [fold_name(name) for name in names]


def test_cards_are_checked_as_the_directory_checks_them():
    for digits in range(13, 21):
        for at in range(300):
            card = str(6_222_021_702_000_000_000_000 + at * 7_919)[:digits]
            assert fits_luhn(card) == (check_bank_card(card) is None), card
    assert not fits_luhn("62220217020000000x")


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_letters(column, name):
    assert letters(column) == name
