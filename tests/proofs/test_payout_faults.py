"""A payout killed where its steps have seams (P2): rows of the table of fault points, each with the
process that takes the step and with the database session under it as victims.

What a job does on its own (rows 8, 9, 11, 12, 14) is killed in ``test_payouts``. Rows 4 to 7 of the
plan meant a file that a worker makes; here the bytes lie in the database with the batch, in the
transaction that seals it, and a file is written when somebody exports it. Row 15, the notice, is
the outbox's own: ``tests/ground/messages``.
"""

import contextlib
import os
import signal

import pytest
from django.db import connections

from gonghui.core.errors import Refusal
from gonghui.ground.jobs.faults import set_plan
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)
from tests.payout_fixtures import DAY

FINISHED, REFUSED = 0, 7


def in_a_child(act, plan):
    """Runs it in a process of its own, under a plan of faults; the process."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        set_plan(plan)
        act()
        os._exit(FINISHED)
    finally:
        os._exit(REFUSED)


def by_process(act, point):
    """Killed there."""
    child = in_a_child(act, f"{point}=kill")
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"{point} not passed"


def by_backend(act, point, connect):
    """Its session in the database ended there; the process lives and is told."""
    child = in_a_child(act, f"{point}=stop")
    _, status = os.waitpid(child, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"{point} not passed"
    with connect("superuser") as superuser:
        superuser.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    os.kill(child, signal.SIGCONT)
    _, status = os.waitpid(child, 0)
    assert os.WIFEXITED(status)


@pytest.fixture(params=["process", "backend"])
def strike(request, connect):
    """Takes the victim away at a point."""
    if request.param == "process":
        return by_process
    return lambda act, point: by_backend(act, point, connect)


def references(connect):
    with connect("superuser") as superuser:
        return superuser.execute("select count(*) from treasury_payoutline").fetchone()[0]


def test_row_2_drafted_and_not_committed_nothing_is_there(till, strike, connect):
    strike(lambda: till.draft(3, sources=["test:a", "test:b", "test:c"]), "payout.locked")
    assert references(connect) == 0
    batch = till.draft(3, sources=["test:a", "test:b", "test:c"])  # no source is held by the dead
    assert till.state(batch) == "drafted"


def test_row_3_sealed_and_not_committed_it_is_still_approved(till, strike):
    from gonghui.verbs.treasury.services.sealing import seal_batch

    batch = till.batch("approved")
    before = [one.reference for one in till.lines(batch)]
    strike(lambda: seal_batch(till.house.cashier, batch), "payout.sealed")
    assert till.state(batch) == "approved"
    seal_batch(till.house.cashier, batch)
    assert [one.reference for one in till.lines(batch)] == before


@pytest.mark.parametrize(
    ("point", "there"),
    [("payout.file_half", False), ("payout.file_written", False), ("payout.file_renamed", True)],
    ids=["row 5", "row 6", "row 7"],
)
def test_rows_5_to_7_under_its_name_the_file_is_whole_or_not_there(till, tmp_path, point, there):
    from gonghui.verbs.treasury.services.sealing import export_batch, export_to

    batch = till.batch("sealed")
    name, content = export_batch(till.house.cashier, batch)
    by_process(lambda: export_to(till.house.cashier, batch, tmp_path), point)
    assert (tmp_path / name).exists() == there
    assert export_to(till.house.cashier, batch, tmp_path).read_bytes() == content


def test_control_a_file_written_under_its_name_is_found_half(till, tmp_path):
    """What row 5 would find of an export that writes in place."""
    from gonghui.ground.jobs.faults import fault

    def in_place():
        with open(tmp_path / "batch.csv", "wb") as file:
            file.write(b"half")
            file.flush()
            fault("payout.file_half")
            file.write(b" and half")

    by_process(in_place, "payout.file_half")
    assert (tmp_path / "batch.csv").read_bytes() == b"half"


def test_row_10_a_refused_connection_sends_nothing_and_says_so(till, monkeypatch):
    from gonghui.adapters.bank.payouts import gateway_at

    batch = till.batch("sealed")
    handed = gateway_at("http://127.0.0.1:9", "").send("B1", b"content")
    assert handed.outcome == "not_sent"
    assert till.states(batch) == {"ready"}


@pytest.mark.parametrize("place", [1, 2])
def test_row_13_a_result_file_goes_on_where_it_was_and_no_line_twice(till, strike, place):
    """Two lines a portion; the third portion never began."""
    from gonghui.verbs.treasury.services import answers

    batch = till.batch("released", lines=6)
    rows = [(one.reference, "成功", one.fen, DAY.isoformat()) for one in till.lines(batch)]

    def take():
        portions, count = answers.count_portion, answers.count_portion
        answers.count_portion = lambda *a, **n: portions(*a, **{**n, "most": 2})
        try:
            till.answer(rows, message="M1")
        finally:
            answers.count_portion = count

    connections.close_all()
    with contextlib.suppress(Refusal):
        strike(take, f"payout.portion@{place}")
    paid = [one for one in till.lines(batch) if one.state == "paid"]
    assert len(paid) == 2 * place
    take()
    assert till.states(batch) == {"paid"}
    assert till.state(batch) == "answered"
    with till.house.accountant.transaction(), connections["default"].cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(l.fen), 0) from treasury_line l join treasury_account a"
            " on a.id = l.account_id where a.key = 'benefits_payable' and l.fen > 0"
        )
        assert cursor.fetchone()[0] == sum(one.fen for one in till.lines(batch))
