"""Papers of a year and what happens to people in it, as an office runs it."""

import openpyxl
import pytest

from gonghui.doors.cli import contribution, main, roster
from gonghui.doors.cli import house as door_of_house
from tests.ground_fixtures import SECRET
from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.papers.year import NAMES, PAID, enrolled, pay
from tests.vault_fixtures import keys

__all__ = ["keys"]  # a fixture


@pytest.fixture(autouse=True)
def furnished(monkeypatch):
    """The commands are there, whoever ran before."""
    more = door_of_house.more_commands()
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])
    monkeypatch.setattr(door_of_house, "_more", list(more))
    groups = {group.name for group in main.program().registered_groups}
    missing = [
        module
        for name, module in (("roster", roster), ("contribution", contribution))
        if name not in groups
    ]
    if missing:
        door_of_house.furnish(lambda: None, (*more, *missing))


@pytest.fixture
def year(house, keys, tmp_path):
    return enrolled(house, open_for_rosters(house, tmp_path), tmp_path)


@pytest.fixture
def office(gonghui, monkeypatch):
    """A command in English, by the clerk or another."""
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)

    def run(*arguments, who="clerk"):
        return gonghui(*arguments, "--as", who, "--lang", "en")

    return run


def lines(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return [" ".join(line.split()) for line in answer.out.splitlines()]


def test_a_bill_and_its_receipt_are_written_once(house, year, office, tmp_path):
    file = tmp_path / "bill.pdf"
    assert lines(office("contribution", "paper", "bill", year.bill, file)) == [f"Written: {file}"]
    assert file.read_bytes().startswith(b"%PDF")
    again = office("contribution", "paper", "bill", year.bill, file)
    assert again.code == 3 and "already" in again.err
    other = office("contribution", "paper", "bill", year.bill, tmp_path / "bill.txt")
    assert other.code == 3 and "does not end in .pdf" in other.err
    assert lines(office("contribution", "receipts", year.bill)) == [
        "No money was received for this bill."
    ]
    number = pay(house, year.bill, "240.00", PAID[1], "S1")
    assert lines(office("contribution", "receipts", year.bill))[-1] == f"{number} 2022-01-05 240.00"
    file = tmp_path / "receipt.pdf"
    lines(office("contribution", "paper", "receipt", number, file, who="officer_a"))
    assert file.read_bytes().startswith(b"%PDF")
    hidden = tmp_path / "hidden.pdf"
    answer = office("contribution", "paper", "receipt", number, hidden, who="officer_b")
    assert answer.code == 3 and not hidden.exists()


def test_a_certificate_and_a_list_are_written(house, year, office, tmp_path):
    file = tmp_path / "c.pdf"
    said = (NAMES[0], file, "--on", "2022-03-01")
    assert lines(office("roster", "certificate", *said)) == [f"Written: {file}"]
    assert file.read_bytes().startswith(b"%PDF")
    for ending in ("pdf", "xlsx"):
        where = ("--at", "unit_a", "--on", "2022-03-01")
        lines(office("roster", "list", tmp_path / f"l.{ending}", *where, who="officer_a"))
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx").active
    assert {row[1] for row in sheet.iter_rows(min_row=5, values_only=True)} == set(NAMES)


def test_full_numbers_need_a_purpose_and_the_right(house, year, office, tmp_path):
    said = ("--at", "unit_a", "--on", "2022-03-01", "--full-numbers-for", "送医保局核对")
    refused = office("roster", "list", tmp_path / "l.xlsx", *said, who="officer_a")
    assert refused.code == 3 and not (tmp_path / "l.xlsx").exists()
    lines(office("roster", "list", tmp_path / "l.xlsx", *said))
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx").active
    shown = {row[2] for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert shown == set(year.numbers)


def test_somebody_moves_and_keeps_her_cover(house, year, office, tmp_path):
    moved = lines(
        office("roster", "transfer", f"#{year.people[NAMES[0]]}", "unit_a", "unit_b",
               "--on", "2022-02-01")
    )  # fmt: skip
    assert moved[-1] == "The cover stays: 2022-01-01 to 2022-12-31."
    file = tmp_path / "c.pdf"
    said = (f"#{year.people[NAMES[0]]}", file, "--on", "2022-03-01")
    lines(office("roster", "certificate", *said, who="officer_b"))
    beyond = office("roster", "transfer", f"#{year.people[NAMES[1]]}", "unit_a", "unit_b",
                    "--on", "2022-02-01", who="officer_a")  # fmt: skip
    assert beyond.code == 3


def test_somebody_is_withdrawn(house, year, office):
    from gonghui.programmes.mutualaid.models import Enrolment

    with house.clerk.transaction():
        ids = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))
    said = ("--because", "调离")
    before = lines(office("roster", "withdraw", ids[0], "--on", "2021-12-30", *said))
    assert before == [
        "Withdrawn before the cover began or was paid for: as if it had never been.",
        "Nothing is given back.",
    ]
    pay(house, year.bill, "160.00", PAID[1], "S1")
    after = lines(office("roster", "withdraw", ids[1], "--on", "2022-02-01", *said))
    assert after == [
        "The cover ends: 2022-02-01 is the first day without it.",
        "The edition does not say what is given back: two people decide it.",
    ]
    assert office("roster", "withdraw", ids[0], "--on", "2022-02-01", *said).code == 3


def test_participation_is_counted_where_no_least_share_is_stated(house, year, office):
    said = lines(office("roster", "participation", "--on", "2022-03-01"))
    assert said[2] == "unit_a 甲厂工会 – 3 – –"
    assert said[-1] == "The edition does not state a least share of the staff."
