"""What the ledger answers, page by page, and to whom."""

from datetime import date

import psycopg
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor


def statement(books, account, actor=None, **asked):
    from gonghui.verbs.treasury.queries.balances import account_statement

    return account_statement(actor or books.house.accountant, "mutualaid", account, **asked)


def pages(books, account, limit, **asked):
    from gonghui.verbs.treasury.queries.balances import START

    after = START
    while after is not None:
        lines, after = statement(books, account, after=after, limit=limit, **asked)
        yield lines


def test_a_trial_balance_over_the_whole_fund_agrees(books):
    from gonghui.verbs.treasury.queries.balances import trial_balance

    books.contribution("unit_a", 500, on=date(2022, 1, 31))
    books.contribution("unit_b", 70, on=date(2022, 2, 1))
    lines = trial_balance(books.house.auditor, books.period[2])
    assert [(one.key, one.opening_fen, one.debit_fen, one.credit_fen) for one in lines] == [
        ("bank", 500, 70, 0),
        ("contributions", -500, 0, 70),
    ]
    assert sum(one.closing_fen for one in lines) == 0


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_of_a_statement_are_the_statement(books, limit):
    days = [date(2022, 3, 9), date(2022, 3, 8), date(2022, 3, 9), date(2022, 5, 1)] * 2
    for fen, day in enumerate(days, 1):
        books.contribution("unit_a", fen, on=day)
    (whole,) = pages(books, "bank", 50)
    assert [one.booked_on for one in whole] == sorted(days)
    assert whole[-1].balance_fen == sum(range(1, 9))
    assert [one for page in pages(books, "bank", limit) for one in page] == whole


def test_a_statement_of_one_union(books):
    books.contribution("unit_a", 500)
    books.contribution("unit_b", 70)
    lines, after = statement(books, "contributions", union_id=books.house.union["unit_b"])
    assert ([one.fen for one in lines], after) == ([-70], None)


def test_a_statement_until_a_day(books):
    books.contribution("unit_a", 500, on=date(2022, 3, 9))
    books.contribution("unit_a", 70, on=date(2022, 3, 10))
    lines, _ = statement(books, "bank", before=date(2022, 3, 10))
    assert [one.fen for one in lines] == [500]


def test_from_a_journal_to_its_source_and_back(books):
    from gonghui.verbs.treasury.queries.journals import journal, journals_of

    number = books.contribution("unit_a", 500, source="receipt:17", memo="甲厂工会交费")
    auditor = books.house.auditor
    told = journal(auditor, number)
    assert (told.source, told.memo, told.kind) == ("receipt:17", "甲厂工会交费", "contribution")
    assert [(one.account, one.union_name, one.fen) for one in told.lines] == [
        ("bank", "示例市总工会", 500),
        ("contributions", "甲厂工会", -500),
    ]
    assert [one.id for one in journals_of(auditor, "mutualaid", ["receipt:17", "moon:1"])] == [
        number
    ]


def test_one_statement_each(books):
    from gonghui.verbs.treasury.queries.balances import trial_balance
    from gonghui.verbs.treasury.queries.journals import journal

    number = books.contribution("unit_a", 500)
    auditor = books.house.auditor
    for ask in (
        lambda: trial_balance(auditor, books.period[3]),
        lambda: statement(books, "bank", auditor),
        lambda: journal(auditor, number),
    ):
        with CaptureQueriesContext(connections["default"]) as sent:
            ask()
        own = [one["sql"] for one in sent.captured_queries if "treasury_" in one["sql"]]
        assert len(own) == 1


def visible(connection, question):
    return sorted(row[0] for row in connection.execute(question).fetchall())


def test_an_officer_sees_the_lines_of_her_union_and_what_they_are_part_of(books, sql_as_web):
    own = books.contribution("unit_a", 500)
    books.contribution("unit_b", 70)
    books.contribution("unit_a2", 9)
    connection = sql_as_web(books.house.officer_a)
    assert visible(connection, "select fen from treasury_line") == [-500]
    assert visible(connection, "select id from treasury_journal") == [own]
    assert visible(connection, "select credit_fen from treasury_balance") == [500]
    assert visible(connection, "select held_fen from treasury_purse") == []
    county = sql_as_web(books.house.county_clerk_a)
    assert visible(county, "select fen from treasury_line") == [-500, -9]


def test_nobody_sees_anything_without_a_scope(books, sql_as_web):
    books.contribution("unit_a", 500)
    connection = sql_as_web()
    for table in ("fund", "account", "period", "journal", "line", "balance", "purse", "closing"):
        assert visible(connection, f"select 1 from treasury_{table}") == []


def test_a_worker_sees_no_ledger(books, sql_as_web):
    books.contribution("unit_a", 500)
    connection = sql_as_web()
    connection.execute("select gate.enter_self(%s)", [books.house.worker_a.token])
    for table in ("journal", "line", "balance", "purse", "closing"):
        assert visible(connection, f"select 1 from treasury_{table}") == []


def test_to_ask_one_needs_a_post_that_reads_the_ledger(books):
    with pytest.raises(Refusal, match="posts"):
        statement(books, "bank", books.house.officer_a)


def test_a_narrow_place_shows_a_part(books):
    books.contribution("unit_a", 500)
    books.contribution("unit_b", 70)
    narrow = Actor(books.house.accountant.token, union_id=books.house.union["county_b"])
    lines, _ = statement(books, "contributions", narrow)
    assert [one.fen for one in lines] == [-70]


def test_errors_tell_nothing_of_other_units(books, sql_as_web):
    """A source, a reversal, a journal's number: an officer can try them all and learn nothing."""
    journal = books.contribution("unit_b", 70, source="receipt:1")
    for said in (
        "insert into treasury_journal (fund_id, booked_on, kind, source)"
        f" values ({books.fund_id}, '2022-03-15', 'guess', 'receipt:1')",
        "insert into treasury_journal (fund_id, booked_on, kind, reverses_id)"
        f" values ({books.fund_id}, '2022-03-15', 'guess', {journal})",
        f"insert into treasury_journal (id, fund_id, booked_on, kind)"
        f" values ({journal}, {books.fund_id}, '2022-03-15', 'guess')",
        "insert into treasury_line (journal_id, account_id, union_id, booked_on, fen, quantity)"
        f" values ({journal}, {books.account['bank']}, {books.house.union['unit_a']},"
        " '2022-03-15', 1, 0)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as told:
            sql_as_web(books.house.officer_a).execute(said)
        assert "row-level security" in str(told.value)
