"""`gonghui takeover`: two people take a running year over, and decisions go on from there."""

import openpyxl
import pytest

from gonghui.doors.cli import house as door_of_house
from tests.adapters.spreadsheets.builders import xlsx
from tests.ground_fixtures import SECRET
from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.takeover.workbooks import (
    BALANCES,
    PAYOUTS,
    PEOPLE,
    UNITS,
    changed,
)

ON = ("--on", "2022-07-01")
COUNTED = ("--units", "2", "--people", "3", "--paid", "1500", "--uses", "2", "--at-bank", "238740")


@pytest.fixture
def office(house, tmp_path, gonghui, monkeypatch):
    """``office("list", who="clerk")``, in a city whose scheme is founded."""
    open_for_rosters(house, tmp_path)
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])  # it is open

    def run(*arguments, who="head", lang="zh"):
        return gonghui("takeover", *arguments, "--as", who, "--lang", lang)

    return run


def brought(folder, people=PEOPLE, name="旧账.xlsx"):
    file = folder / name
    file.write_bytes(xlsx(people, UNITS, PAYOUTS, BALANCES, names=["人员", "单位", "给付", "余额"]))
    return file


def test_two_people_take_a_year_over(office, tmp_path):
    file = brought(tmp_path)
    looked = office("check", file, *ON)
    assert looked.code == 0, looked
    assert "1,500.00" in looked.out and "238,740.00" in looked.out
    assert "待第二人签字" not in office("list").out  # looking entered nothing
    entered = office("enter", file, *COUNTED, *ON)
    assert entered.code == 0, entered
    assert "待第二人签字" in office("list").out
    assert office("sign", "1", *COUNTED).code == 3  # the same person
    wrong = office("sign", "1", *COUNTED[:5], "1600", *COUNTED[6:], who="clerk")
    assert wrong.code == 3
    assert "1,600.00" in wrong.err and "1,500.00" in wrong.err
    signed = office("sign", "1", *COUNTED, who="clerk")
    assert signed.code == 0, signed
    listed = office("list").out
    assert "已入账" in listed and "head、clerk" in listed
    assert office("set-aside", "1", "--because", "错了").code == 3  # booked is booked


def test_what_is_wrong_is_named_by_sheet_and_row_and_nothing_is_entered(office, tmp_path):
    file = brought(tmp_path, changed(PEOPLE, 1, 4, 3))
    for words in (("check", file), ("enter", file, *COUNTED)):
        answer = office(*words, *ON)
        assert answer.code == 1, answer
        assert "人员" in answer.out and "3" in answer.out
    assert "1,500.00" not in office("list").out


def test_what_is_not_booked_yet_is_taken_back_and_may_come_again(office, tmp_path):
    file = brought(tmp_path)
    office("enter", file, *COUNTED, *ON)
    assert office("set-aside", "1", "--because", " ").code == 3
    assert office("set-aside", "1", "--because", "少了一个单位").code == 0
    assert "已作废" in office("list").out
    assert office("sign", "1", *COUNTED, who="clerk").code == 3
    assert office("enter", file, *COUNTED, *ON).code == 0


def test_a_template_states_the_accounts(office, tmp_path):
    file = tmp_path / "接管.xlsx"
    assert office("template", file).code == 0
    book = openpyxl.load_workbook(file)
    assert "银行存款" in [cell.value for cell in book["期初余额"]["A"]]
    assert office("template", file).code == 3  # nothing is written over


def test_whoever_may_not_is_refused(office, tmp_path):
    file = brought(tmp_path)
    assert office("check", file, *ON, who="officer_a").code == 3
    assert office("check", tmp_path / "none.xlsx", *ON).code != 0
