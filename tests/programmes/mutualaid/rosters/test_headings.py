"""Headings are found under many names, and never by guessing."""

import pytest

from gonghui.programmes.mutualaid.rosters import RosterRefused
from gonghui.programmes.mutualaid.rosters.columns import columns, plain
from tests.programmes.mutualaid.rosters.corpus.people import number, person
from tests.programmes.mutualaid.rosters.test_checking import checked


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓名", "name"),
        (" 姓　名 ", "name"),
        ("*职工姓名：", "name"),
        ("身份证号（18位）", "document_number"),
        ("身份证\n号码", "document_number"),
        ("ID Number", "document_number"),
        ("首次/续保", "renewal"),
        ("个人缴费（元）", "own_fen"),
        ("单位（统一社会信用代码）", "unit_code"),
        ("单位（盖章）", "unit_name"),
        ("困难/劳模标志", "standing"),
    ],
)
def test_a_heading_by_any_of_its_names(heading, field):
    assert columns().field_of(heading)[0] == field


@pytest.mark.parametrize("heading", ["", "姓", "家属姓名", "子女身份证号", "配偶姓名", "原单位"])
def test_other_people_and_other_things_are_not_meant(heading):
    assert columns().field_of(heading) is None


def test_the_heading_with_the_most_columns_is_taken():
    roster = checked(
        [["姓名", "证件号码"], [], ["序号", "姓名", "证件号码", "性别"], person(1)[:4]]
    )
    assert roster.heading_row == 3
    assert roster.counts["rows_in"] == 1


def test_a_heading_below_row_thirty_is_none():
    table = [["姓名", "证件号码"], ["张三", number()]]
    assert checked([["说明"]] * 29 + table).counts["good"] == 1
    with pytest.raises(RosterRefused):
        checked([["说明"]] * 31 + table)


def test_the_first_person_is_no_second_row_of_a_heading():
    """A cell of the first person's row reads like a heading: she would have been lost."""
    rows = [
        ["姓名", "证件号码", "发放方式"],
        ["张三", number(), "银行"],
        ["李四", number(serial=2), "卡"],
    ]
    assert checked(rows).numbers == [2, 3]


def test_of_two_columns_with_one_meaning_the_better_name_is_read():
    heading = ["姓名", "证件号码", "联系电话", "手机号"]
    roster = checked([heading, ["张三", number(), "03911234567", "13800000000"]])
    assert roster.values["phone"] == ["13800000000"]
    assert [(notice.code, dict(notice.values)) for notice in roster.notices] == [
        ("column_repeated", {"value": "联系电话"})
    ]


def test_no_heading_means_two_fields():
    known = columns()
    assert set(known.labels) == set(known.fields)
    assert all(known.field_of(label)[0] == field for field, label in known.labels.items())
    for field, said in known.said.items():
        for ours, word in said.items():
            assert known.words[field][plain(word) or word] == ours
