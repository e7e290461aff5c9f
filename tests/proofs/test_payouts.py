"""A payout leaves at most once: workers killed at their fault points; the bank counts."""

import os
import threading

import pytest

from gonghui.core.errors import Refusal
from tests.ground.jobs.workers import until, workers
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)

POINTS = ["payout.intended", "payout.called", "payout.told", "payout.counted", "jobs.worked"]
if os.environ.get("GONGHUI_SOAK"):
    POINTS += ["jobs.taken", "jobs.before_commit", "jobs.ending", "jobs.ended"]


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_anywhere_sends_no_reference_twice(till, bank, cluster, point):
    from gonghui.verbs.treasury.services.releasing import release_batch
    from gonghui.verbs.treasury.tasks import release

    batch = till.batch("sealed", lines=5)
    release_batch(till.house.cashier, batch, by=release)
    with workers(
        cluster, till.house.database, "gonghui.verbs.treasury.tasks", GONGHUI_BANK_GATEWAY=bank.url
    ) as started:
        started.wait(started.start(f"{point}=kill"))
        sweep(till)
        started.start()
        until(lambda: till.states(batch) <= {"paid", "unknown"} and settled(till, batch, bank))
    assert all(count == 1 for count in bank.received.values())
    if point != "payout.intended":
        assert till.states(batch) == {"paid"}


def settled(till, batch, bank):
    """Paid, or the bank never got it: then it stays unknown until a person asks."""
    from gonghui.verbs.treasury.models import PayoutAttempt

    with till.house.cashier.transaction():
        outcomes = set(PayoutAttempt.objects.values_list("outcome", flat=True))
    return till.states(batch) == {"paid"} or (outcomes == {"unknown"} and not bank.received)


def sweep(till):
    from datetime import timedelta

    from gonghui.ground.jobs.services.sweeping import sweep as swept

    swept(silent=timedelta())


def test_a_machine_that_sends_the_unknown_again_sends_twice(till, bank):
    """The control: without the rule the bank sees every reference twice."""
    from gonghui.adapters.bank.payouts import gateway_at
    from gonghui.verbs.treasury.services.sealing import export_batch

    bank.mood = "drop"
    batch = till.batch("sealed")
    _, content = export_batch(till.house.cashier, batch)
    gateway = gateway_at(bank.url)
    while gateway.send("1", content).outcome == "unknown":
        bank.mood = "good"
    assert set(bank.received.values()) == {2}


def test_two_cashiers_seal_one_batch_once(till):
    from django.db import connections

    from gonghui.verbs.treasury.services.sealing import seal_batch

    batch, ends, barrier = till.batch("approved"), [], threading.Barrier(2)

    def race():
        barrier.wait()
        try:
            seal_batch(till.house.cashier, batch)
            ends.append("sealed")
        except Refusal:
            ends.append("refused")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=race) for _ in range(2)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert sorted(ends) == ["refused", "sealed"]
