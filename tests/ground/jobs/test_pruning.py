"""What ended long ago goes, and nothing else; by the machine alone."""

from datetime import timedelta

import psycopg
import pytest

from tests.ground.jobs.test_orders import order, run_all

STATES = ("done", "dropped", "failed", "waiting", "running")


@pytest.fixture
def long_ago(office):
    """One run of each state, ordered and ended 500 days ago; one done today."""
    for state in STATES:
        made = order(office.officer_a, "steps", state, parts=1)
        office.superuser.execute(
            "update jobs_run set state = %s, ordered_at = now() - interval '500 days', due_at ="
            " now() + interval '1 day', ended_at = case when %s in ('done', 'dropped', 'failed')"
            " then now() - interval '500 days' end where id = %s",
            (state, state, made.run_id),
        )
    order(office.officer_a, "steps", "today", parts=1)
    run_all()
    return office


def kept(office):
    rows = office.superuser.execute("select key from jobs_run order by id").fetchall()
    return [key for (key,) in rows]


def test_what_was_done_or_given_up_long_ago_is_taken_away(long_ago):
    from gonghui.ground.jobs.services.pruning import Pruned, prune

    assert prune(timedelta(days=600)) == Pruned(0, 0)
    assert prune() == Pruned(2, 0)
    assert kept(long_ago) == ["failed", "waiting", "running", "today"]


def test_requests_answered_long_ago_are_taken_away(office):
    from gonghui.ground.jobs.services.pruning import prune

    for days in (10, 500):
        office.superuser.execute(
            "insert into jobs_once (person_id, key, fingerprint, at) values (%s, %s, '',"
            " now() - make_interval(days => %s))",
            (office.person["officer_a"], f"{days}", days),
        )
    assert prune().requests == 1
    assert office.superuser.execute("select key from jobs_once").fetchall() == [("10",)]


def test_nothing_young_is_taken_away_and_nothing_by_people(long_ago, sql_as_web):
    from django.db import DatabaseError

    from gonghui.ground.jobs.services.pruning import LEAST, prune

    with pytest.raises(DatabaseError, match="too young"):
        prune(LEAST - timedelta(days=1))
    for attempt in ("select gate.prune_runs('2000-01-01')", "delete from jobs_run"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(long_ago.head).execute(attempt)
