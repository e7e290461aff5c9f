"""Proof: nothing is posted into a period after its trial balance was drawn up, however they race.

Control: the period is looked at before the transaction that posts, or in it without a lock.
CI takes 40 races, GONGHUI_SOAK=1 takes 200.
"""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connections

from gonghui.core.errors import Refusal
from tests.ledger_fixtures import books, proved

__all__ = ["books", "proved"]  # fixtures

RACES = 200 if os.environ.get("GONGHUI_SOAK") else 40


@pytest.fixture
def days(books):
    """A period a day, from the New Year after the books' months."""
    from gonghui.verbs.treasury.services.funds import open_period

    books.close(*range(1, 13))
    found = {}
    for number in range(RACES):
        day = date(2023, 1, 1) + timedelta(days=number)
        after = day + timedelta(days=1)
        found[day] = open_period(books.house.accountant, "mutualaid", day, after)
    return found


def apart(*work):
    """Each in a thread with a connection of its own, at once; the answer or the refusal of each."""
    barrier = threading.Barrier(len(work))

    def run(one):
        try:
            barrier.wait()
            return one()
        except Refusal as refusal:
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_posting_races_closing(books, days, proved):
    from gonghui.verbs.treasury.queries.periods import closings
    from gonghui.verbs.treasury.services.periods import confirm_closing, propose_closing

    dice, outcomes = random.Random(2022), set()
    waits = [(0.2, 0), (0, 0.2)]  # so that each of them is first at least once
    waits += [(dice.random() / 100, dice.random() / 100) for _ in days]
    for (day, period), (wait_post, wait_close) in zip(days.items(), waits, strict=False):
        books.contribution("unit_a", 5, on=day)
        proposal = propose_closing(books.house.accountant, period)

        def post(day=day, wait=wait_post):
            time.sleep(wait)
            return books.contribution("unit_b", 70, on=day)

        def close(proposal=proposal, wait=wait_close):
            time.sleep(wait)
            confirm_closing(books.house.head, proposal.closing_id)
            return "closed"

        posted, closed = apart(post, close)
        outcomes.add((isinstance(posted, int), closed == "closed"))
        # Exactly one of the two comes through: the other is told why.
        assert isinstance(posted, int) != (closed == "closed"), (posted, closed)
        if closed != "closed":
            assert "after the closing was proposed" in str(closed)
            again = propose_closing(books.house.accountant, period)
            confirm_closing(books.house.head, again.closing_id)
        else:
            assert "No open period" in str(posted)
        kept = closings(books.house.accountant, period)[-1]
        assert kept.journals == (2 if isinstance(posted, int) else 1)
    assert len(outcomes) == 2
    assert proved()


# The two orders that matter, one by one


def post_by_hand(connection, books, day):
    """Posts and leaves the transaction open."""
    connection.execute("select gate.enter(%s)", [books.house.accountant.token])
    (journal,) = connection.execute(
        "insert into treasury_journal (fund_id, booked_on, kind, memo)"
        " values (%s, %s, 'trial', '') returning id",
        [books.fund_id, day],
    ).fetchone()
    for account, fen in (("bank", 70), ("suspense", -70)):
        connection.execute(
            "insert into treasury_line (journal_id, account_id, union_id, booked_on, quantity, fen)"
            " values (%s, %s, %s, %s, 0, %s)",
            [journal, books.account[account], books.house.union["city"], day, fen],
        )


def close_by_hand(connection, books, month):
    """Confirms a proposal and leaves the transaction open."""
    from gonghui.verbs.treasury.services.periods import propose_closing

    proposal = propose_closing(books.house.accountant, books.period[month])
    connection.execute("select gate.enter(%s)", [books.house.head.token])
    connection.execute("select gate.confirm_closing(%s)", [proposal.closing_id])


DAY = date(2022, 1, 15)


def waits(connect, work):
    """Whether the work is still waiting for a lock after a while; then what came of it."""
    pool = ThreadPoolExecutor(1)
    begun = pool.submit(work)
    watcher = connect("superuser", autocommit=True)
    for _ in range(100):
        time.sleep(0.02)
        if begun.done():
            break
        if watcher.execute(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        ).fetchone()[0]:
            return True, begun
    return False, begun


def test_a_closing_waits_for_a_posting_under_way(books, connect, proved):
    poster = connect("web")
    closer = connect("web")
    from gonghui.verbs.treasury.services.periods import propose_closing

    proposal = propose_closing(books.house.accountant, books.period[1])
    post_by_hand(poster, books, DAY)
    closer.execute("select gate.enter(%s)", [books.house.head.token])
    waiting, closing = waits(
        connect,
        lambda: closer.execute("select gate.confirm_closing(%s)", [proposal.closing_id]),
    )
    assert waiting
    poster.commit()
    with pytest.raises(psycopg.errors.CheckViolation, match="moved since"):
        closing.result()
    assert proved()


def test_a_posting_waits_for_a_closing_under_way_and_is_refused(books, connect, proved):
    poster, closer = connect("web"), connect("web")
    close_by_hand(closer, books, 1)
    waiting, posting = waits(connect, lambda: post_by_hand(poster, books, DAY))
    assert waiting
    closer.commit()
    with pytest.raises(psycopg.errors.CheckViolation, match="no open period"):
        posting.result()
    assert proved()


def test_a_posting_waits_for_a_closing_that_fails_and_goes_through(books, connect, proved):
    poster, closer = connect("web"), connect("web")
    close_by_hand(closer, books, 1)
    waiting, posting = waits(connect, lambda: post_by_hand(poster, books, DAY))
    assert waiting
    closer.rollback()
    posting.result()
    poster.commit()
    assert proved()


def test_postings_do_not_wait_for_one_another(books, connect, proved):
    """The lock on the period is shared; only the same balance is waited for."""
    first, second = connect("web"), connect("web")
    post_by_hand(first, books, DAY)
    second.execute("select gate.enter(%s)", [books.house.accountant.token])
    second.execute(
        "insert into treasury_journal (fund_id, booked_on, kind, memo)"
        " values (%s, %s, 'trial', '')",
        [books.fund_id, DAY],
    )
    second.rollback()
    first.commit()
    assert proved()


UNLOCKED = """
begin
  select p.id into new.period_id from public.treasury_period p
   where p.fund_id = new.fund_id and p.starts_on <= new.booked_on
     and p.ends_before > new.booked_on and p.closed_at is null;
  if not found then raise check_violation; end if;
  select f.union_id into new.union_id from public.treasury_fund f where f.id = new.fund_id;
  new.recorded_at := clock_timestamp();
  new.recorded_by_id := gate.scope_person();
  return new;
end"""


def test_control_a_period_looked_at_without_a_lock_is_written_to_after_it_was_closed(
    books, connect, proved
):
    with connect("superuser") as superuser:
        superuser.execute(
            "create or replace function gate.ledger_journal_arrives() returns trigger"
            " language plpgsql security definer set search_path = pg_catalog, public, pg_temp"
            f" as $control${UNLOCKED}$control$"
        )
    poster, closer = connect("web"), connect("web")
    post_by_hand(poster, books, DAY)
    # The foreign key's own lock lets a closing pass: it locks against deletion only.
    close_by_hand(closer, books, 1)
    closer.commit()
    poster.commit()
    assert not proved()


def test_control_a_period_looked_at_before_the_transaction(books, proved):
    """What a service would do that asks first and posts later: the database refuses it."""
    from gonghui.verbs.treasury.queries.periods import periods

    (open_then,) = [
        one
        for one in periods(books.house.accountant, "mutualaid")
        if one.id == books.period[1] and one.closed_at is None
    ]
    books.close(1)
    with pytest.raises(Refusal, match="No open period"):
        books.contribution("unit_a", 5, on=open_then.starts_on)
    assert proved()


# Others at once


def test_bulk_postings_in_opposite_orders_do_not_die_of_each_other(books, proved):
    from gonghui.verbs.treasury.services.journals import Entry, post_many

    unions = ("unit_a", "unit_a2", "unit_b", "branch_b1", "county_a", "county_b") * 10

    def batch(order):
        return [
            Entry(
                date(2022, 1, 15),
                "contribution",
                [books.line("bank", "city", 5), books.line("contributions", union, -5)][::order],
            )
            for union in unions[::order]
        ]

    def load(order):
        for _ in range(10):
            post_many(books.house.accountant, "mutualaid", batch(order))
        return "done"

    assert apart(*(lambda order=order: load(order) for order in (1, -1, 1, -1))) == ["done"] * 4
    assert proved()


def test_the_last_goods_are_given_out_once(books, proved):
    books.post(
        ("store", "city", 0, "WATER", 5), ("suppliers", "city", 0, "WATER", -5), kind="purchase"
    )

    def give():
        return books.post(
            ("store", "city", 0, "WATER", -3), ("relief", "city", 0, "WATER", 3), kind="relief"
        )

    answers = apart(give, give, give, give)
    assert len([one for one in answers if isinstance(one, int)]) == 1
    assert all("not so many" in str(one) for one in answers if not isinstance(one, int))
    assert proved()


def test_one_source_is_posted_once_however_many_try(books, proved):
    def pay():
        return books.contribution("unit_a", 5, source="receipt:1")

    answers = apart(*[pay] * 6)
    assert len([one for one in answers if isinstance(one, int)]) == 1
    assert all("posted before" in str(one) for one in answers if not isinstance(one, int))
    assert proved()
