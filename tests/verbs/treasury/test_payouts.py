"""Money leaves once, by several people, and the bank's word is posted to the fen."""

import itertools

import pytest

from gonghui.core.errors import Refusal
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)


def bank_fen(till):
    from gonghui.verbs.treasury.services.bank_balances import state_balance
    from tests.payout_fixtures import DAY

    return state_balance(till.house.cashier, "mutualaid", DAY, 0).ledger_fen


def test_a_batch_goes_its_whole_way(till, proved):
    from gonghui.verbs.treasury.services.payouts import close_batch

    before = bank_fen(till)
    batch = till.batch("released")
    assert till.states(batch) == {"sent"}
    till.paid(batch)
    assert (till.state(batch), till.states(batch)) == ("answered", {"paid"})
    assert before - bank_fen(till) == 30_003
    close_batch(till.house.cashier, batch)
    assert till.state(batch) == "closed"
    assert proved()


def test_every_export_is_the_same_bytes(till, tmp_path):
    from gonghui.verbs.treasury.services.sealing import export_batch, export_to

    batch = till.batch("sealed")
    name, content = export_batch(till.house.cashier, batch)
    assert export_batch(till.house.cashier, batch) == (name, content)
    assert export_to(till.house.cashier, batch, tmp_path).read_bytes() == content
    assert export_to(till.house.cashier, batch, tmp_path).name == name


@pytest.mark.parametrize("layout", ["generic-csv", "generic-xlsx", "fixed-text"])
def test_every_layout_seals(till, layout):
    assert till.state(till.batch("sealed", layout=layout)) == "sealed"


def test_a_source_stands_in_one_batch_only(till):
    till.draft(sources=["test:one"])
    with pytest.raises(Refusal, match="another batch"):
        till.draft(sources=["test:one"])


def test_a_cancelled_batch_frees_its_sources(till):
    from gonghui.verbs.treasury.services.payouts import cancel_batch

    batch = till.draft(sources=["test:one"])
    cancel_batch(till.house.clerk, batch, because="wrong")
    assert till.state(till.draft(sources=["test:one"])) == "drafted"


def test_a_batch_that_breaks_the_floor_is_not_sealed(till):
    with pytest.raises(Refusal, match="floor"):
        till.batch("sealed", lines=1, fen=100_000_001)


def test_a_difference_of_one_fen_is_never_posted(till):
    from gonghui.verbs.treasury.queries.payouts import held_rows

    batch, before = till.batch("released", lines=1), bank_fen(till)
    (line,) = till.lines(batch)
    till.answer([(line.reference, "成功", line.fen + 1, "2022-10-20")])
    assert till.states(batch) == {"held"}
    assert bank_fen(till) == before
    assert [one.because for one in held_rows(till.house.accountant)] == ["amount_differs"]


def test_a_word_nobody_knows_is_no_success(till):
    batch = till.batch("released", lines=1)
    till.paid(batch, word="好像可以")
    assert till.states(batch) == {"sent"}


def test_what_comes_too_early_waits_for_its_batch(till):
    from gonghui.verbs.treasury.services.releasing import release_batch

    batch = till.batch("sealed", lines=1)
    till.paid(batch)
    assert till.states(batch) == {"ready"}
    release_batch(till.house.cashier, batch)
    assert (till.states(batch), till.state(batch)) == ({"paid"}, "answered")


def test_the_same_message_counts_once_and_another_of_its_number_is_refused(till):
    batch = till.batch("released", lines=1)
    (line,) = till.lines(batch)
    row = (line.reference, "成功", line.fen, "2022-10-20")
    assert till.answer([row], message="m1").fresh
    assert not till.answer([row], message="m1").fresh
    with pytest.raises(Refusal, match="says something else"):
        till.answer([(line.reference, "退汇", line.fen, "2022-10-20")], message="m1")


def test_what_came_back_is_issued_anew_on_a_persons_word(till, proved):
    from gonghui.verbs.treasury.services.payouts import Payee
    from gonghui.verbs.treasury.services.reissuing import reissue

    before = bank_fen(till)
    batch = till.batch("released", lines=1)
    till.paid(batch)
    till.paid(batch, word="退汇", day="2022-10-21")
    assert till.states(batch) == {"returned"}
    (line,) = till.lines(batch)
    with pytest.raises(Refusal, match="came back"):
        till.draft(sources=[line.source])
    new = reissue(
        till.house.clerk,
        [line.reference],
        on=line.paid_on,
        payees={line.reference: Payee("职工", "6222999900001111")},
        because="卡号更正，本人书面申请存档",
    )
    (again,) = till.lines(new)
    assert (again.attempt, again.source, again.fen) == (2, line.source, line.fen)
    assert again.reference != line.reference
    assert bank_fen(till) in (before, before - line.fen)  # it came back a day later
    assert proved()


def test_the_order_of_what_the_bank_says_does_not_matter(till):
    words = [("已受理", "2022-10-20"), ("成功", "2022-10-21"), ("退汇", "2022-10-22")]
    ends = set()
    for order in itertools.permutations(words):
        batch = till.batch("released", lines=1)
        (line,) = till.lines(batch)
        for at, (word, day) in enumerate([*order, order[0]]):
            till.answer([(line.reference, word, line.fen, day)], message=f"{line.reference}{at}")
        ends.add((till.state(batch), *till.states(batch)))
    assert ends == {("answered", "returned")}


@pytest.mark.parametrize("who", ["clerk", "accountant", "head"])
def test_nobody_releases_what_she_made_checked_or_approved(till, who, connect):
    from gonghui.verbs.treasury.services.releasing import release_batch

    batch = till.batch("sealed")
    connect("superuser", autocommit=True).execute(
        "insert into directory_post (person_id, union_id, kind_id, starts_on)"
        " values (%s, %s, 'cashier', '2021-01-01')",
        [till.house.person[who], till.house.union["city"]],
    )
    with pytest.raises(Refusal, match=r"somebody else|cannot take this step"):
        release_batch(getattr(till.house, who), batch)


def test_web_alone_skips_no_state_and_changes_no_line(till, sql_as_web):
    import psycopg

    batch = till.batch("checked")
    for statement in (
        "update treasury_payoutbatch set state = 'sealed' where id = %s",
        "update treasury_payoutline set fen = 1 where batch_id = %s",
        "select gate.move_payout(%s, 'released', '')",
        "select gate.move_payout(%s, 'sealed', '')",
        "select gate.intend_payout(%s, 'http')",
    ):
        web = sql_as_web(till.house.cashier)
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
            web.execute(statement, [batch])
        web.rollback()


def test_frozen_lines_do_not_change_even_for_their_owner(till, connect):
    import psycopg

    till.batch("sealed")
    with pytest.raises(psycopg.errors.CheckViolation, match="frozen"):
        connect("superuser").execute("update treasury_payoutline set fen = 1")


@pytest.mark.parametrize("mood", ["good", "drop", "error_after"])
def test_the_job_hands_over_once_and_asks_for_the_rest(till, bank, mood):
    from gonghui.ground.jobs.services.running import run_until_empty
    from gonghui.verbs.treasury.services.releasing import release_batch
    from gonghui.verbs.treasury.tasks import release

    bank.mood = mood
    batch = till.batch("sealed")
    release_batch(till.house.cashier, batch, by=release)
    run_until_empty()
    assert till.states(batch) == {"paid"}
    assert set(bank.received.values()) == {1}
    with pytest.raises(Refusal, match=r"handed over already|no such step|not where"):
        release_batch(till.house.cashier, batch, by=release)
