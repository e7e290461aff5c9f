"""Events: who did it is not said by whoever does it; who may read them; nobody changes them."""

from __future__ import annotations

import hashlib

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from gonghui.ground.audit.services.events import record, record_of_machine, request


@pytest.fixture
def seen_by(house):
    """``seen_by("clerk")``: the actions that somebody can read."""

    def seen(who):
        from gonghui.ground.audit.models import Event

        with getattr(house, who).transaction():
            return list(Event.objects.order_by("id").values_list("action", flat=True))

    return seen


def the_event(superuser, number):
    columns = (
        "actor_id, authority, post_id, session_id, union_id, subject, subject_id, person_seen,"
        " purpose, before_hash, after_hash, request, details, xid::text, action"
    )
    cursor = superuser.execute(f"select {columns} from audit_event where id = %s", [number])
    return dict(zip([one.name for one in cursor.description], cursor.fetchone(), strict=True))


def test_the_database_fills_in_who_in_which_post_and_in_which_transaction(house, connect):
    after = hashlib.sha256(b"the roster").digest()
    with house.officer_a.transaction() as scope, request("command 7"):
        number = record(
            "roster.booked",
            subject="mutualaid_rosterfile",
            subject_id=12,
            after=after,
            details={"rows": 3, "note": "补录"},
        )
        with connections["default"].cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text")
            xid = cursor.fetchone()[0]
    assert the_event(connect("superuser"), number) == {
        "actor_id": house.person["officer_a"],
        "authority": f"post:{scope.post_id}",
        "post_id": scope.post_id,
        "session_id": 10,
        "union_id": house.union["unit_a"],
        "subject": "mutualaid_rosterfile",
        "subject_id": 12,
        "person_seen": None,
        "purpose": "",
        "before_hash": None,
        "after_hash": after,
        "request": "command 7",
        "details": '{"note":"补录","rows":3}',
        "xid": xid,
        "action": "roster.booked",
    }


def test_an_event_is_on_record_if_and_only_if_what_was_done_is(house, connect):
    with pytest.raises(ZeroDivisionError), house.clerk.transaction():
        record("roster.booked")
        raise ZeroDivisionError
    count = connect("superuser").execute("select count(*) from audit_event").fetchone()[0]
    assert count == 0


def test_without_a_scope_nothing_is_recorded(house):
    with pytest.raises(ProgrammingError, match="no scope"):
        record("roster.booked")


def test_web_cannot_write_an_event_past_the_function(house, sql_as_web):
    connection = sql_as_web(house.clerk)
    for statement in (
        "insert into audit_event (xid, at, actor_id, authority, action, subject, purpose, request,"
        " details) values (pg_current_xact_id(), now(), 1, 'post:1', 'a.b', '', '', '', '{}')",
        "insert into audit_change (xid, at, table_name, verb, rows)"
        " values (pg_current_xact_id(), now(), 'x', 'insert', 1)",
        "select nextval('audit_entry_id')",
        "select gate.record_machine_event('a.b', '', null, '{}')",
        "insert into audit_head select * from audit_head",
        "lock table audit_block in share row exclusive mode",
        *(
            f"{deed} audit_{table}"
            for table in ("event", "change", "block", "head")
            for deed in ("delete from", "truncate")
        ),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(statement)


def test_an_officer_records_nothing_in_another_unit(house):
    with (
        pytest.raises(ProgrammingError, match="not in scope"),
        house.officer_a.transaction(),
        transaction.atomic(),
    ):
        record("roster.booked", union_id=house.union["unit_b"])


def test_whoever_is_shown_something_says_what_for(house):
    with (
        pytest.raises(IntegrityError, match="event_shown_for_why"),
        house.clerk.transaction(),
        transaction.atomic(),
    ):
        record("number.shown", person_seen=house.person["worker_a"])


@pytest.mark.parametrize(
    "said",
    [
        {"action": "Roster booked"},
        {"action": "roster"},
        {"before": b"short"},
        {"after": b"short", "before": bytes(32)},
        {"details": {"long": "长" * 30_000}},
        {"purpose": "长" * 1_000},
    ],
)
def test_what_has_no_shape_is_refused(house, said):
    with pytest.raises(IntegrityError), house.clerk.transaction(), transaction.atomic():
        record(**{"action": "roster.booked", **said})


# who reads


def test_what_happened_is_read_in_the_unions_it_happened_in(house, seen_by):
    with house.officer_a.transaction():
        record("roster.booked")
    with house.clerk.transaction():
        record("contribution.billed", union_id=house.union["county_b"])
        record("period.closed")
    assert seen_by("clerk") == ["roster.booked", "contribution.billed", "period.closed"]
    assert seen_by("county_clerk_a") == ["roster.booked"]
    assert seen_by("county_clerk_b") == ["contribution.billed"]
    assert seen_by("chair_a") == ["roster.booked"]
    assert seen_by("officer_b") == []


def test_that_somebody_was_shown_is_read_by_both_and_by_who_audits(house, seen_by):
    with house.county_clerk_a.transaction():
        record(
            "number.shown",
            union_id=house.union["unit_a"],
            person_seen=house.person["officer_a"],
            purpose="核对领款人",
        )
    assert seen_by("county_clerk_a") == ["number.shown"]  # it was she
    assert seen_by("officer_a") == ["number.shown"]  # it was he who was looked at
    assert seen_by("auditor") == ["number.shown"]
    assert seen_by("chair_a") == []
    assert seen_by("cashier") == []


def test_a_worker_without_a_post_reads_who_looked_at_her(house, connect):
    with house.clerk.transaction():
        record("number.shown", person_seen=house.person["worker_a"], purpose="核对领款人")
        record("number.shown", person_seen=house.person["worker_b"], purpose="核对领款人")
        record("roster.booked", union_id=house.union["unit_a"])
    web = connect("web")
    web.execute("select gate.enter_self(%s)", [house.worker_a.token])
    rows = web.execute("select actor_id, action, person_seen, purpose from audit_event").fetchall()
    clerk, worker = house.person["clerk"], house.person["worker_a"]
    assert rows == [(clerk, "number.shown", worker, "核对领款人")]


def test_one_person_with_two_accounts_is_told_of_both(house, connect):
    with house.clerk.transaction():
        record("number.shown", person_seen=house.person["worker_a"], purpose="核对领款人")
    superuser = connect("superuser", autocommit=True)
    superuser.execute(
        "update directory_person set merged_into_id = %s where id = %s",
        [house.person["officer_a2"], house.person["worker_a"]],
    )
    web = connect("web")
    web.execute("select gate.enter_self(%s)", [house.officer_a2.token])
    assert web.execute("select count(*) from audit_event").fetchone()[0] == 1


def test_pages_go_backwards_and_lose_nothing(house):
    from gonghui.ground.audit.queries import events

    with house.clerk.transaction():
        numbers = [
            record("unit.changed", subject="directory_union", subject_id=3) for _ in range(5)
        ]
        record("unit.changed", subject="directory_union", subject_id=4)
        first = events.what_happened_to("directory_union", 3, limit=3)
        rest = events.what_happened_to("directory_union", 3, before=first[-1].id, limit=3)
        assert [one.id for one in [*first, *rest]] == numbers[::-1]
        assert len(events.what_was_done_by(house.person["clerk"])) == 6
        assert events.who_saw(house.person["worker_a"]) == []


# the machine, and nobody


def test_the_machine_records_as_itself(house, connect):
    number = record_of_machine("backup.restored", details={"from": "2026-11-23"})
    event = the_event(connect("superuser"), number)
    assert (event["actor_id"], event["authority"], event["union_id"]) == (None, "machine", None)


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_the_trail_is_only_added_to_even_by_who_owns_it(house, connect, role):
    with house.clerk.transaction():
        record("roster.booked")
    connection = connect(role)
    for table in ("event", "change", "block", "head"):
        for statement in (
            f"update audit_{table} set at = now()",
            f"delete from audit_{table}",
            f"truncate audit_{table}",
        ):
            with pytest.raises(psycopg.Error, match="only added to"), connection.transaction():
                connection.execute(statement)
