"""`gonghui ledger` and `gonghui close-period`, as an accountant and an office head run them."""

from datetime import date

import openpyxl
import pytest

from gonghui.doors.cli import house as door_of_house
from tests.ground_fixtures import SECRET
from tests.ledger_fixtures import books

__all__ = ["books"]  # a fixture


@pytest.fixture
def office(house, gonghui, monkeypatch):
    """``office("ledger", "balance", who="accountant")`` in English."""
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])  # it is open

    def run(*arguments, who="accountant", lang="en"):
        return gonghui(*arguments, "--as", who, "--lang", lang)

    return run


def lines(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return [" ".join(line.split()) for line in answer.out.splitlines()]


def test_books_from_nothing(office):
    opened = ("ledger", "open-fund", "mutualaid", "--name", "互助资金", "--purpose", "互助")
    assert lines(office(*opened)) == ["The fund mutualaid has 21 accounts."]
    assert lines(office("ledger", "open-period", "2022-01")) == ["Open: 2022-01-01 – 2022-01-31."]
    assert lines(office("ledger", "open-period", "2022-02-01", "--until", "2022-12-31")) == [
        "Open: 2022-02-01 – 2022-12-31."
    ]
    wrong = office("ledger", "open-period", "2024")
    assert wrong.code == 3
    assert "starts where the last one" in wrong.err
    assert lines(office("ledger", "balance", "--period", "2022-01"))[0] == (
        "2022-01-01 – 2022-01-31 (open)"
    )


def test_a_trial_balance(books, office):
    books.contribution("unit_a", 501_720_000, on=date(2022, 1, 5))
    books.post(
        ("store", "city", 500, "RADISH", 4960),
        ("suppliers", "city", 0, "RADISH", -4960),
        ("bank", "city", -500),
        on=date(2022, 2, 5),
        kind="purchase",
    )
    told = lines(office("ledger", "balance", "--period", "2022-02"))
    assert "1002 银行存款 5,017,200.00 0.00 5.00 5,017,195.00" in told
    assert "1405 RADISH 0 4,960 0 4,960" in told
    by_union = lines(office("ledger", "balance", "--by-union", "--period", "2022-02"))
    assert "4001 互助金收入 unit_a -5,017,200.00 0.00 0.00 -5,017,200.00" in by_union


def test_a_journal_down_to_its_source(books, office):
    number = books.contribution("unit_a", 700_000, source="receipt:17", memo="交费")
    told = lines(office("ledger", "journal", str(number)))
    assert told[0] == f"{number} 2022-03-15 contribution 交费"
    assert told[1] == "Source: receipt:17"
    assert told[-2:] == [
        "1002 银行存款 示例市总工会 7,000.00",
        "4001 互助金收入 甲厂工会 7,000.00",
    ]
    assert office("ledger", "journal", "999999").code == 3


def test_two_people_close_a_period(books, office):
    books.contribution("unit_a", 700_000, on=date(2022, 1, 5))
    close = ("close-period", "--period", "2022-01")
    proposed = lines(office(*close))
    assert proposed[:3] == ["journals: 1", "lines: 2", "turnover: 7,000.00"]
    assert proposed[-1].startswith("Proposed.")

    alone = office(*close)
    assert alone.code == 3
    assert "Whoever proposed the closing cannot confirm it." in alone.err
    assert "请另一人" in office(*close, lang="zh").err

    books.contribution("unit_a", 5, on=date(2022, 1, 6))
    late = office(*close, who="head")
    assert late.code == 3
    assert "Propose it again" in late.err

    lines(office(*close, "--propose", who="head"))
    assert lines(office(*close))[-1] == "2022-01-01 – 2022-01-31 is closed."
    again = office(*close, who="head")
    assert again.code == 3
    assert "is closed" in again.err


def test_a_period_is_named_as_it_is(books, office):
    for said, expected in (
        ("2022", "It has: 2022-01-01 – 2022-01-31;"),  # the year is no period here
        ("2022-13", "no month, year or day"),
        ("2025-01", "has no such period"),
    ):
        answer = office("ledger", "balance", "--period", said)
        assert answer.code == 3
        assert expected in answer.err
    assert lines(office("ledger", "balance", "--period", "2022-03-15"))[0].startswith("2022-03-01")
    assert lines(office("ledger", "balance"))[0].startswith("2022-01-01")  # the oldest open one


def test_the_ledger_is_handed_out(books, office, tmp_path):
    from beancount import loader

    books.contribution("unit_a", 700_000, on=date(2022, 1, 5))
    text, sheet = tmp_path / "ledger.beancount", tmp_path / "vouchers.xlsx"
    told = lines(office("ledger", "export", "--to", "beancount", "--out", str(text)))
    assert told == [f"1 journals: {text}"]
    _, errors, _ = loader.load_file(str(text))
    assert errors == []
    assert lines(office("ledger", "export", "--to", "vouchers", "--out", str(sheet)))
    assert openpyxl.load_workbook(sheet)["记账凭证"].max_row == 3


def test_who_may_not_gets_no_file(books, office, tmp_path):
    books.contribution("unit_a", 700_000, on=date(2022, 1, 5))
    for who in ("officer_a", "cashier", "worker_a"):
        for to in ("beancount", "vouchers"):
            file = tmp_path / f"{who}.{to}"
            answer = office("ledger", "export", "--to", to, "--out", str(file), who=who)
            assert answer.code == 3
    assert list(tmp_path.iterdir()) == []


def test_the_help_speaks_chinese(office, gonghui):
    answer = gonghui("ledger", "export", "--help")
    assert answer.code == 0
    assert "写出" in answer.out


def test_what_must_stay_in_a_fund(books, office):
    books.contribution("unit_a", 1_000_00, on=date(2022, 1, 5))
    assert "must stay, yuan not set" in lines(office("ledger", "floor"))
    said = ("--set", "400", "--because", "管委会2022年第2次会议纪要")
    assert office("ledger", "floor", *said, who="officer_a").code == 3
    assert office("ledger", "floor", "--set", "400", who="head").code == 3  # by which minute?
    assert "must stay, yuan 400.00" in lines(office("ledger", "floor", *said, who="head"))
    above = office("ledger", "floor", "--set", "1000.01", *said[2:], who="head")
    assert above.code == 3 and "floor" in above.err
    assert "must stay, yuan 400.00" in lines(office("ledger", "floor"))
    assert "must stay, yuan not set" in lines(
        office("ledger", "floor", "--lift", *said[2:], who="head")
    )
