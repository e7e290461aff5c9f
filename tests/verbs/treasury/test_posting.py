"""What is posted, what is refused and in which words, and in how many statements."""

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, connections
from django.test.utils import CaptureQueriesContext

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor

DAY = date(2022, 3, 15)


def held(books, account, **asked):
    from gonghui.verbs.treasury.queries.balances import account_balance

    return account_balance(books.house.accountant, "mutualaid", account, **asked)


def test_a_contribution_reaches_the_bank(books, proved):
    books.contribution("unit_a", 7000)
    books.contribution("unit_b", 560_000)
    assert held(books, "bank").fen == 567_000
    assert held(books, "contributions", union_id=books.house.union["unit_a"]).fen == -7000
    assert proved()


def test_the_database_says_who_recorded_it_and_when(books):
    from gonghui.verbs.treasury.models import Journal

    with books.house.accountant.transaction() as scope:
        liar = Journal.objects.create(
            fund_id=books.fund_id,
            booked_on=DAY,
            kind="contribution",
            period_id=books.period[12],
            union_id=books.house.union["unit_b"],
            recorded_at="1999-01-01T00:00:00Z",
            recorded_by_id=books.house.person["worker_a"],
        )
        liar.refresh_from_db()
        assert liar.period_id == books.period[3]
        assert liar.union_id == books.house.union["city"]
        assert liar.recorded_by_id == scope.person_id == books.house.person["accountant"]
        assert liar.recorded_post_id == scope.post_id
        assert liar.recorded_at.year > 2020
        lines = [books.line("bank", "city", 1), books.line("contributions", "unit_a", -1)]
        _lines(books, liar.pk, lines)


def _lines(books, journal, lines, booked_on=DAY):
    from gonghui.verbs.treasury.models import Line

    Line.objects.bulk_create(
        Line(
            journal_id=journal,
            account_id=books.account[line.account],
            union_id=line.union_id,
            item_id=books.item.get(line.item),
            booked_on=booked_on,
            quantity=line.quantity,
            fen=line.fen,
        )
        for line in lines
    )


REFUSED = {
    "one side only": ([("bank", "city", 5)], "two lines"),
    "sides that differ": ([("bank", "city", 5), ("contributions", "unit_a", -4)], "differ"),
    "a line of nothing": (
        [("bank", "city", 5), ("bank", "city", 0), ("contributions", "unit_a", -5)],
        "moves nothing",
    ),
    "goods out of nowhere": (
        [("store", "city", 5, "RADISH", 2), ("bank", "city", -5)],
        "goods",
    ),
    "one kind of goods for another": (
        [("store", "city", 0, "RADISH", 2), ("suppliers", "city", 0, "WATER", -2)],
        "goods",
    ),
    "an account there is not": ([("bank", "city", 5), ("moon", "city", -5)], "moon"),
    "an item there is not": (
        [("store", "city", 0, "MOON", 2), ("suppliers", "city", 0, "MOON", -2)],
        "MOON",
    ),
    "more goods than the store holds": (
        [("store", "city", 0, "RADISH", -1), ("relief", "city", 0, "RADISH", 1)],
        "not so many goods",
    ),
}


def test_it_is_refused_in_words(books, proved):
    for case, (lines, said) in REFUSED.items():
        with pytest.raises(Refusal, match=said):
            books.post(*lines)
        assert held(books, "bank").fen == 0, case
    assert proved()


def test_a_fund_there_is_not(books):
    from gonghui.verbs.treasury.services.journals import post

    with pytest.raises(Refusal, match="no fund moon"):
        lines = [books.line("bank", "city", 1), books.line("contributions", "city", -1)]
        post(books.house.accountant, "moon", on=DAY, kind="contribution", lines=lines)


@pytest.mark.parametrize("on", [date(2021, 12, 31), date(2023, 1, 1)])
def test_a_day_outside_every_period(books, on):
    with pytest.raises(Refusal, match="No open period"):
        books.contribution("unit_a", 5, on=on)


def test_the_same_source_is_posted_once(books):
    books.contribution("unit_a", 5, source="receipt:1")
    with pytest.raises(Refusal, match="posted before"):
        books.contribution("unit_a", 5, source="receipt:1")
    books.contribution("unit_a", 5)  # two true payments may be alike in everything else
    books.contribution("unit_a", 5)
    assert held(books, "bank").fen == 15


def test_a_reversal_takes_back_everything_once(books, proved):
    from gonghui.verbs.treasury.queries.journals import journal
    from gonghui.verbs.treasury.services.journals import reverse

    wrong = books.contribution("unit_a", 5, source="receipt:1")
    accountant = books.house.accountant
    back = reverse(accountant, wrong, on=date(2022, 4, 1), memo="错，13800001234")
    assert held(books, "bank").fen == 0
    assert journal(accountant, wrong).reversed_by_id == back
    told = journal(accountant, back)
    assert (told.kind, told.reverses_id, told.memo) == ("reversal", wrong, "错，*******1234")
    assert [(line.account, line.fen) for line in told.lines] == [
        ("bank", -5),
        ("contributions", 5),
    ]
    with pytest.raises(Refusal, match="reversed before"):
        reverse(accountant, wrong, on=date(2022, 4, 1), memo="再来一次")
    assert proved()


def test_a_reversal_of_half_is_no_reversal(books):
    from gonghui.verbs.treasury.models import Journal

    wrong = books.contribution("unit_a", 10)
    refused = pytest.raises(IntegrityError, match="line by line")
    with refused, books.house.accountant.transaction():
        half = Journal.objects.create(
            fund_id=books.fund_id, booked_on=DAY, kind="reversal", reverses_id=wrong
        )
        lines = [books.line("bank", "city", -4), books.line("contributions", "unit_a", 4)]
        _lines(books, half.pk, lines)


def test_goods_come_and_go(books, proved):
    buying = [
        ("store", "city", 5_000_000, "RADISH", 4960),
        ("suppliers", "city", 0, "RADISH", -4960),
        ("bank", "city", -5_000_000),
    ]
    giving = [
        ("store", "city", -500_000, "RADISH", -496),
        ("relief", "city", 500_000, "RADISH", 496),
    ]
    books.contribution("unit_a", 6_000_000)
    books.post(*buying, kind="purchase")
    books.post(*giving, kind="relief")
    left = held(books, "store", item="RADISH")
    assert (left.fen, left.quantity) == (4_500_000, 4464)
    with pytest.raises(Refusal, match="not so many goods"):
        books.post(("store", "city", 0, "RADISH", -4465), ("relief", "city", 0, "RADISH", 4465))
    assert proved()


def test_many_are_posted_or_none(books):
    from gonghui.verbs.treasury.services.journals import Entry, post_many

    def entry(union, fen, source):
        lines = [books.line("bank", "city", fen), books.line("contributions", union, -fen)]
        return Entry(DAY, "contribution", lines, source)

    accountant = books.house.accountant
    books.contribution("unit_b", 1, source="receipt:2")
    with pytest.raises(Refusal, match="posted before"):
        post_many(
            accountant,
            "mutualaid",
            [entry("unit_a", 5, "receipt:1"), entry("unit_b", 7, "receipt:2")],
        )
    assert held(books, "bank").fen == 1
    assert post_many(accountant, "mutualaid", []) == []


def statements(work):
    """How many statements the work sends of its own, and how many in all, scope and frame."""
    with CaptureQueriesContext(connections["default"]) as sent:
        work()
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    scope = ("select * from gate.enter", "select set_config('gonghui.scope'")
    said = [one["sql"] for one in sent.captured_queries]
    return len([one for one in said if not one.startswith((*frame, *scope))]), len(said)


def test_statements_of_posting(books):
    from gonghui.verbs.treasury.services.journals import Entry, post_many, reverse

    entries = [
        Entry(
            DAY,
            "contribution",
            [
                books.line("bank", "city", 8000 + n),
                books.line("contributions", "unit_a", -8000 - n),
            ],
            f"receipt:{n}",
        )
        for n in range(423)
    ]
    accountant = books.house.accountant
    # the accounts, journals, lines, audit
    assert statements(lambda: books.contribution("unit_a", 5))[0] == 4
    own, all_sent = statements(lambda: post_many(accountant, "mutualaid", entries))
    assert own == 4
    assert all_sent < 20
    journal = books.contribution("unit_a", 5)
    # the original, journal, lines, audit
    assert statements(lambda: reverse(accountant, journal, on=DAY, memo="退回"))[0] == 4


def test_numbers_come_in_the_order_of_the_entries(books):
    from gonghui.verbs.treasury.queries.journals import journals_of
    from gonghui.verbs.treasury.services.journals import Entry, post_many

    entries = [
        Entry(
            date(2022, 12 - n % 12, 1),
            "contribution",
            [books.line("bank", "city", n), books.line("contributions", "unit_a", -n)],
            f"receipt:{n}",
        )
        for n in range(1, 100)
    ]
    accountant = books.house.accountant
    numbers = post_many(accountant, "mutualaid", entries)
    found = journals_of(accountant, "mutualaid", [entry.source for entry in entries])
    assert {one.source: one.id for one in found} == {
        entry.source: number for entry, number in zip(entries, numbers, strict=True)
    }
    assert all(f"receipt:{one.lines[0].fen}" == one.source for one in found)


def test_who_has_no_such_post_posts_nothing(books):
    for name in ("auditor", "county_clerk_a", "officer_a"):
        with pytest.raises(Refusal, match="posts"):
            books.contribution("unit_a", 5, actor=getattr(books.house, name))


def test_who_acts_in_a_part_posts_nothing_into_the_fund_of_the_whole(books):
    narrow = Actor(books.house.accountant.token, union_id=books.house.union["county_a"])
    with pytest.raises(Refusal, match="outside"):
        books.post(
            ("contributions_receivable", "unit_a", 5),
            ("contributions", "unit_a", -5),
            actor=narrow,
        )


def changes(table, column):
    yield f"update treasury_{table} set {column} = {column}"
    yield f"delete from treasury_{table}"
    yield f"truncate treasury_{table} cascade"


def test_web_changes_nothing_that_is_posted(books, sql_as_web):
    books.contribution("unit_a", 5)
    connection = sql_as_web(books.house.accountant)
    for table, column in (
        *(("journal", "id"), ("line", "id"), ("balance", "id"), ("stock", "id")),
        *(("purse", "held_fen"), ("closing", "id")),
    ):
        for said in changes(table, column):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(said)


def test_nor_does_whoever_may_by_mistake(books, connect):
    books.contribution("unit_a", 5)
    for role in ("owner", "superuser"):
        connection = connect(role)
        for table in ("journal", "line"):
            for said in changes(table, "booked_on"):
                never = pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed")
                with never, connection.transaction():
                    connection.execute(said)


def test_the_floor_of_a_fund_holds(books, connect, proved):
    from gonghui.verbs.treasury.models import Purse

    books.contribution("unit_a", 100)
    owner = connect("superuser")
    owner.execute("update treasury_purse set floor_fen = 40")
    owner.commit()
    spend = [("benefits", "unit_a", 61), ("bank", "city", -61)]
    with pytest.raises(Refusal, match="below its floor"):
        books.post(*spend, kind="benefit")
    books.post(("benefits", "unit_a", 60), ("bank", "city", -60), kind="benefit")
    with books.house.accountant.transaction():
        assert Purse.objects.get().held_fen == 40
    assert proved()
