"""Each statement that changes rows leaves one note, whoever sends it."""

from __future__ import annotations

import hashlib

import psycopg
import pytest


@pytest.fixture
def noted(connect):
    """The notes since the last call."""
    superuser = connect("superuser", autocommit=True)
    newest = [superuser.execute("select coalesce(max(id), 0) from audit_change").fetchone()[0]]

    def changes():
        rows = superuser.execute(
            "select id, table_name, verb, rows, actor_id, before_hash, after_hash"
            " from audit_change where id > %s order by id",
            newest,
        ).fetchall()
        newest[0] = max([newest[0], *(row[0] for row in rows)])
        return [row[1:] for row in rows]

    return changes


def rows_hash(connection, table, where="true"):
    """As the page says: PostgreSQL's binary form of each row, hashed; the hashes sorted, hashed."""
    rows = connection.execute(f"select record_send(t) from {table} t where {where}").fetchall()
    digests = sorted(hashlib.sha256(bytes(row[0])).digest() for row in rows)
    return hashlib.sha256(b"".join(digests)).digest()


def test_a_change_is_noted_with_who_and_what_was_and_is_there(house, sql_as_web, connect, noted):
    superuser, web = connect("superuser", autocommit=True), sql_as_web(house.clerk)
    who = f"id = {house.person['worker_a']}"
    before = rows_hash(superuser, "directory_person", who)
    web.execute(f"update directory_person set name = 'x' where {who}")
    web.commit()
    after = rows_hash(superuser, "directory_person", who)
    clerk = house.person["clerk"]
    assert noted() == [("directory_person", "update", 1, clerk, before, after)]


def test_many_rows_are_one_note_in_any_order(house, connect, noted):
    superuser = connect("superuser", autocommit=True)
    superuser.execute(
        "insert into directory_postkind (code, name, permissions, writes)"
        " select 'many' || g, '岗位' || g, '{}', false from generate_series(1, 500) g"
    )
    ((*said, after),) = [note for note in noted() if note[0] == "directory_postkind"]
    assert said == ["directory_postkind", "insert", 500, None, None]
    superuser.execute("create table turned as select * from directory_postkind order by random()")
    for table in ("directory_postkind", "turned"):
        assert rows_hash(superuser, table, "code like 'many%'") == after


def test_the_hash_depends_on_no_setting(house, connect, noted):
    superuser = connect("superuser", autocommit=True)
    superuser.execute("set timezone = 'America/New_York'")
    superuser.execute("set datestyle = 'German'")
    superuser.execute("set bytea_output = 'escape'")
    superuser.execute("update accounts_session set opened_at = opened_at")  # not audited
    superuser.execute("update accounts_account set opened_at = opened_at")
    (change,) = noted()
    superuser.execute("reset all")
    assert change[5] == change[4] == rows_hash(superuser, "accounts_account")


def test_what_changes_no_row_leaves_no_note(house, connect, noted):
    superuser = connect("superuser", autocommit=True)
    superuser.execute("update directory_person set name = '' where false")
    assert noted() == []


def test_what_is_taken_away_is_noted(house, connect, noted):
    superuser = connect("superuser", autocommit=True)
    before = rows_hash(superuser, "directory_post", "kind_id = 'cashier'")
    superuser.execute("delete from directory_post where kind_id = 'cashier'")
    assert noted() == [("directory_post", "delete", 1, None, before, None)]


def test_an_undone_change_leaves_no_note(house, connect, noted):
    superuser = connect("superuser")
    superuser.execute("update directory_person set name = 'x'")
    superuser.rollback()
    assert noted() == []


def test_changes_are_read_by_who_audits_the_whole_city_only(house, sql_as_web, connect):
    def readable(actor):
        return sql_as_web(actor).execute("select count(*) from audit_change").fetchone()[0]

    assert readable(house.auditor) > 0
    assert readable(house.cashier) == readable(house.officer_a) == 0


def test_web_cannot_call_the_function_by_itself(house, sql_as_web):
    with pytest.raises(psycopg.Error):
        sql_as_web(house.clerk).execute("select gate.note_change()")
