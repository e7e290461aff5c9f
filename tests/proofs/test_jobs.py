"""P21: a job killed at any moment is finished by someone else, once in effect.

Workers are processes of their own; fault points kill or freeze them where it hurts most. CI takes
20 kills, GONGHUI_SOAK=1 takes 1,000. Controls: a job that relies on the queue's own "once" acts
twice; without the fence an overtaken worker writes.
"""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest

from tests.adapters.gateways.stub import running_stub
from tests.ground.jobs.workers import until, workers
from tests.message_fixtures import *  # noqa: F403  (fixtures are known by their names)

SOAK = bool(os.environ.get("GONGHUI_SOAK"))
KILLS = 1000 if SOAK else 20
POINTS = [
    *("jobs.taken", "proof.between", "proof.marked", "jobs.before_commit", "jobs.worked"),
    *("jobs.ending", "jobs.ended", "sweep.dead_removed", "sweep.put_back", "sweep.before_commit"),
    *("messages.begun", "messages.before_call", "messages.after_call", "messages.recorded"),
]


@pytest.fixture
def crew(cluster, office, request):
    for name in {"outbox", "gateway"} & set(request.fixturenames):
        request.getfixturevalue(name)  # what they say to the environment, the workers are to hear
    with workers(cluster, office.database) as crew:
        yield crew


def one(office, statement, *values):
    return office.superuser.execute(statement, values).fetchone()[0]


def order(actor, task, name, **more):
    from gonghui.ground.jobs.services.orders import order
    from tests.ground.jobs import marks

    with actor.transaction():
        return order(getattr(marks, task), key=name, name=name, **more).run_id


def order_some(office, outbox, name):
    """One or two of every kind there is, of two units."""
    for who in (office.officer_a, office.officer_b):
        order(who, "one", f"{name}-one")
        order(who, "steps", f"{name}-steps", parts=4)
    outbox.tell(f"{name}-cover")


def open_runs(office):
    return one(office, "select count(*) from jobs_run where state in ('waiting', 'running')")


def effect(office, name):
    """What was done under a name, without the name."""
    return [(key.removeprefix(name), part) for key, part in office.marks() if key.startswith(name)]


def told(office, outbox, name):
    """What became of the messages under a name, and what stands in their files."""
    rows = office.superuser.execute(
        "select id, state from messages_message where key like %s order by id", [f"{name}-%"]
    ).fetchall()
    texts = [path.read_text("utf-8") for i, _ in rows for path in outbox.folder.glob(f"m{i}-*")]
    return [state for _, state in rows], [text.partition("\n")[2] for text in texts]


def test_killed_at_every_point_the_end_is_that_of_the_undisturbed_run(office, outbox, crew):
    from gonghui.ground.jobs.services.running import run_until_empty

    order_some(office, outbox, "calm")
    run_until_empty()
    calm = effect(office, "calm"), told(office, outbox, "calm")
    draw = random.Random(21)
    killed = 0
    for kill in range(KILLS):
        order_some(office, outbox, f"wild{kill:04d}")
        point = POINTS[kill % len(POINTS)]
        passage = 1 + (kill // len(POINTS)) % 3 if point.startswith("proof") else 1
        if kill >= 2 * len(POINTS) and draw.random() < 0.5:
            worker = crew.start()  # at no point of ours, but anywhere
            if crew.wait(worker, draw.random()) == "running":
                crew.kill(worker)
            killed += 1
            continue
        ended = crew.wait(crew.start(f"{point}@{passage}=kill"))
        assert ended == "SIGKILL", f"{point} was not passed"
        killed += 1
    worker = crew.start()
    until(lambda: open_runs(office) == 0, 60 + KILLS)
    assert crew.stop(worker) == "exit 0"
    assert killed == KILLS
    for name in (f"wild{kill:04d}" for kill in range(KILLS)):
        assert (effect(office, name), told(office, outbox, name)) == calm
    assert list(outbox.folder.glob(".*")) == []  # no half-written message lies about
    assert one(office, "select count(*) from jobs_run where state <> 'done'") == 0
    assert one(office, "select count(*) from procrastinate_jobs") == 0
    assert one(office, "select sum(attempts) - count(*) from jobs_run") > 0  # it did hurt


@pytest.fixture
def gateway(tmp_path, monkeypatch):
    with running_stub() as stub:
        account = tmp_path / "sms.yaml"
        account.write_text(
            f"dialect: signed\nendpoint: {stub.url}/\nsign_name: 示例市总工会\n"
            "templates: {cover-started: {id: T-7, parameters: {name: name}}}\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("GONGHUI_SMS_ACCOUNT", str(account))
        monkeypatch.setenv("GONGHUI_SMS_KEY_ID", "key-id")
        monkeypatch.setenv("GONGHUI_SMS_KEY_SECRET", "key-secret")
        stub.will_answer(*[{"result": "taken"}] * 1000)
        yield stub


def test_killed_around_the_call_no_gateway_gets_a_message_twice(office, outbox, gateway, crew):
    """What is not known to have left is told to a person, who may have it sent again."""
    points = ["messages.begun", "messages.before_call", "messages.after_call", "messages.recorded"]
    for number, point in enumerate(points * 2):
        keys = [f"text-{number}-{more}" for more in range(3)]
        outbox.tell(*keys, channel="sms", address="13800138000")
        assert crew.wait(crew.start(f"{point}@{1 + number % 3}=kill")) == "SIGKILL"
    worker = crew.start()
    until(lambda: open_runs(office) == 0)
    assert crew.stop(worker) == "exit 0"
    received = Counter(asked.content["reference"] for asked in gateway.asked)
    assert set(received.values()) == {1}
    states = Counter(state for (state,) in outbox.rows("state"))
    assert set(states) == {"sent", "unknown"}
    assert states.total() == 24
    assert states["unknown"] >= 4  # before_call and after_call cannot be told apart afterwards
    assert states["sent"] <= received.total() <= 24


def test_no_job_is_left_to_nobody(office, crew):
    """A dead worker's job is another's within the pace: here 1 + 0.3 s and a moment."""
    run = order(office.officer_a, "steps", "left", parts=2)
    assert crew.wait(crew.start("proof.between@2=kill")) == "SIGKILL"
    assert one(office, "select state from jobs_run where id = %s", run) == "running"
    assert one(office, "select count(*) from procrastinate_jobs where status = 'doing'") == 1
    worker = crew.start()
    until(lambda: open_runs(office) == 0, 10)
    assert effect(office, "left") == [("", 0), ("", 1)]
    assert crew.stop(worker) == "exit 0"


def test_the_working_pace_leaves_no_job_alone_for_more_than_a_minute():
    from gonghui.ground.jobs.worker import Pace

    pace = Pace()
    assert pace.silent + pace.sweep + pace.poll <= 60
    assert pace.idle_in_transaction + pace.sweep + pace.poll <= 60
    assert pace.silent >= 3 * pace.heartbeat


def frozen_worker(office, crew, point):
    """A worker stopped in the middle of a job of three steps, and another who has done the job.

    With a job its errand ends, which alone would stop the first; here only the fence is to stand
    in its way.
    """
    office.superuser.execute(
        "create or replace function gate.close_session(token text) returns void"
        " language sql security definer as ''"
    )
    run = order(office.officer_a, "steps", "froze", parts=3)
    frozen = crew.start(f"{point}=stop")
    assert crew.wait(frozen) == "stopped"
    assert one(office, "select fence from jobs_run where id = %s", run) == 1
    other = crew.start()
    until(lambda: open_runs(office) == 0)
    assert one(office, "select fence from jobs_run where id = %s", run) > 1
    assert crew.stop(other) == "exit 0"
    return frozen


@pytest.mark.parametrize(
    "point", ["proof.between@2", "proof.marked@2", "jobs.worked", "jobs.taken"]
)
def test_a_worker_frozen_past_its_lease_writes_nothing_more(office, crew, point):
    frozen = frozen_worker(office, crew, point)
    crew.send(frozen, "SIGCONT")
    done = [("", 0), ("", 1), ("", 2)]
    # It finds itself overtaken, and goes on with other work.
    order(office.officer_a, "one", "afterwards")
    until(lambda: open_runs(office) == 0)
    assert effect(office, "froze") == done
    assert effect(office, "afterwards") == [("", 0)]
    assert crew.stop(frozen) == "exit 0"


def test_control_without_the_fence_the_overtaken_worker_writes(office, crew):
    frozen = frozen_worker(office, crew, "proof.between@2")
    office.superuser.execute(
        "create or replace function gate.hold_run(run bigint, held bigint, reached bigint)"
        " returns boolean language sql security definer as 'select true'"
    )
    crew.send(frozen, "SIGCONT")
    until(lambda: effect(office, "froze") == [("", 0), ("", 1), ("", 1), ("", 2), ("", 2)])


def test_control_a_job_that_relies_on_the_queues_once_acts_twice(office, crew):
    """The same kill, the queue's own stalled-job handling, no row of state: two marks."""
    from procrastinate.contrib.django import app

    app.configure_task("proof.naive", queue="jobs").defer(name="naive")
    assert crew.wait(crew.start("proof.naive_done=kill")) == "SIGKILL"
    office.superuser.execute("update procrastinate_jobs set status = 'todo', worker_id = null")
    worker = crew.start()
    until(lambda: one(office, "select count(*) from procrastinate_jobs") == 0)
    assert crew.stop(worker) == "exit 0"
    assert effect(office, "naive") == [("", 0), ("", 0)]


def test_two_sweepers_at_once_do_no_harm(office, crew):
    from gonghui.ground.jobs.services.sweeping import sweep
    from tests.ground.jobs.test_onces import at_once

    for number in range(5):
        order(office.officer_a, "steps", f"left-{number}", parts=1)
    crew.wait(crew.start("proof.between=kill"))
    swept = at_once(4, lambda _: sweep(timedelta()))
    assert sum(one.dead for one in swept) == 1
    worker = crew.start()
    until(lambda: open_runs(office) == 0)
    assert crew.stop(worker) == "exit 0"
    assert len(office.marks()) == 5


def test_a_run_that_always_kills_its_worker_ends_on_the_list(office, crew):
    from gonghui.ground.jobs.queries.runs import failures

    run = order(office.officer_a, "one", "deadly")
    office.superuser.execute("update jobs_run set most_attempts = 3 where id = %s", [run])
    for _ in range(3):
        assert crew.wait(crew.start("jobs.taken=kill")) == "SIGKILL"
    worker = crew.start()
    until(lambda: open_runs(office) == 0)
    assert crew.stop(worker) == "exit 0"
    (failure,) = failures(office.head)
    assert (failure.run_id, failure.attempts) == (run, 3)
    assert failure.why.what == "The worker that did this stopped in the middle."
    assert office.marks() == []


def test_a_worker_whose_connections_are_cut_gets_up_again(office, crew):
    worker = crew.start()
    order(office.officer_a, "one", "before")
    until(lambda: open_runs(office) == 0)
    office.superuser.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and usename = 'web'"
    )
    from django.db import connections

    connections["default"].close()
    order(office.officer_a, "one", "after")
    until(lambda: open_runs(office) == 0)
    assert effect(office, "after") == [("", 0)]
    assert crew.stop(worker) == "exit 0"


def test_asked_to_end_it_finishes_what_it_is_doing(office, crew):
    order(office.officer_a, "steps", "slow", parts=2)
    worker = crew.start("proof.between=sleep")
    until(lambda: one(office, "select count(*) from jobs_run where state = 'running'") == 1)
    assert crew.stop(worker) == "exit 0"
    assert open_runs(office) == 0
    assert effect(office, "slow") == [("", 0), ("", 1)]
