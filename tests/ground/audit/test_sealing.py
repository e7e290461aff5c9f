"""The sealer skips nothing, forks nothing, and seals nothing twice."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from gonghui.ground.audit.services.checking import check_trail
from gonghui.ground.audit.services.events import record
from gonghui.ground.audit.signing import make_key

WRITERS = 8
EACH = 40


@pytest.fixture
def key(tmp_path):
    return make_key(tmp_path / "keys")


@pytest.fixture
def seal_until(key, connect):
    """Seals until nothing waits: transactions of other tests on this server hold it up, too."""
    keeper = connect("keeper", autocommit=True)

    def sealed(waiting=0):
        from gonghui.ground.audit.services import reading, sealing

        for _ in range(600):
            sealing.seal(key)
            with keeper.cursor() as cursor:
                if reading.waiting(cursor).count <= waiting:
                    return
            time.sleep(0.1)
        raise AssertionError("something stays unsealed")

    return sealed


def record_raw(connection, actor, details="{}"):
    connection.execute("select gate.enter(%s)", [actor.token])
    return connection.execute(
        "select gate.record_event('test.done', '', null, null, null, '', null, null, '', %s)",
        [details],
    ).fetchone()[0]


def sealed_ids(connection):
    rows = connection.execute("select unnest(entries) from audit_block").fetchall()
    return [row[0] for row in rows]


def test_nothing_happened_nothing_is_sealed(house, key, seal_until):
    from gonghui.ground.audit.services import sealing

    seal_until()
    assert sealing.seal(key) == sealing.Sealed(0, 0, None)
    empty = sealing.seal(key, anyway=True)  # the evening head of a quiet day
    assert (empty.blocks, empty.entries) == (1, 0)
    assert empty.head.block == 2


def test_blocks_are_of_a_thousand_and_numbered_without_a_gap(house, seal_until, connect):
    with house.clerk.transaction():
        for _ in range(2_100):
            record("test.done")
    seal_until()
    superuser = connect("superuser")
    blocks = superuser.execute("select first, last from audit_block order by number").fetchall()
    total = superuser.execute(
        "select (select count(*) from audit_event) + (select count(*) from audit_change)"
    ).fetchone()[0]
    assert blocks == [(1, 1_000), (1_001, 2_000), (2_001, total)]
    assert superuser.execute("select block, last from audit_head").fetchall() == [(3, total)]
    assert list(check_trail(connect("keeper"))) == []


def test_an_open_transaction_keeps_its_place_and_is_not_skipped(house, seal_until, connect):
    """Eight write while the sealer runs and one transaction stays open over all of it."""
    superuser, late = connect("superuser", autocommit=True), connect("web")
    kept_open = record_raw(late, house.clerk)
    web = [connect("web") for _ in range(WRITERS)]
    recorded, start = [], threading.Barrier(WRITERS + 1)

    def write(connection):
        start.wait()
        for _ in range(EACH):
            recorded.append(record_raw(connection, house.clerk))
            connection.commit()

    threads = [threading.Thread(target=write, args=[connection]) for connection in web]
    for thread in threads:
        thread.start()
    start.wait()
    seal_until(WRITERS * EACH)
    for thread in threads:
        thread.join()
    seal_until(WRITERS * EACH)
    assert len(recorded) == WRITERS * EACH
    # All of them came after the one that is open: they wait for it.
    assert set(recorded) & set(sealed_ids(superuser)) == set()
    late.commit()
    seal_until()
    everything = sealed_ids(superuser)
    assert {kept_open, *recorded} <= set(everything)
    assert len(everything) == len(set(everything))
    assert list(check_trail(connect("keeper"))) == []


def test_control_a_sealer_that_goes_by_the_largest_id_skips_for_ever(house, connect):
    """The obvious sealer: everything behind the last id. The open transaction's event is lost."""
    superuser, late, other = connect("superuser", autocommit=True), connect("web"), connect("web")
    sealed, last = [], 0

    def naive_seal():
        nonlocal last
        rows = superuser.execute(
            "select id from audit_event where id > %s order by id", [last]
        ).fetchall()
        sealed.extend(row[0] for row in rows)
        last = max([last, *sealed])

    kept_open = record_raw(late, house.clerk)
    quick = record_raw(other, house.clerk)
    other.commit()
    naive_seal()
    late.commit()
    naive_seal()
    assert sealed == [quick]
    assert kept_open < quick  # and so it never comes


def test_control_taking_the_newest_hash_in_a_trigger_forks(database, connect):
    superuser = connect("superuser", autocommit=True)
    superuser.execute(
        "create table chained (id bigint generated always as identity, previous bytea, hash bytea)"
    )
    superuser.execute("""
        create function chain() returns trigger language plpgsql as $$ begin
          select hash into new.previous from chained order by id desc limit 1;
          new.hash := sha256(coalesce(new.previous, '') || new.id::text::bytea);
          return new; end $$""")
    superuser.execute(
        "create trigger chained before insert on chained for each row execute function chain()"
    )
    start = threading.Barrier(WRITERS)
    connections = [connect("superuser", autocommit=True) for _ in range(WRITERS)]

    def write(connection):
        start.wait()
        for _ in range(EACH):
            connection.execute("insert into chained default values")

    threads = [threading.Thread(target=write, args=[one]) for one in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forks = superuser.execute(
        "select count(*) - count(distinct previous) from chained where previous is not null"
    ).fetchone()[0]
    assert forks > 0


def test_two_sealers_at_once_seal_each_entry_once(house, seal_until, key, connect):
    from django.db import connections

    from gonghui.ground.audit.services import sealing

    with house.clerk.transaction():
        for _ in range(300):
            record("test.done")
    start, faults = threading.Barrier(4), []

    def run():
        start.wait()
        try:
            for _ in range(5):
                sealing.seal(key, anyway=True)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections["keeper"].close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_until()
    superuser = connect("superuser")
    everything = sealed_ids(superuser)
    assert faults == []
    assert len(everything) == len(set(everything))
    assert superuser.execute("select max(number) from audit_block").fetchone()[0] >= 20
    assert list(check_trail(connect("keeper"))) == []


def test_web_cannot_keep_the_sealer_waiting_with_locks(house, seal_until, connect):
    web = connect("web")
    web.execute("select gate.enter(%s)", [house.auditor.token])
    web.execute("select pg_advisory_lock(g) from generate_series(-50, 50) g")
    web.execute("select * from audit_block").fetchall()
    for statement in (
        "lock table audit_block in row share mode",
        "select * from audit_block for share",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
            web.execute(statement)
    seal_until()


def test_an_undone_sealing_leaves_nothing(house, key, connect):
    from django.db import transaction

    from gonghui.ground.audit.services import sealing

    with pytest.raises(ZeroDivisionError), transaction.atomic(using="keeper"):
        sealing.seal(key, anyway=True)
        raise ZeroDivisionError
    superuser = connect("superuser")
    assert superuser.execute("select count(*) from audit_block").fetchone()[0] == 0


def test_the_hash_can_be_changed_on_the_way(house, key, seal_until, connect):
    from gonghui.ground.audit.services import sealing

    seal_until()
    record_something(house)
    assert sealing.seal(key, algorithm="sm3", anyway=True).head.algorithm == "sm3"
    record_something(house)
    assert sealing.seal(key, anyway=True).head.algorithm == "sm3"  # as before
    assert list(check_trail(connect("keeper"))) == []


def record_something(house):
    with house.clerk.transaction():
        record("test.done")


# another cluster: transaction ids begin anew

FAR_AHEAD = 99_000_000


@pytest.fixture
def sealed_elsewhere(house, key, monkeypatch, connect):
    """As a dump restored here: a block sealed in a cluster whose transaction ids were far ahead,
    and an event from there that was not sealed any more; its id is given."""
    from gonghui.ground.audit.services import reading, sealing

    monkeypatch.setattr(sealing, "stand", lambda _: reading.Stand(FAR_AHEAD, cluster=4711))
    record_something(house)
    sealing.seal(key)
    monkeypatch.undo()
    superuser = connect("superuser", autocommit=True)
    return superuser.execute(
        "insert into audit_event (xid, at, authority, action, subject, purpose, request, details)"
        " values (%s::xid8, now(), 'machine', 'test.done', '', '', '', '{}') returning id",
        [str(FAR_AHEAD + 1)],
    ).fetchone()[0]


def test_after_a_restore_elsewhere_the_sealer_skips_nothing(
    house, sealed_elsewhere, key, seal_until, connect
):
    from gonghui.ground.audit.services import sealing

    superuser = connect("superuser", autocommit=True)
    late, quick = connect("web"), connect("web")
    waits = record_raw(late, house.clerk)
    comes = record_raw(quick, house.clerk)
    quick.commit()
    sealing.seal(key)
    assert waits not in sealed_ids(superuser)
    late.commit()
    seal_until()
    record_something(house)
    seal_until()
    everything = sealed_ids(superuser)
    assert {waits, comes, sealed_elsewhere} <= set(everything)
    assert len(everything) == len(set(everything))
    assert list(check_trail(connect("keeper"))) == []


def test_control_going_on_by_transaction_ids_would_wait_for_ever(
    house, sealed_elsewhere, key, monkeypatch
):
    from gonghui.ground.audit.services import reading, sealing

    def as_if_here(cursor):
        return reading.Stand(reading.stand(cursor).horizon, cluster=4711)

    monkeypatch.setattr(sealing, "stand", as_if_here)
    record_something(house)
    assert sealing.seal(key).entries == 0
