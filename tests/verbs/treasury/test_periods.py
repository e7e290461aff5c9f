"""Periods open one after the other, and two people close them on the same figures."""

import time
from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal

FEBRUARY, MARCH = date(2022, 2, 10), date(2022, 3, 10)


def propose(actor, period):
    from gonghui.verbs.treasury.services.periods import propose_closing

    return propose_closing(actor, period)


def confirm(actor, proposal):
    from gonghui.verbs.treasury.services.periods import confirm_closing

    confirm_closing(actor, proposal.closing_id)


def kept(books, month):
    from gonghui.verbs.treasury.queries.periods import kept_trial_balance

    return kept_trial_balance(books.house.accountant, books.period[month])


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "said"),
    [
        (date(2023, 1, 2), date(2023, 2, 1), "where the last one"),
        (date(2022, 12, 1), date(2023, 2, 1), "where the last one"),
        (date(2021, 12, 1), date(2022, 1, 1), "where the last one"),
        (date(2023, 1, 1), date(2023, 1, 1), "ends before"),
    ],
)
def test_periods_follow_one_another(books, starts_on, ends_before, said):
    from gonghui.verbs.treasury.services.funds import open_period

    with pytest.raises(Refusal, match=said):
        open_period(books.house.accountant, "mutualaid", starts_on, ends_before)


def test_what_is_closed_stays_closed(books, proved):
    books.contribution("unit_a", 500, on=date(2022, 1, 31))
    books.close(1)
    with pytest.raises(Refusal, match="No open period"):
        books.contribution("unit_a", 5, on=date(2022, 1, 31))
    books.contribution("unit_a", 5, on=date(2022, 2, 1), memo="补记一月")
    assert proved()


def test_the_trial_balance_is_kept_letter_by_letter(books, proved):
    books.contribution("unit_a", 500, on=date(2022, 1, 31))
    books.contribution("unit_b", 70, on=FEBRUARY)
    books.close(1, 2)
    unit_a, unit_b, city = (books.house.union[one] for one in ("unit_a", "unit_b", "city"))
    rows = [line.split("\t") for line in kept(books, 2).splitlines()]
    assert rows == [
        [
            *("account", "union_id", "item"),
            *("opening_fen", "debit_fen", "credit_fen", "closing_fen"),
            *("opening_quantity", "quantity_in", "quantity_out", "closing_quantity"),
        ],
        ["1002", str(city), "", "500", "70", "0", "570", "0", "0", "0", "0"],
        ["4001", str(unit_a), "", "-500", "0", "0", "-500", "0", "0", "0", "0"],
        ["4001", str(unit_b), "", "0", "0", "70", "-70", "0", "0", "0", "0"],
    ]
    before = kept(books, 1)
    books.contribution("unit_a", 9, on=MARCH)
    assert kept(books, 1) == before
    assert kept(books, 3) is None
    assert proved()


def test_the_newest_block_of_the_audit_trail_is_kept_beside_it(books, connect, tmp_path):
    from gonghui.ground.audit.services import sealing
    from gonghui.ground.audit.signing import make_key
    from gonghui.verbs.treasury.queries.periods import closings

    key, newest = make_key(tmp_path / "keys"), None
    keeper = connect("keeper", autocommit=True)
    for _ in range(600):  # an open transaction of another test on this server holds it up
        sealing.seal(key)
        newest = keeper.execute(
            "select number, algorithm, encode(hash, 'hex') from audit_block"
            " order by number desc limit 1"
        ).fetchone()
        if newest:
            break
        time.sleep(0.1)
    books.close(1)
    (kept_one,) = closings(books.house.accountant, books.period[1])
    assert kept_one.audit_head == " ".join(map(str, newest))


def test_one_person_alone_closes_nothing(books):
    accountant = books.house.accountant
    proposal = propose(accountant, books.period[1])
    with pytest.raises(Refusal, match="proposed"):
        confirm(accountant, proposal)
    books.contribution("unit_a", 5, on=date(2022, 1, 5))  # so it is still open


def test_nor_with_a_second_account_found_to_be_the_same_person(books, connect):
    proposal = propose(books.house.accountant, books.period[1])
    with connect("superuser") as superuser:
        superuser.execute(
            "update directory_person set merged_into_id = %s where id = %s",
            [books.house.person["accountant"], books.house.person["head"]],
        )
    with pytest.raises(Refusal, match="proposed"):
        confirm(books.house.head, proposal)


def test_the_second_confirms_the_figures_the_first_saw(books):
    books.contribution("unit_a", 500, on=date(2022, 1, 31))
    proposal = propose(books.house.accountant, books.period[1])
    assert (proposal.journals, proposal.lines, proposal.turnover_fen) == (1, 2, 500)
    books.contribution("unit_a", 5, on=date(2022, 1, 31))
    with pytest.raises(Refusal, match="after the closing was proposed"):
        confirm(books.house.head, proposal)
    confirm(books.house.head, propose(books.house.accountant, books.period[1]))
    with pytest.raises(Refusal, match="No open period"):
        confirm(books.house.head, proposal)


def test_what_moves_in_a_later_period_does_not_matter(books):
    proposal = propose(books.house.accountant, books.period[1])
    books.contribution("unit_a", 5, on=FEBRUARY)
    confirm(books.house.head, proposal)


def test_periods_close_in_order(books):
    with pytest.raises(Refusal, match="earlier period"):
        propose(books.house.accountant, books.period[2])


def test_who_may_not_close(books):
    for name in ("cashier", "auditor", "officer_a"):
        with pytest.raises(Refusal, match="posts"):
            propose(getattr(books.house, name), books.period[1])


def test_the_functions_ask_themselves_who_is_calling(books, sql_as_web):
    proposal = propose(books.house.accountant, books.period[1])
    for name in ("cashier", "auditor", "officer_a"):
        for call in (
            f"select gate.propose_closing({books.period[1]})",
            f"select gate.confirm_closing({proposal.closing_id})",
            "select gate.propose_closing(999999)",
            "select gate.confirm_closing(999999)",
            f"select gate.ledger_trial_balance({books.period[1]})",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                sql_as_web(getattr(books.house, name)).execute(call)


def test_web_closes_and_opens_nothing_by_hand(books, sql_as_web):
    for said in (
        "update treasury_period set closed_at = now()",
        "update treasury_closing set confirmed_at = now()",
        "delete from treasury_period",
        "insert into treasury_proved values (1)",
        "insert into treasury_balance (account_id) values (1)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(books.house.head).execute(said)


def test_opening_balances_once_on_the_first_day(books):
    from gonghui.verbs.treasury.queries.balances import trial_balance
    from gonghui.verbs.treasury.services.periods import post_opening_balances

    accountant = books.house.accountant
    lines = [
        books.line("bank", "city", 1000),
        books.line("suspense", "city", -30),
        books.line("opening", "city", -970),
    ]
    post_opening_balances(accountant, "mutualaid", lines)
    with pytest.raises(Refusal, match="posted before"):
        post_opening_balances(accountant, "mutualaid", lines)
    opened = {line.key: line.debit_fen - line.credit_fen for line in _trial(books, 1)}
    assert opened == {"bank": 1000, "suspense": -30, "opening": -970}
    later = {line.key: line.opening_fen for line in trial_balance(accountant, books.period[2])}
    assert later == opened


def _trial(books, month, **asked):
    from gonghui.verbs.treasury.queries.balances import trial_balance

    return trial_balance(books.house.accountant, books.period[month], **asked)


def test_results_are_carried_over_by_union(books, proved):
    from gonghui.verbs.treasury.services.periods import carry_over

    books.contribution("unit_a", 500, on=date(2022, 1, 31))
    books.contribution("unit_b", 70, on=FEBRUARY)
    books.post(("benefits", "unit_a", 600), ("bank", "city", -600), on=FEBRUARY, kind="benefit")
    carry_over(books.house.accountant, books.period[12], memo="年终结转")
    december = {
        (line.key, line.union): line.closing_fen
        for line in _trial(books, 12, by_union=True)
        if line.closing_fen
    }
    assert december == {
        ("bank", "city"): -30,
        ("surplus", "unit_a"): 100,
        ("surplus", "unit_b"): -70,
    }
    assert carry_over(books.house.accountant, books.period[12], memo="再来") is None
    books.contribution("unit_b", 1, on=FEBRUARY)
    with pytest.raises(Refusal, match="posted before"):
        carry_over(books.house.accountant, books.period[12], memo="再来")
    assert proved()


def test_statements_of_closing(books):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connections["default"]) as sent:
        proposal = propose(books.house.accountant, books.period[1])
    assert len(sent) <= 12
    with CaptureQueriesContext(connections["default"]) as sent:
        confirm(books.house.head, proposal)
    assert len(sent) <= 12
