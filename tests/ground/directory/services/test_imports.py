"""Unions and officers from a workbook: all of it or nothing, every fault with its row."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from gonghui.core.errors import Refusal
from gonghui.ground.directory.identity import check_character
from tests.ground.directory.rooms import Room, imports, models, people, persons, posts, tree

template = Room("import_template")
pytestmark = pytest.mark.usefixtures("keys")
MARCH = date(2022, 3, 1)
UNITS = ("编码", "名称", "类型", "上级编码", "统一社会信用代码", "单位类别", "职工人数")
OFFICERS = ("单位编码", "姓名", "证件类型", "证件号码", "岗位")


def number(sequence):
    first_17 = f"11010119900307{sequence:03}"
    return first_17 + check_character(first_17)


def workbook(units=(), officers=(), heads=(UNITS, OFFICERS)):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, head, rows in (("单位", heads[0], units), ("经办人", heads[1], officers)):
        if rows:
            sheet = book.create_sheet(name)
            sheet.append(head)
            for row in rows:
                sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


GOOD_UNITS = (
    ("G1", "某集团工会", "集团公司工会", "city", "91110000600037341L", "企业", 1200),
    ("G11", "某集团一矿工会", "基层工会", "G1", None, "企业", "300"),
    ("G111", "一矿采煤队分工会", "分工会", "G11", None, None, None),
    (None, None, None, None, None, None, None),
    ("合计", None, None, None, None, None, 1500),
)
GOOD_OFFICERS = (
    ("G1", "王　伟", "居民身份证", number(1), "单位经办人"),
    ("G1", "王伟", None, number(1), "基层工会主席"),
    ("G11", "王伟", None, number(1), "单位经办人"),
    ("G11", "买买提·艾力", "护照", "E12345678", "unit_officer"),
    ("unit_a", "李娜", None, number(2), "单位经办人"),
)


def load(house, data, actor=None, **said):
    return imports.import_directory(actor or house.clerk, data, "名录.xlsx", on=MARCH, **said)


def complaints(house, data, actor=None):
    with pytest.raises(imports.ImportRefused) as refused:
        load(house, data, actor)
    return [one.words() for one in refused.value.problems]


def test_a_workbook_is_entered_once_however_often_it_comes(house):
    data = workbook(GOOD_UNITS, GOOD_OFFICERS)
    first = load(house, data)
    assert (first.unions, first.persons, first.posts, first.pending) == (3, 3, 5, 0)
    depths = {line.code: line.depth for line in tree.descendants(house.clerk, house.union["city"])}
    assert [depths[code] for code in ("G1", "G11", "G111")] == [1, 2, 3]
    (line,) = people.find_persons(house.clerk, number(1)).lines
    assert len(line.workplaces) == 2
    again = load(house, data)
    assert (again.unions, again.unions_known, again.persons, again.posts, again.posts_known) == (
        0,
        3,
        0,
        0,
        5,
    )


def test_only_checked_leaves_nothing_behind(house):
    imported = load(house, workbook(GOOD_UNITS, GOOD_OFFICERS), only_check=True)
    assert (imported.unions, imported.posts) == (3, 5)
    assert tree.find_unions(house.clerk, "G1") == []
    assert people.find_persons(house.clerk, number(1)).lines == ()


def test_weighty_posts_wait_for_a_second_person(house):
    data = workbook(officers=[("city", "王伟", None, number(1), "会计")])
    assert load(house, data).pending == 1
    with house.head.transaction():
        proposed = models.Appointment.objects.get(decided_by__isnull=True)
    posts.confirm_appointment(house.head, proposed.pk)
    assert load(house, data).posts_known == 1


def test_every_fault_is_named_with_its_sheet_and_row(house):
    units = [
        *GOOD_UNITS[:2],
        ("G1", "重复", "基层工会", "city", None, None, None),
        ("X1", "无类型", "俱乐部", "city", None, None, None),
        ("X2", "代码错", "基层工会", "city", "91110000600037341K", None, None),
        ("X3", "人数错", "基层工会", "city", None, None, "约300"),
        (None, "无编码", "基层工会", "city", None, None, None),
    ]
    officers = [
        ("G1", "王伟", None, number(1)[:-1] + "?", "单位经办人"),
        ("G1", "王?", None, number(2), "单位经办人"),
        ("G1", "李娜", "会员证", "123", "单位经办人"),
        ("G1", "李娜", None, number(3), None),
    ]
    said = complaints(house, workbook(units, officers))
    for expected in (
        "名录.xlsx [单位]:4: The code G1 stands in row 2",
        "名录.xlsx [单位]:5: 俱乐部 is no kind",
        "名录.xlsx [单位]:6: The unified social credit code's check character",
        "名录.xlsx [单位]:7: “约300” is no number",
        "名录.xlsx [单位]:8: A union needs a code",
        "名录.xlsx [经办人]:2: The identity number holds something other",
        "名录.xlsx [经办人]:3: The name holds",
        "名录.xlsx [经办人]:4: The kind of document is unknown",
        "名录.xlsx [经办人]:5: The union's code or the post is missing",
    ):
        assert any(one.startswith(expected) for one in said), (expected, said)
    assert len(said) == 9
    assert not any(number(1)[:10] in one for one in said)
    assert tree.find_unions(house.clerk, "G1") == []


def test_what_only_the_database_knows_has_its_row_too(house):
    assert complaints(
        house, workbook([("unit_a", "甲厂", "基层工会", "county_a", "", "", "")])
    ) == [
        "名录.xlsx [单位]:2: The union unit_a is there already, with another name, kind or place."
        " Rename or move it; an import only enters what is new."
    ]
    rows = [("X1", "甲", "基层工会", "X2", "", "", ""), ("X2", "乙", "基层工会", "X1", "", "", "")]
    assert [one.split(": ")[0] for one in complaints(house, workbook(rows))] == [
        "名录.xlsx [单位]:2",
        "名录.xlsx [单位]:3",
    ]
    rows = [("X1", "甲", "基层工会", "city", "91110000600037341L", "", "")]
    load(house, workbook(rows))
    rows = [("Y0", "丙", "基层工会", "city", "", "", ""), ("Y1", "丁", *rows[0][2:])]
    (said,) = complaints(house, workbook(rows))
    assert said.startswith("名录.xlsx [单位]:3: A unit with this unified social credit code")
    persons.register_person(
        house.clerk, persons.Newcomer(house.union["unit_b"], "赵敏", number=number(7)), on=MARCH
    )
    officers = [
        ("city", "王伟", None, number(1), "皇帝"),
        ("nowhere", "王伟", None, number(1), "单位经办人"),
    ]
    said = complaints(house, workbook(officers=officers))
    assert "[经办人]:2: There is no kind of post “皇帝”" in said[0]
    assert "[经办人]:3: There is no union with the code nowhere" in said[1]
    officers = [
        ("unit_a", "王伟", None, number(1), "单位经办人"),
        ("unit_a", "李娜", None, number(7), "单位经办人"),
    ]
    (said,) = complaints(house, workbook(officers=officers))
    assert said.startswith("名录.xlsx [经办人]:3: This person cannot be entered")
    assert people.find_persons(house.clerk, "王伟").lines == ()


def test_a_county_imports_into_its_own_part(house):
    rows = [("K1", "甲", "基层工会", "county_a", "", "", "")]
    with pytest.raises(Refusal, match="do not allow"):
        load(house, workbook(rows), house.officer_a)
    assert load(house, workbook(rows), house.county_clerk_a).unions == 1
    rows = [("K2", "甲", "基层工会", "county_b", "", "", "")]
    (said,) = complaints(house, workbook(rows), house.county_clerk_a)
    assert "no such entry" in said


def test_what_is_no_such_workbook_is_refused(house):
    with pytest.raises(Refusal, match="No sheet has the headings"):
        load(house, workbook([("1", "2")], heads=(("甲", "乙"), OFFICERS)))
    with pytest.raises(Refusal):
        load(house, b"no workbook")


def test_headings_as_people_write_them(house):
    heads = (
        "工会编码（必填）",
        "单位 名称*",
        "工会类型",
        "上级工会编码：",
        "信用代码",
        "性质",
        "人数",
    )
    imported = load(house, workbook([GOOD_UNITS[0]], heads=(heads, OFFICERS)))
    assert imported.unions == 1


def test_the_template_filled_in_is_read(house, tmp_path):
    path = tmp_path / "模板.xlsx"
    template.write_template(path)
    book = openpyxl.load_workbook(path)
    for sheet, rows in (("单位", GOOD_UNITS[:1]), ("经办人", GOOD_OFFICERS[:1])):
        for at, row in enumerate(rows, 2):
            for column, value in enumerate(row, 1):
                book[sheet].cell(at, column).value = value
    book.save(path)
    assert imports.import_directory(house.clerk, path, on=MARCH).unions == 1
    again = tmp_path / "again.xlsx"
    template.write_template(again)
    template.write_template(path)
    assert again.read_bytes() == path.read_bytes()


def test_many_rows_take_few_questions(house):
    few = workbook([(f"F{n}", f"某{n}", "基层工会", "city", "", "", "") for n in range(3)])
    many = workbook([(f"M{n}", f"某{n}", "基层工会", "city", "", "", "") for n in range(300)])
    counts = []
    for data in (few, many):
        with CaptureQueriesContext(connections["default"]) as asked:
            load(house, data)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 30
