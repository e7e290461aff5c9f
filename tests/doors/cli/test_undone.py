"""`gonghui work`, `jobs` and `messages`: what is done, and what is left to a person."""

import os
import signal
import subprocess
import sys
import time

import pytest

from gonghui.doors.cli import house as door_of_house
from tests.ground.jobs.test_orders import order, state
from tests.ground_fixtures import SECRET
from tests.message_fixtures import keys, office, outbox

__all__ = ["keys", "office", "outbox"]  # fixtures


@pytest.fixture
def desk(office, gonghui, monkeypatch):
    """``desk("jobs", "failed")`` in English, by the head of the office."""
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)

    def run(*arguments, who="head"):
        return gonghui(*arguments, "--as", who, "--lang", "en")

    return run


@pytest.fixture
def work(gonghui, monkeypatch):
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])
    return lambda: gonghui("work", "--once", "--lang", "en")


def lines(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return [" ".join(line.split()) for line in answer.out.splitlines()]


def test_work_does_what_is_due(office, work):
    made = order(office.officer_a, "one", "first")
    assert work().code == 0
    assert (state(office, made), office.marks()) == ("done", [("first", 0)])


def test_the_machine_takes_away_what_ended_long_ago(office, gonghui, monkeypatch):
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])
    order(office.officer_a, "one", "first")
    office.superuser.execute(
        "update jobs_run set state = 'done', ended_at = now() - interval '100 days'"
    )
    kept = lines(gonghui("jobs", "prune", "--lang", "en"))
    assert kept == ["Taken away: 0 jobs and 0 answered requests of long ago."]
    gone = lines(gonghui("jobs", "prune", "--days", "90", "--lang", "en"))
    assert gone == ["Taken away: 1 jobs and 0 answered requests of long ago."]
    assert office.superuser.execute("select count(*) from jobs_run").fetchone() == (0,)
    assert gonghui("jobs", "prune", "--days", "29").code == 2


def test_failed_jobs_are_listed_given_up_and_done_again(office, desk, work):
    made = order(office.officer_a, "refused", "first")
    kept = order(office.officer_a, "refused", "second")
    work()
    said = lines(desk("jobs", "failed"))
    assert said[0] == "Job Kind Attempts Since Why"
    assert said[2].startswith(f"{made.run_id} proof.refused 1 20")
    assert said[2].endswith("“first” is wrong. Correct it.")
    assert lines(desk("jobs", "drop", made.run_id, "--because", "sent twice")) == [
        "It is given up."
    ]
    assert lines(desk("jobs", "again", kept.run_id)) == ["It will be done again."]
    assert lines(desk("jobs", "failed")) == ["Nothing waits for a person."]
    assert desk("jobs", "drop", made.run_id, "--because", "again").code == 3


def test_whoever_may_not_is_refused(office, desk, work):
    made = order(office.officer_a, "refused", "first")
    work()
    for arguments in (
        ("jobs", "failed"),
        ("jobs", "again", made.run_id),
        ("messages", "undelivered"),
    ):
        assert desk(*arguments, who="officer_a").code == 3


def test_undelivered_messages_are_listed_sent_again_and_given_up(outbox, desk, work, monkeypatch):
    monkeypatch.delenv("GONGHUI_SMS_ACCOUNT", raising=False)
    one, other = outbox.tell("a", "b", channel="sms", address="13800138000")
    work()
    said = lines(desk("messages", "undelivered"))
    assert [line.split()[0] for line in said[2:]] == [str(one), str(other)]
    assert f"{one} cover-started sms failed not-configured m{one}-" in said[2]
    again = desk("messages", "again", one, "--because", "the account is set up")
    assert lines(again) == ["It will be sent once more."]
    dropped = desk("messages", "drop", other, "--because", "told by telephone")
    assert lines(dropped) == ["It is given up."]
    assert lines(desk("messages", "undelivered")) == ["Nothing waits for a person."]


@pytest.mark.slow
def test_a_worker_works_until_it_is_asked_to_end(office, cluster):
    said = {
        "DATABASE_URL": cluster.url("web", office.database),
        "DATABASE_OWNER_URL": cluster.url("owner", office.database),
        "DATABASE_KEEPER_URL": cluster.url("keeper", office.database),
        "GONGHUI_LANG": "en",
    }
    made = order(office.officer_a, "one", "nobody-knows-it")
    worker = subprocess.Popen(
        [sys.executable, "-m", "gonghui", "work"],
        env={**os.environ, **said},
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while state(office, made) != "failed" and time.monotonic() < end:
        time.sleep(0.1)
    assert state(office, made) == "failed"  # a task of the tests: the programme says so
    worker.send_signal(signal.SIGTERM)
    _, told = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert told.startswith("Working. Ctrl-C ends it after the job at hand.")
    assert "proof.one" in told
