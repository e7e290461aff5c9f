"""`gonghui directory`, as an office runs it."""

import openpyxl
import pytest

from gonghui.doors.cli import directory as commands
from gonghui.doors.cli import house as door_of_house
from gonghui.doors.cli import main
from gonghui.ground.directory.identity import check_character
from tests.ground_fixtures import SECRET
from tests.vault_fixtures import keys

__all__ = ["keys"]  # a fixture
FIRST_17 = "11010119900307803"
NUMBER = FIRST_17 + check_character(FIRST_17)


@pytest.fixture(autouse=True)
def furnished(monkeypatch):
    """The commands are there, whoever ran before."""
    more = door_of_house.more_commands()
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])
    monkeypatch.setattr(door_of_house, "_more", list(more))
    if not any(group.name == "directory" for group in main.program().registered_groups):
        door_of_house.furnish(lambda: None, (*more, commands))


@pytest.fixture
def office(house, gonghui, keys, monkeypatch):
    """``office("tree")``: a command on the directory in English, by the clerk or another."""
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)

    def run(*arguments, who="clerk", typed=()):
        return gonghui("directory", *arguments, "--as", who, "--lang", "en", typed=typed)

    return run


def lines(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return [" ".join(line.split()) for line in answer.out.splitlines()]


def test_the_tree_is_printed_from_ones_own_place(office):
    assert lines(office("tree"))[2:5] == [
        "示例市总工会 city 市总工会",
        "东县总工会 county_a 县区总工会",
        "甲厂工会 unit_a 基层工会",
    ]
    assert len(lines(office("tree", who="county_clerk_b"))) == 2 + 3
    assert len(lines(office("tree", "county_a"))) == 2 + 3
    answer = office("tree", "nowhere")
    assert answer.code == 3 and "no union with the code" in answer.err


def test_a_union_is_shown_as_it_was_on_a_day(office):
    lines(office("rename", "unit_b", "丙矿集团工会", "--on", "2022-03-01"))
    assert lines(office("show", "unit_b", "--on", "2022-02-28"))[0] == "丙矿工会 (unit_b)"
    shown = lines(office("show", "unit_b"))
    assert shown[:2] == [
        "丙矿集团工会 (unit_b)",
        "示例市总工会 › 西县总工会 › 丙矿集团工会",
    ]
    assert any("单位经办人 officer_b 2021-01-01" in line for line in shown)
    assert office("show", "unit_b", "--on", "2020-01-01").code == 3


def test_unions_are_founded_moved_merged_and_dissolved(office):
    lines(
        office("found", "x1", "甲一分会", "--kind", "branch", "--below", "unit_a",
               "--credit-code", "91110000600037341L", "--on", "2022-03-01")
    )  # fmt: skip
    lines(office("move", "x1", "--below", "unit_a2", "--on", "2022-04-01"))
    assert lines(office("show", "x1"))[1].endswith("乙厂工会 › 甲一分会")
    assert lines(office("show", "x1"))[2] == "91110000600037341L"
    answer = lines(office("merge", "unit_a2", "--into", "unit_a", "--on", "2022-05-01"))
    assert answer == ["unit_a2 went into unit_a: 1 people, 1 unions below it."]
    lines(office("dissolve", "x1", "--on", "2022-06-01"))
    assert not any("x1" in line for line in lines(office("tree")))
    assert any("x1" in line and "ended" in line for line in lines(office("tree", "--ended")))


def test_a_post_takes_one_person_or_two(office):
    ordinary = ("worker_a", "unit_officer", "--at", "unit_a", "--on", "2022-03-01")
    assert "is given from" in lines(office("appoint", *ordinary))[0]
    weighty = ("worker_a", "accountant", "--at", "city", "--on", "2022-03-01")
    proposed = lines(office("appoint", *weighty))[0]
    number = proposed.split()[2].rstrip(";")
    assert any("worker_a 示例市总工会 会计" in line for line in lines(office("pending")))
    assert office("confirm", number).code == 3
    assert "is given" in lines(office("confirm", number, who="head"))[0]
    assert lines(office("pending")) == ["Nothing waits for a second person."]
    again = lines(office("appoint", "worker_b", *weighty[1:]))[0].split()[2].rstrip(";")
    assert lines(office("decline", again, "--because", "另有安排", who="head")) == ["Declined."]


def test_who_was_responsible(office):
    when = ("--on", "2022-03-15")
    assert (
        "officer_a · 甲厂工会 · 单位经办人"
        in lines(office("responsible", "unit_a", "roster.book", *when))[0]
    )
    post = next(line for line in lines(office("show", "unit_a", *when)) if "officer_a" in line)
    number = post.split()[0]
    lines(
        office("delegate", number, "worker_a", "--matter", "造册", "--may", "roster.book",
               "--on", "2022-03-01", "--until", "2022-04-01")
    )  # fmt: skip
    answer = lines(office("responsible", "unit_a", "roster.book", *when))[0]
    assert "worker_a" in answer and answer.endswith("by delegation")
    lines(office("dismiss", number, "--on", "2022-05-01"))
    assert lines(office("responsible", "unit_a2", "unit_chair", *when)) == [
        "Vacant: nobody has ever held it."
    ]
    assert lines(office("responsible", "unit_a2", "unit_chair", "--on", "2020-01-01")) == [
        "Vacant: the union did not exist on that day."
    ]


def test_a_workbook_is_checked_then_entered(office, tmp_path):
    path = tmp_path / "名录.xlsx"
    assert office("template", path).code == 2  # it acts for nobody
    assert path.exists() is False
    book = openpyxl.Workbook()
    book.active.append(["单位编码", "姓名", "证件号码", "岗位"])
    book.active.append(["unit_a", "单雄信", NUMBER, "单位经办人"])
    book.save(path)
    checked = lines(office("import", path, "--check", "--on", "2022-03-01"))
    assert checked[-1] == "Nothing was entered: this was a check."
    entered = lines(office("import", path, "--on", "2022-03-01"))
    assert entered[-1] == "People registered: 1; posts given: 1, held already: 0."
    found = lines(office("find", "shanxiongxin"))
    assert found[2].endswith("单雄信 1990-03-07 甲厂工会")
    assert lines(office("find", "-", typed=[NUMBER])) == found
    assert lines(office("find", "-", typed=[NUMBER], who="officer_b")) == [
        "Nothing was found in your part of the directory."
    ]
    book.active.append(["nowhere", "李娜", NUMBER[:-1], "皇帝"])
    book.save(path)
    refused = office("import", path)
    assert refused.code == 3
    assert "[Sheet]:3: The identity number has 17 characters" in refused.err
    assert "nothing of it was entered" in refused.err
    assert NUMBER[:12] not in refused.err + refused.out


def test_the_template_is_written(gonghui, tmp_path):
    path = tmp_path / "模板.xlsx"
    answer = gonghui("directory", "template", path)
    assert answer.code == 0 and path.stat().st_size > 5000


def test_units_are_found_by_words(office):
    assert lines(office("find", "丙矿"))[2:] == [
        "丙矿一车间分工会 branch_b1 分工会",
        "丙矿工会 unit_b 基层工会",
    ]
    answer = office("appoint", "nobody", "unit_officer", "--at", "unit_a")
    assert answer.code == 3 and "0 people fit" in answer.err
