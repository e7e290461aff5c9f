"""`gonghui payout`: the whole life of a batch, and what is refused on the way."""

from pathlib import Path

import pytest

from gonghui.doors.cli import house as door_of_house
from tests.bank_simulator import HEADINGS
from tests.ground_fixtures import SECRET
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)
from tests.payout_fixtures import DAY
from tests.programmes.mutualaid.services.test_payouts import dues

__all__ = ["dues"]  # a fixture

ON = ("--on", DAY.isoformat())


@pytest.fixture
def office(house, gonghui, monkeypatch, tmp_path):
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])  # it is open
    monkeypatch.chdir(tmp_path)

    def run(*arguments, who, typed=()):
        return gonghui("payout", *arguments, "--as", who, "--lang", "en", typed=typed)

    return run


def done(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return answer.out


def answered(till, batch, folder, word, day="2022-10-20"):
    """The bank's file: ``word`` of every payment."""
    file = folder / f"answer-{word}.csv"
    rows = [f"{one.reference},{word},{one.fen / 100:.2f},{day}," for one in till.lines(batch)]
    file.write_text("\n".join([HEADINGS, *rows, ""]), encoding="utf-8")
    return file


def test_a_batch_from_the_draft_to_the_books(office, till, dues, tmp_path):
    dues(3)
    drafted = done(office("draft", "city/mutualaid", *ON, who="clerk"))
    number = drafted.split()[1].rstrip(":")
    assert "3 payments, 30.03 yuan" in drafted
    assert office("check", number, who="clerk").code == 3  # who made it does not check it
    done(office("check", number, who="accountant"))
    assert office("approve", number, who="clerk").code == 3  # nor approve
    done(office("approve", number, who="head"))
    assert office("release", number, "--by-hand", who="cashier").code == 3  # not sealed yet
    done(office("seal", number, who="cashier"))
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        out = done(office("export", number, "--folder", tmp_path / name, who="cashier"))
        files.append(Path(out.strip()).read_bytes())
    assert files[0] == files[1]  # the same bytes every time
    assert office("cancel", number, "--because", "late", who="clerk").code == 3
    done(office("release", number, "--by-hand", who="cashier"))
    assert office("release", number, "--by-hand", who="cashier").code == 3  # once
    batch = next(iter({one.id for one in _batches(till)}))
    assert office("close", number, who="cashier").code == 3  # the bank has not answered
    done(office("answer", answered(till, batch, tmp_path, "成功"), *ON, who="cashier"))
    done(office("close", number, who="cashier"))
    assert dues.states() == {"paid"}
    assert "closed" in done(office("list", who="accountant"))


def _batches(till):
    from gonghui.verbs.treasury.queries.payouts import batches

    return batches(till.house.accountant)


def test_what_came_back_is_paid_anew_to_a_corrected_account(office, till, tmp_path):
    batch = till.batch("released", 2)
    done(office("answer", answered(till, batch, tmp_path, "退汇"), *ON, who="cashier"))
    first, second = (one.reference for one in till.lines(batch))
    heir = ("--to", "王小明", "--bank", "某银行")
    nothing = office("reissue", first, *heir, *ON, who="clerk", typed=["6222000000000777"])
    assert nothing.code == 3  # no paper named
    both = office("reissue", first, second, *heir, *ON, who="clerk", typed=["6222000000000777"])
    assert both.code == 3
    why = ("--because", "职工已去世，继承人王小明，公证书存档2022-15")
    said = office("reissue", first, *heir, *why, *ON, who="clerk", typed=["6222000000000777"])
    done(said)
    assert "6222000000000777" not in said.out
    assert office("reissue", first, *ON, who="clerk").code == 3  # it is on its way again
    done(office("reissue", second, *ON, who="clerk"))


def test_what_the_bank_said_by_telephone_is_marked_with_its_word(office, till):
    batch = till.batch("released", 1)
    (line,) = till.lines(batch)
    words = ("mark", line.reference, "paid", "--yuan", "100.00", "--day", "2022-10-20", *ON)
    assert office(*words, "--because", " ", who="cashier").code == 3
    assert office(*words, "--because", "柜台张女士口头确认，回单存档", who="clerk").code == 3
    done(office(*words, "--because", "柜台张女士口头确认，回单存档", who="cashier"))
    assert till.states(batch) == {"paid"}


def test_a_row_nobody_could_count_is_cleared_up(office, till):
    till.batch("released", 1)
    till.answer([("NOBODY-KNOWS-IT", "成功", 100, "2022-10-20")])
    held = done(office("list", "--held", who="accountant"))
    (row,) = [line.split()[0] for line in held.splitlines() if "NOBODY-KNOWS-IT" in line]
    done(office("settle", row, "--because", "系他行来账，已与银行核对", who="cashier"))
    assert "NOBODY-KNOWS-IT" not in done(office("list", "--held", who="accountant"))
