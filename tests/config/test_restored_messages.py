"""After a restore no machine sends what may have been sent after the backup."""

import psycopg
import pytest

from gonghui.config import restore as restoring
from gonghui.config.backup import conninfo, make_backup
from gonghui.config.backup_key import FILE, new_backup_key
from gonghui.config.cluster import Cluster

KEY = new_backup_key()
KEYS = {FILE: KEY.text().encode()}
STATES = ("waiting", "sending", "sent", "unknown", "failed", "dropped")
AFTER = {"waiting": "unknown", "sending": "unknown"}


@pytest.fixture
def backup(house, cluster, connect, tmp_path):
    """A message of each state; of the one that is being sent an attempt has begun."""
    with connect("superuser") as superuser:
        for state in STATES:
            superuser.execute(
                "insert into messages_message (union_id, person_id, channel, template, language,"
                " parameters, key, state, attempts, code, reference, written_at) values"
                " (%s, %s, 'sms', 'covered', 'zh', '{}', %s, %s, 1, '', '', now())",
                (house.union["unit_a"], house.person["worker_a"], state, state),
            )
        superuser.execute(
            "insert into messages_attempt (message_id, union_id, number, run_id, begun_at, outcome,"
            " code, reference) select id, union_id, 1, 1, now(), '', '', '' from messages_message"
            " where state = 'sending'"
        )
    keeper = cluster.parameters("keeper", house.database)
    return make_backup(keeper, KEY, tmp_path / "a.backup")[0]


def states_in(home):
    """What each message has become, and the ends of attempts; the server is stopped again."""
    cluster = Cluster(home)
    cluster.start()
    try:
        with psycopg.connect(conninfo(cluster.parameters("keeper"))) as keeper:
            messages = keeper.execute(
                "select key, state, code, ended_at is null from messages_message"
            ).fetchall()
            attempts = keeper.execute("select outcome, code from messages_attempt").fetchall()
            return {key: rest for key, *rest in messages}, attempts
    finally:
        cluster.stop()


@pytest.mark.slow
def test_what_waited_is_left_to_a_person(backup, tmp_path):
    restoring.restore(backup, KEYS, tmp_path / "new")
    messages, attempts = states_in(tmp_path / "new")
    assert {key: state for key, (state, *_) in messages.items()} == {
        state: AFTER.get(state, state) for state in STATES
    }
    marked = {key for key, (_, code, open_) in messages.items() if code == "restored" and not open_}
    assert marked == {"waiting", "sending"}
    assert attempts == [("unknown", "restored")]


@pytest.mark.slow
def test_control_without_it_they_would_be_sent_again(backup, tmp_path, monkeypatch):
    monkeypatch.setattr(restoring, "_DOUBTFUL", [])
    restoring.restore(backup, KEYS, tmp_path / "new")
    messages, attempts = states_in(tmp_path / "new")
    assert [messages[key][0] for key in ("waiting", "sending")] == ["waiting", "sending"]
    assert attempts == [("", "")]
