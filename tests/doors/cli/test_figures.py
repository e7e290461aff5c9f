"""`gonghui figures`, `ledger income`, `ledger account`: each figure opens the lines behind it."""

import openpyxl
import pytest

from gonghui.core.money import parse_yuan
from gonghui.doors.cli import house as door_of_house
from tests.ground_fixtures import SECRET
from tests.programmes.mutualaid.queries.test_figures import scheme

__all__ = ["scheme"]  # a fixture: a city that was taken over with three payouts

SPAN = ("--from", "2022-01-01", "--to", "2022-10-31")


@pytest.fixture
def office(scheme, gonghui, monkeypatch):
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])  # it is open

    def run(*arguments, who="auditor", lang="zh"):
        return gonghui(*arguments, "--as", who, "--lang", lang)

    return run


def lines(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return [" ".join(line.split()) for line in answer.out.splitlines()]


def test_the_published_figures_with_their_denominators(office):
    told = lines(office("figures", *SPAN))
    assert "享受互助的职工（人） 2" in told
    assert "已支付的互助保障金（元） 1,500.00" in told
    assert "支出率（%） 0.62" in told
    assert any("2022-01-01" in line and "240,240.00" in line for line in told)


@pytest.mark.parametrize("by", ["unit", "level", "month"])
def test_parts_add_up_to_the_whole(office, by):
    told = office("figures", *SPAN, "--by", by)
    rows = told.out.split("\n\n")[-1].splitlines()[2:]
    column = -2 if by != "month" else 3
    assert sum(parse_yuan(row.split()[column]) for row in rows) == 1_500_00


def test_every_line_opens_and_names_are_masked(office):
    told = lines(office("figures", *SPAN, "--lines"))
    opened = [line for line in told if "接管前已发放" in line]
    assert len(opened) == 3
    assert "王建国" not in "\n".join(told)


def test_a_workbook_holds_figures_parts_and_lines(office, tmp_path):
    file = tmp_path / "公布数字.xlsx"
    assert office("figures", *SPAN, "--xlsx", file).code == 0
    book = openpyxl.load_workbook(file)
    assert len(book.sheetnames) == 5
    opened = list(book[book.sheetnames[-1]].values)[1:]
    assert sum(round(row[4] * 100) for row in opened) == 1_500_00
    assert office("figures", *SPAN, "--xlsx", file).code == 3  # nothing is written over


def test_what_came_in_and_went_out(office):
    told = lines(office("ledger", "income", *SPAN))
    assert any(line.startswith("4001 互助金收入") and "240,240.00" in line for line in told)
    assert any(line.startswith("5001 互助保障金支出") and "-1,500.00" in line for line in told)
    assert any("238,740.00" in line for line in told)
    opened = lines(office("ledger", "account", "5001", *SPAN))
    assert any("1,500.00" in line for line in opened)
    assert office("ledger", "account", "9999", *SPAN).code == 3


def test_days_the_wrong_way_round_are_refused(office):
    wrong = office("figures", "--from", "2022-10-31", "--to", "2022-01-01")
    assert wrong.code == 3 and "--from" in wrong.err


def test_the_figures_are_not_for_everybody(office):
    assert office("figures", *SPAN, who="officer_a").code == 3
