"""How long a million events take. GONGHUI_SOAK=1 measures the million; else a hundredth of it.

GONGHUI_SOAK=1 python -m pytest -s tests/ground/audit/test_speed.py
"""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest

from gonghui.ground.audit.services.checking import check_trail
from gonghui.ground.audit.signing import make_key
from tests.ground.audit.judging import SOAK, asked

EVENTS = 1_000_000 if SOAK else 10_000
PROMISED_SECONDS = 60  # for a million, judged by the outside verifier

MANY = """
insert into audit_event (xid, at, actor_id, authority, post_id, session_id, action, subject,
  subject_id, union_id, person_seen, purpose, after_hash, request, details)
select pg_current_xact_id(), clock_timestamp(), g %% 40, 'post:' || g %% 50, g %% 50, g %% 999,
  'roster.booked', 'mutualaid_rosterfile', g, g %% 423, null, '', sha256(g::text::bytea),
  'request ' || g, '{"rows":' || g %% 500 || ',"note":"补录"}'
from generate_series(1, %s) g"""


@contextmanager
def timed(what, took):
    began = time.perf_counter()
    yield
    took[what] = time.perf_counter() - began
    print(f"\n{what}: {EVENTS:,} events in {took[what]:.1f} s", flush=True)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_million_events_are_judged_within_a_minute(database, connect, tmp_path, algorithm):
    from gonghui.ground.audit.services import exporting, heads, reading, sealing

    superuser, keeper = connect("superuser", autocommit=True), connect("keeper", autocommit=True)
    key, took = make_key(tmp_path), {}
    superuser.execute(MANY, [EVENTS])
    superuser.execute("analyze audit_event")
    sealed = 0
    with timed(f"sealed, {algorithm}", took):
        while sealed < EVENTS:
            sealed += sealing.seal(key, algorithm=algorithm).entries
    with keeper.cursor() as cursor:
        head, _ = reading.newest_head(cursor)
    heads.write_sheet(tmp_path / "head.txt", heads.evening_sheet(head, city="", waiting=0))
    with timed("checked in the database", took):
        assert list(check_trail(keeper)) == []
    with timed("exported", took):
        exporting.export_trail(tmp_path / "trail")
    with timed("judged by the outside verifier", took):
        code, said = asked(tmp_path / "trail", "--head", tmp_path / "head.txt")
    assert (code, said.splitlines()[0]) == (0, "可信 / trusted: yes")
    assert took["judged by the outside verifier"] < PROMISED_SECONDS


@pytest.mark.slow
def test_noting_a_city_of_changes_costs_little(database, connect):
    """One statement over 62,715 rows, with and without its note."""
    superuser = connect("superuser", autocommit=True)
    rows = 62_715 if SOAK else 6_271
    insert = (
        "insert into directory_person (public_id, name, name_folded, name_pinyin, sex)"
        f" select gen_random_uuid(), '王小明', '王小明', 'wang xiao ming', '' from"
        f" generate_series(1, {rows})"
    )
    seconds = {"replica": [], "origin": []}
    for _ in range(5):
        for role, times in seconds.items():  # replica: triggers off
            superuser.execute(f"set session_replication_role = {role}")
            began = time.perf_counter()
            superuser.execute(insert)
            times.append(time.perf_counter() - began)
    bare, noted = min(seconds["replica"]), min(seconds["origin"])
    print(f"\n{rows:,} rows inserted: {bare:.2f} s without a note, {noted:.2f} s with", flush=True)
    changes = superuser.execute(
        "select count(*), min(rows) from audit_change where table_name = 'directory_person'"
    ).fetchone()
    assert changes == (5, rows)
