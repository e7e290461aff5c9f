"""The ledger as Beancount: another program proves it."""

import io
import subprocess
import sys
from datetime import date

import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor

FEBRUARY = date(2022, 2, 10)


def exported(books, actor=None):
    from gonghui.verbs.treasury.exports.beancount import write_beancount

    out = io.StringIO()
    write_beancount(actor or books.house.accountant, "mutualaid", out)
    return out.getvalue()


def complaints(text):
    """What Beancount's loader says; nothing when it is content."""
    from beancount import loader

    entries, errors, _ = loader.load_string(text)
    assert entries
    return [error.message for error in errors]


@pytest.fixture
def year(books):
    """Money and goods, a reversal, awkward words, three closed months."""
    from gonghui.verbs.treasury.services.journals import reverse
    from gonghui.verbs.treasury.services.periods import carry_over, post_opening_balances

    accountant = books.house.accountant
    opening = [books.line("bank", "city", 12345), books.line("opening", "city", -12345)]
    post_opening_balances(accountant, "mutualaid", opening, memo="上年结转")
    wrong = books.contribution("unit_a", 700_001, on=FEBRUARY, source="receipt:1", memo='"引号"\\')
    books.contribution("unit_b", 560_000, on=FEBRUARY, memo="两\n行")
    reverse(accountant, wrong, on=FEBRUARY, memo="收错单位")
    books.post(
        ("store", "city", 5, "RADISH", 4960),
        ("suppliers", "city", 0, "RADISH", -4960),
        ("bank", "city", -5),
        on=FEBRUARY,
        kind="purchase",
    )
    books.post(
        ("store", "city", -1, "RADISH", -496),
        ("relief", "unit_a", 1, "RADISH", 496),
        on=date(2022, 3, 1),
        kind="relief",
    )
    carry_over(accountant, books.period[12], memo="年终结转")
    books.close(1, 2, 3)
    return books


def test_beancount_is_content(year):
    assert complaints(exported(year)) == []


def test_bean_check_is_content(year, tmp_path):
    file = tmp_path / "ledger.beancount"
    file.write_text(exported(year), encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_it_comes_to_the_same(year):
    from beancount import loader
    from beancount.core import realization

    from gonghui.verbs.treasury.queries.balances import trial_balance

    entries, _, _ = loader.load_string(exported(year))
    root = realization.realize(entries)
    bank = realization.get(root, "Assets:Bank").balance
    assert str(bank) == "(5723.40 CNY)"
    store = realization.get(root, "Assets:Store").balance
    assert str(store) == "(0.04 CNY, 4464 RADISH)"
    lines = trial_balance(year.house.accountant, year.period[12])
    assert sum(one.closing_fen for one in lines if one.key == "bank") == 572_340


def test_control_a_fen_off_is_found(year):
    text = exported(year)
    for said, instead in (
        ("  5600.00 CNY", "  5600.01 CNY"),
        ("  5600.00 CNY", "  5599.99 CNY"),
        ("496 RADISH", "497 RADISH"),
        ("balance Assets:Bank  5723.40", "balance Assets:Bank  5723.41"),
    ):
        assert said in text
        assert complaints(text.replace(said, instead, 1)), instead


def test_the_words_stand_beside_the_figures(year):
    text = exported(year)
    for said in (
        'name: "互助金收入"',
        'union-name: "丙矿工会"',
        '"两 行"',
        r'"\"引号\"\\"',
        'source: "receipt:1"',
        'name: "萝卜"',
        'unit: "公斤"',
    ):
        assert said in text


def test_closed_months_are_named_with_their_hash(year):
    from gonghui.verbs.treasury.queries.periods import closings

    kept = closings(year.house.accountant, year.period[2])[0]
    assert f'2022-03-01 custom "period-closed" 2022-02-01 "{kept.sha256}"' in exported(year)


def test_a_part_of_a_ledger_is_not_exported(books):
    narrow = Actor(books.house.accountant.token, union_id=books.house.union["county_a"])
    with pytest.raises(Refusal, match="a part of the fund"):
        exported(books, narrow)


def test_nor_without_the_right(books):
    for name in ("cashier", "auditor", "officer_a"):
        with pytest.raises(Refusal, match="posts"):
            exported(books, getattr(books.house, name))


def test_an_empty_fund_is_a_ledger_too(books):
    assert complaints(exported(books)) == []
