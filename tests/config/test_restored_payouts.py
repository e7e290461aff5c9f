"""After a restore no money leaves that may have left after the backup (P2)."""

import psycopg
import pytest

from gonghui.config import restore as restoring
from gonghui.config.backup import conninfo, make_backup
from gonghui.config.backup_key import FILE, new_backup_key
from gonghui.config.cluster import Cluster
from gonghui.core.errors import Refusal
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)

KEY = new_backup_key()
KEYS = {FILE: KEY.text().encode()}


@pytest.fixture
def hold(connect):
    """The hold that a restore puts."""
    with connect("superuser") as superuser:
        return superuser.execute(
            "insert into treasury_payouthold (backup_made_at) values (now()) returning id"
        ).fetchone()[0]


@pytest.mark.slow
def test_what_was_sealed_becomes_unknown_and_everything_is_held(till, cluster, house, tmp_path):
    states = {state: till.batch(state, 2) for state in ("approved", "sealed", "released")}
    backup = make_backup(cluster.parameters("keeper", house.database), KEY, tmp_path / "a")[0]
    restoring.restore(backup, KEYS, tmp_path / "new")
    restored = Cluster(tmp_path / "new")
    restored.start()
    try:
        with psycopg.connect(conninfo(restored.parameters("keeper"))) as keeper:
            lines = dict(
                keeper.execute(
                    "select batch_id, min(state) from treasury_payoutline group by 1"
                ).fetchall()
            )
            holds = keeper.execute("select lifted_at from treasury_payouthold").fetchall()
    finally:
        restored.stop()
    assert lines == {states["approved"]: "ready", states["sealed"]: "unknown",
                     states["released"]: "sent"}  # fmt: skip
    assert holds == [(None,)]


def test_nothing_leaves_while_held(till, hold, house):
    from gonghui.verbs.treasury.services import releasing, sealing

    batch = till.batch("sealed")
    with pytest.raises(Refusal, match="restored from a backup"):
        releasing.release_batch(house.cashier, batch)
    with pytest.raises(Refusal, match="restored from a backup"):
        sealing.export_batch(house.cashier, batch)
    assert till.state(batch) == "sealed"
    assert till.states(batch) == {"ready"}


def test_one_compares_and_another_lifts(till, hold, house):
    from gonghui.verbs.treasury.services import holds, releasing

    batch = till.batch("sealed")
    with pytest.raises(Refusal, match="compared"):
        holds.lift_hold(house.head, hold)
    with pytest.raises(Refusal, match="not said"):
        holds.compare_hold(house.cashier, hold, because=" ")
    with pytest.raises(Refusal):
        holds.compare_hold(house.officer_a, hold, because="statement of October")
    holds.compare_hold(house.cashier, hold, because="statement of October")
    with pytest.raises(Refusal):
        holds.lift_hold(house.cashier, hold)
    holds.lift_hold(house.accountant, hold)
    assert holds.open_holds(house.cashier) == []
    with pytest.raises(Refusal, match="no open hold"):
        holds.lift_hold(house.head, hold)
    releasing.release_batch(house.cashier, batch)
    assert till.states(batch) == {"sent"}


def test_what_became_unknown_is_not_sent_after_the_hold_either(till, hold, house, connect):
    """Lines of a batch that was sealed when the backup was made: the bank may have them."""
    from gonghui.verbs.treasury.services import holds, releasing
    from gonghui.verbs.treasury.services.answers import mark_payment
    from tests.payout_fixtures import DAY

    batch = till.batch("sealed", 2)
    with connect("superuser") as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update treasury_payoutline set state = 'unknown'")
    holds.compare_hold(house.cashier, hold, because="statement of October")
    holds.lift_hold(house.accountant, hold)
    releasing.release_batch(house.cashier, batch)
    assert till.states(batch) == {"unknown"}  # on the record as released, and nothing was sent
    with pytest.raises(Refusal, match="handed over already, or may have been"):
        releasing.release_batch(house.cashier, batch)
    paid, lost = till.lines(batch)
    for line, verdict in ((paid, "paid"), (lost, "returned")):
        mark_payment(
            house.cashier,
            line.reference,
            verdict,
            fen=line.fen,
            dated_on=DAY,
            because="statement of October",
            on=DAY,
        )
    assert sorted(one.state for one in till.lines(batch)) == ["paid", "returned"]


def test_control_without_the_hold_it_is_sent(till, house):
    from gonghui.verbs.treasury.services import releasing

    batch = till.batch("sealed")
    releasing.release_batch(house.cashier, batch)
    assert till.states(batch) == {"sent"}


def test_the_hold_by_commands(till, hold, house, tmp_path, monkeypatch, capsys):
    from gonghui.doors.cli import house as house_of_commands
    from gonghui.doors.cli import main
    from tests.ground_fixtures import SECRET

    monkeypatch.setattr(house_of_commands, "_how", [lambda: None])
    monkeypatch.setenv("GONGHUI_HOME", str(tmp_path))
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)

    def run(*words):
        return main.run(["--lang", "en", "payout", *map(str, words)])

    assert run("holds", "--as", "cashier") == 0
    assert "not yet" in capsys.readouterr().out
    assert run("lift", hold, "--as", "accountant") == 3
    assert run("compared", hold, "--because", "October", "--as", "cashier") == 0
    assert run("lift", hold, "--as", "accountant") == 0
    assert run("holds", "--as", "cashier") == 0
    assert "Nothing holds" in capsys.readouterr().out


def test_by_the_front_machine_it_is_asked_about_and_not_sent(till, house, bank, connect):
    from gonghui.verbs.treasury.services import releasing
    from gonghui.verbs.treasury.services.payouts import move

    batch = till.batch("sealed", 2)
    with connect("superuser") as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update treasury_payoutline set state = 'unknown'")
    with house.cashier.transaction():
        move(house.cashier, batch, "released")
        _attempt, fresh = releasing._intend(batch, "http")
    assert not fresh
    assert bank.received == {}
    assert till.states(batch) == {"unknown"}
