"""Proof: what was tried by an officer of a unit who holds a raw connection, and holds no more.

Each test is an attack that once worked, with the control that the honest way still works.
"""

from datetime import date

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from tests.programmes.mutualaid.federation import furnish_scheme

ON, UNTIL = date(2022, 1, 1), date(2023, 1, 1)
BOOKED = date(2021, 12, 20)


@pytest.fixture
def file(house, connect):
    """A roster's file of unit_a that officer_a has booked, as far as the row says."""
    furnish_scheme(house)
    superuser = connect("superuser", autocommit=True)
    return enrolment_row(
        superuser,
        "mutualaid_rosterfile",
        union_id=house.union["unit_a"],
        state="booked",
        booked_by_id=house.person["officer_a"],
        booked_at=BOOKED,
        period_from=ON,
        period_until=UNTIL,
        rows_booked=None,
    )


def enrolment_row(superuser, table, **said):
    """A row with something in every column that must not be empty."""
    plain = {
        "text": "",
        "bigint": 1,
        "integer": 1,
        "smallint": 1,
        "boolean": False,
        "date": BOOKED,
        "bytea": b"",
        "jsonb": "{}",
        "timestamp with time zone": BOOKED,
        "ARRAY": "{}",
    }
    columns = superuser.execute(
        "select column_name, data_type, is_nullable = 'YES' from information_schema.columns"
        " where table_name = %s and column_name <> 'id'",
        [table],
    ).fetchall()
    values = {name: None if empty else plain[kind] for name, kind, empty in columns} | said
    superuser.execute("set session_replication_role = replica")
    (made,) = superuser.execute(
        f"insert into {table} ({', '.join(values)}) values"
        f" ({', '.join(['%s'] * len(values))}) returning id",
        list(values.values()),
    ).fetchone()
    superuser.execute("set session_replication_role = origin")
    return made


def book(web, file, person, code, place, **said):
    """One row to the definer function, as raw SQL."""
    from gonghui.programmes.mutualaid.enrolment_sql import BOOK, BOOK_ARGUMENTS

    row = {
        **{"of_file": file, "on_day": BOOKED, "with_key": 1, "persons": [person]},
        **{"codes": [code], "numbers": [987_654], "places": [place], "names": ["某某"]},
        **{"folded": ["某某"], "pinyins": [""], "births": [None], "sexes": [""]},
        **{"kinds": ["resident"], "ciphers": [b"c"], "blinds": [b"b" * 32]},
        **{"last_fours": [b"l"], "wrapped_keys": [b"w"], "categories": [""]},
        **{"staff_numbers": [""], "row_numbers": [1], "cover_from": [ON], "cover_until": [UNTIL]},
        **{"fee_classes": ["standard"], "shares": [1], "fees": [0], "renewal_gap": 0},
        **said,
    }
    return web.execute(BOOK, [row[name] for name in BOOK_ARGUMENTS]).fetchone()[0]


def test_a_code_of_null_enrols_nobody_of_another_unit(house, sql_as_web, file):
    web = sql_as_web(house.officer_a)
    with pytest.raises(psycopg.DatabaseError, match="checked again"):
        book(web, file, house.person["worker_b"], None, house.union["unit_a"])


def test_ids_that_are_not_drawn_yet_cannot_be_taken(house, sql_as_web, connect, file):
    web = sql_as_web(house.officer_a)
    (newest,) = connect("superuser").execute("select max(id) from directory_person").fetchone()
    with pytest.raises(psycopg.DatabaseError, match="checked again"):
        book(web, file, newest + 1, "new", house.union["unit_a"])


def test_control_a_drawn_id_is_booked(house, sql_as_web, connect, file):
    drawn = "select nextval('directory_person_id_seq')"
    (person,) = connect("superuser").execute(drawn).fetchone()
    web = sql_as_web(house.officer_a)
    assert book(web, file, person, "new", house.union["unit_a"]) == 1


@pytest.fixture
def enrolment(house, connect, file):
    return enrolment_row(
        connect("superuser", autocommit=True),
        "mutualaid_enrolment",
        person_id=house.person["worker_a"],
        union_id=house.union["unit_a"],
        rosterfile_id=file,
        period_from=ON,
        period_until=UNTIL,
        starts_on=ON,
        ends_before=date(2022, 6, 1),
        bill_id=None,
        paid_on=None,
    )


@pytest.mark.parametrize(
    "change",
    [
        "fee_fen = 0",
        "shares = 99",
        "person_id = person_id",
        "starts_on = starts_on",
        "ends_before = '2023-01-01'",
        "paid_on = '2022-01-01'",
    ],
)
def test_an_officer_neither_rewrites_nor_lengthens_nor_pays_cover(
    house, sql_as_web, enrolment, change
):
    web = sql_as_web(house.officer_a)
    with pytest.raises(InsufficientPrivilege):
        web.execute(f"update mutualaid_enrolment set {change} where id = {enrolment}")


def test_control_an_officer_ends_cover(house, sql_as_web, enrolment):
    web = sql_as_web(house.officer_a)
    done = web.execute(
        "update mutualaid_enrolment set ends_before = '2022-03-01', withdrawn_on = '2022-03-01'"
        " where id = %s",
        [enrolment],
    )
    assert done.rowcount == 1


@pytest.mark.parametrize(
    "asked", [("receipt", 2026, 1), ("bill", 2026, 1), ("certificate", 2026, 2), (None, 2026, 1)]
)
def test_numbers_of_documents_are_not_counted_or_used_up(house, sql_as_web, asked):
    web = sql_as_web(house.officer_a)
    with pytest.raises(InsufficientPrivilege):
        web.execute("select gate.next_numbers(%s, %s, %s)", asked)


def test_control_the_cashier_draws_the_number_of_a_receipt(house, sql_as_web):
    web = sql_as_web(house.cashier)
    asked = "select gate.next_numbers('receipt', 2026, %s)"
    assert web.execute(asked, [2]).fetchone() == (1,)
    with pytest.raises(InsufficientPrivilege):
        web.execute(asked, [2**31 - 1])


def test_whoever_signed_out_sends_no_errand(house, sql_as_web):
    web = sql_as_web(house.officer_a)
    web.execute("select gate.close_session(%s)", [house.officer_a.token])
    with pytest.raises(InsufficientPrivilege):
        web.execute("select gate.open_errand('7 days')")


def test_an_errand_of_an_errand_does_not_outlast_it(house, sql_as_web, connect):
    web = sql_as_web(house.officer_a)
    (first,) = web.execute("select gate.open_errand('1 hour')").fetchone()
    web.execute("select gate.enter(%s)", [first])
    web.execute("select gate.open_errand('7 days')")
    web.commit()
    ends = connect("superuser").execute(
        "select count(*), count(distinct expires_at) from accounts_session where kind = 'errand'"
    )
    assert ends.fetchone() == (2, 1)


@pytest.mark.parametrize("uses", [2**62, 2**30, -1, None])
def test_a_key_is_not_worn_out_by_saying_so(house, sql_as_web, uses):
    web = sql_as_web(house.officer_a)
    with pytest.raises(InsufficientPrivilege):
        web.execute(
            "select * from gate.use_data_keys(%s, %s::bigint[])",
            [[house.person["worker_a"]], [uses]],
        )


def test_nobody_asks_about_proposals_of_another_unit(house, sql_as_web, connect):
    head, founder, worker = (house.person[who] for who in ("head", "founder", "worker_b"))
    said = [worker, house.union["unit_b"], "unit_officer", ON, None, founder, head]
    ask = "select gate.post_problem(%s, %s, %s, %s, %s, %s, %s)"
    for who in (house.officer_a, house.chair_a):
        assert sql_as_web(who).execute(ask, said).fetchone() == ("post_elsewhere",)
    assert sql_as_web(house.head).execute(ask, said).fetchone() == ("post_as_proposed",)


def test_no_session_of_web_reads_what_another_sends(house, sql_as_web, connect):
    spied = psycopg.ClientCursor(connect("web"))  # values within the text, as Django sends them
    spied.execute("select gate.enter('token of head')")
    seen = sql_as_web(house.officer_a).execute(
        "select query from pg_stat_activity where usename = 'web'"
    )
    assert not [query for (query,) in seen.fetchall() if query and "token" in query]
    with pytest.raises(InsufficientPrivilege):
        connect("web").execute("set track_activities = on")


@pytest.mark.parametrize("call", ["propose_closing(1)", "confirm_closing(1)"])
def test_books_are_not_closed_under_an_older_snapshot(house, connect, call):
    from tests.ledger_fixtures import open_books

    open_books(house)
    web = connect("web", autocommit=True)
    web.execute("begin isolation level repeatable read")
    web.execute("select gate.enter(%s)", [house.accountant.token])
    with pytest.raises((InsufficientPrivilege, CheckViolation), match=r"period\.close"):
        web.execute(f"select gate.{call}")
