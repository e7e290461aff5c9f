"""A scope is entered by a session's token only, holds for one transaction, and bounds all rows."""

import psycopg
import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor


def seen(connection):
    return {name for (name,) in connection.execute("select name from directory_person")}


def test_without_a_scope_there_are_no_rows(house, connect):
    assert seen(connect("web")) == set()


def test_an_officer_sees_her_own_unit_only(house, sql_as_web):
    assert seen(sql_as_web(house.officer_a)) == {"officer_a", "chair_a", "worker_a"}


def test_a_county_clerk_sees_the_units_below(house, sql_as_web):
    rows = seen(sql_as_web(house.county_clerk_a))
    assert rows == {"county_clerk_a", "officer_a", "officer_a2", "chair_a", "worker_a"}


def test_the_office_sees_everybody(house, sql_as_web):
    assert seen(sql_as_web(house.clerk)) == set(house.person)


def test_a_scope_ends_with_its_transaction(house, sql_as_web):
    connection = sql_as_web(house.clerk)
    connection.commit()
    assert seen(connection) == set()


def test_whoever_has_no_post_enters_nothing(house):
    with pytest.raises(Refusal, match="cannot act"), house.worker_a.transaction():
        pass


def test_a_made_up_token_enters_nothing(house):
    with pytest.raises(Refusal, match="cannot act"), Actor("made up").transaction():
        pass


def test_web_cannot_set_a_scope_by_hand(house, sql_as_web):
    facts = '{"person_id": 1, "whole": true, "writes": true, "permissions": []}'
    connection = sql_as_web()
    connection.execute("select set_config('gonghui.scope', %s, true)", ["0" * 64 + facts])
    assert seen(connection) == set()
    for question in ("select * from gate.secret", "select gate.mark('{}')"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(question)


def test_a_scope_kept_from_an_earlier_transaction_counts_for_nothing(house, sql_as_web):
    connection = sql_as_web(house.clerk)
    kept = connection.execute("select current_setting('gonghui.scope')").fetchone()[0]
    connection.commit()
    connection.execute("select set_config('gonghui.scope', %s, true)", [kept])
    assert seen(connection) == set()


def test_an_officer_cannot_enter_another_unit(house):
    place = house.union["unit_b"]
    with (
        pytest.raises(Refusal, match="cannot act"),
        Actor(house.officer_a.token, place).transaction(),
    ):
        pass


def test_the_office_can_narrow_itself_to_a_unit(house, sql_as_web):
    narrowed = Actor(house.clerk.token, house.union["unit_b"])
    assert seen(sql_as_web(narrowed)) == {"officer_b", "worker_b"}


def test_a_service_within_a_service_is_one_transaction(house):
    with house.clerk.transaction() as outer, house.clerk.transaction() as inner:
        assert inner is outer


def test_an_auditor_reads_and_cannot_write(house, sql_as_web):
    connection = sql_as_web(house.auditor)
    assert seen(connection) == set(house.person)
    changed = connection.execute("update directory_person set name = 'x'")
    assert changed.rowcount == 0


def test_somebody_elses_scope_within_mine_leaves_mine_as_it_was(house):
    from gonghui.ground.directory.models import Person

    with house.clerk.transaction():
        with house.officer_b.transaction():
            assert Person.objects.count() == 2
        assert Person.objects.count() == len(house.person)


def test_an_error_within_a_scope_stays_the_error_it_was(house):
    from django.db import DataError, connection

    with pytest.raises(DataError), house.clerk.transaction(), connection.cursor() as cursor:
        cursor.execute("select 1 / 0")
