"""`gonghui verify`: a sound database passes; each way of spoiling one is found, with its place."""

from itertools import islice

import psycopg
import pytest

from gonghui.config.backup import conninfo
from gonghui.config.environment import VARIABLES, Environment, Logins, login_of
from gonghui.config.examination import checks, checksums, examine, pages
from gonghui.config.installation import parameters
from gonghui.config.safety import check_safety
from gonghui.doors.cli.language import speak
from gonghui.ground.borders.checks import _registered, registered


@pytest.fixture
def here(cluster, house, tmp_path):
    """The test's database as an installation of its own."""
    logins = {role: login_of(role, cluster.url(role, house.database)) for role in VARIABLES}
    return Environment(tmp_path, Logins(**logins))


@pytest.fixture(autouse=True)
def english():
    speak("en")
    yield
    speak("zh")


def test_a_sound_database_passes_every_check(here):
    said = dict(examine(here))
    assert set(said) == set(checks(here))
    assert len(said) > len(registered()) > 0
    assert {name: finding for name, finding in said.items() if finding is not None} == {}


def test_a_check_that_cannot_be_made_is_a_finding(here, monkeypatch):
    def broken(connection):
        connection.execute("SELECT no_such_thing")
        yield

    monkeypatch.setitem(_registered, "broken", broken)
    monkeypatch.setitem(_registered, "after it", lambda _connection: ())
    said = dict(examine(here))
    assert "no_such_thing" in said["broken"].said
    assert said["after it"] is None


def test_the_rooms_checks_change_nothing(here, monkeypatch):
    def writes(connection):
        connection.execute("UPDATE directory_person SET name = 'x'")
        yield

    monkeypatch.setitem(_registered, "writes", writes)
    assert "read-only transaction" in dict(examine(here))["writes"].said


GUARDED = "Every table is classified and guarded"
IN_FORCE = "Constraints, triggers and indexes are in force"
OF_THIS_VERSION = "The tables are those of this version"

SPOILT = [
    ("CREATE TABLE stray ()", GUARDED, "stray: This table has no class"),
    ("CREATE MATERIALIZED VIEW stray AS SELECT 1", GUARDED, "stray: This table has no class"),
    ("COMMENT ON TABLE directory_person IS NULL", GUARDED, "directory_person: This table has no"),
    (
        "ALTER TABLE directory_person NO FORCE ROW LEVEL SECURITY",
        GUARDED,
        "directory_person: Row-level security",
    ),
    (
        "ALTER TABLE directory_person DISABLE ROW LEVEL SECURITY",
        GUARDED,
        "directory_person: Row-level security",
    ),
    (
        "DROP POLICY directory_person_select ON directory_person",
        GUARDED,
        "directory_person: The programme may use this table, and no policy",
    ),
    (
        "GRANT DELETE ON directory_person TO web",
        GUARDED,
        "directory_person: The programme may use this table, and no policy",
    ),
    (
        "GRANT UPDATE (login) ON accounts_account TO web",
        GUARDED,
        "accounts_account: The programme may use this table, and no policy",
    ),
    ("CREATE VIEW peek AS SELECT name FROM directory_person", GUARDED, "peek: This view does not"),
    (
        "ALTER FUNCTION gate.in_scope(bigint) OWNER TO owner",
        GUARDED,
        "gate.in_scope(bigint): A function with rights of its own",
    ),
    (
        "ALTER FUNCTION gate.in_scope(bigint) RESET search_path",
        GUARDED,
        "gate.in_scope(bigint): A function with rights of its own",
    ),
    (
        "GRANT EXECUTE ON FUNCTION gate.in_scope(bigint) TO PUBLIC",
        GUARDED,
        "gate.in_scope(bigint): Everybody may call this function",
    ),
    (
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN 1",
        GUARDED,
        "peek(): A function with rights of its own",
    ),
    (
        "ALTER TABLE directory_person DISABLE TRIGGER noted_update",
        IN_FORCE,
        "noted_update ON directory_person: This trigger is switched off",
    ),
    (
        "ALTER TABLE directory_person ADD CONSTRAINT later CHECK (name <> 'x') NOT VALID",
        IN_FORCE,
        "later ON directory_person: This constraint was never checked",
    ),
    (
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'directory_person_pkey'::regclass",
        IN_FORCE,
        "directory_person_pkey: This index is not valid",
    ),
    (
        "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)",
        OF_THIS_VERSION,
        ": This migration is not done yet",
    ),
    (
        "INSERT INTO django_migrations (app, name, applied) VALUES ('borders', '0999_x', now())",
        OF_THIS_VERSION,
        "borders.0999_x: This migration is unknown here",
    ),
    (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off',"
        " current_database()); END $$",
        "The server is safe to work with",
        "The database runs with synchronous_commit = off",
    ),
    (
        "DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO web', current_database());"
        " END $$",
        "The server is safe to work with",
        "The role web has TEMP",
    ),
]


@pytest.mark.parametrize(("spoil", "check", "said"), SPOILT, ids=[one[0][:50] for one in SPOILT])
def test_what_was_spoilt_is_found(here, connect, spoil, check, said):
    superuser = connect("superuser", autocommit=True)
    superuser.execute(spoil)
    with psycopg.connect(conninfo(parameters(here, "keeper")), autocommit=True) as keeper:
        findings = [f"{one.place}: {one.said}" for one in checks(here)[check](keeper)]
    assert any(said in finding for finding in findings), findings


def test_the_start_itself_refuses_an_unsafe_database(house, connect):
    from django.db import connections

    check_safety(connections)
    connect("superuser", autocommit=True).execute(SPOILT[-1][0])
    connections["default"].close()
    with pytest.raises(Exception, match="The role web has TEMP"):
        check_safety(connections)


# Pages: these need a server that can be stopped, and a disk that lies


@pytest.fixture
def table(clusters, tmp_path):
    """A server, and where one table of it lies on the disk."""
    cluster = clusters(tmp_path)
    cluster.start()
    with psycopg.connect(conninfo(cluster.superuser()), autocommit=True) as superuser:
        superuser.execute("CREATE EXTENSION amcheck")
        superuser.execute("CREATE TABLE t AS SELECT n, 'words ' || n AS words"
                          " FROM generate_series(1, 5000) n")  # fmt: skip
        superuser.execute("CREATE INDEX by_number ON t (n)")
        superuser.execute("CHECKPOINT")
        path = superuser.execute("SELECT pg_relation_filepath('t')").fetchone()[0]
    return cluster, cluster.data / path


def first(check):
    return lambda connection: islice(check(connection), 1)


def looked_at(cluster, check):
    with psycopg.connect(conninfo(cluster.superuser()), autocommit=True) as superuser:
        return [f"{one.place}: {one.said}" for one in check(superuser)]


def test_sound_pages_pass(table):
    cluster, _file = table
    assert (looked_at(cluster, pages), looked_at(cluster, checksums)) == ([], [])


def test_a_flipped_bit_on_the_disk_is_found(table):
    cluster, file = table
    cluster.stop()
    data = bytearray(file.read_bytes())
    data[8192 + 5000] ^= 1
    file.write_bytes(data)
    cluster.start()
    (said,) = looked_at(cluster, first(pages))
    assert said.startswith("t: invalid page in block 1 of relation")
    (said,) = looked_at(cluster, checksums)
    assert "1 pages came back from the disk other than they were written" in said


def test_an_index_that_lacks_rows_is_found(table):
    """An index keeps what its table does not say any more: here by a function that lied."""
    cluster, _file = table
    with psycopg.connect(conninfo(cluster.superuser()), autocommit=True) as superuser:
        body = "CREATE OR REPLACE FUNCTION f(n int) RETURNS int IMMUTABLE LANGUAGE sql AS"
        superuser.execute(f"{body} 'SELECT n'")
        superuser.execute("CREATE INDEX lying ON t (f(n))")
        assert looked_at(cluster, pages) == []
        superuser.execute(f"{body} 'SELECT n + 1'")
    (said,) = looked_at(cluster, first(pages))
    assert said.startswith('lying: heap tuple (0,1) from table "t" lacks matching index tuple')
