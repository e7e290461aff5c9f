"""Work is ordered with the business it belongs to, once, for whoever ordered it."""

from datetime import UTC, datetime, timedelta

import pytest


def order(actor, task, name, **more):
    from gonghui.ground.jobs.services.orders import order
    from tests.ground.jobs import marks

    with actor.transaction():
        return order(getattr(marks, task), key=name, name=name, **more)


def state(office, made):
    row = office.superuser.execute("select state from jobs_run where id = %s", [made.run_id])
    return row.fetchone()[0]


def run_all():
    from gonghui.ground.jobs.services.running import run_until_empty

    run_until_empty()


def test_what_was_ordered_is_done(office):
    made = order(office.officer_a, "one", "first")
    assert (made.made, state(office, made), office.marks()) == (True, "waiting", [])
    run_all()
    assert (state(office, made), office.marks()) == ("done", [("first", 0)])


def test_an_order_stands_or_falls_with_its_transaction(office):
    with pytest.raises(RuntimeError), office.officer_a.transaction():
        order(office.officer_a, "one", "never")
        raise RuntimeError
    for table in ("jobs_run", "procrastinate_jobs"):
        assert office.superuser.execute(f"select count(*) from {table}").fetchone() == (0,)
    run_all()
    assert office.marks() == []


def test_the_same_piece_of_work_is_ordered_once(office):
    first = order(office.officer_a, "one", "same")
    again = order(office.chair_a, "one", "same")
    assert (again.run_id, again.made) == (first.run_id, False)
    run_all()
    after = order(office.officer_a, "one", "same")
    run_all()
    assert (after.run_id, after.made) == (first.run_id, False)
    assert office.marks() == [("same", 0)]


def test_one_key_in_two_unions_or_two_tasks_is_two_pieces_of_work(office):
    orders = [
        order(office.officer_a, "one", "same"),
        order(office.officer_b, "one", "same"),
        order(office.officer_a, "steps", "same", parts=1),
    ]
    assert [made.made for made in orders] == [True, True, True]
    run_all()
    assert len(office.marks()) == 3


def test_an_order_needs_a_scope(office):
    from gonghui.ground.jobs.services.orders import order
    from tests.ground.jobs import marks

    with pytest.raises(RuntimeError, match="no scope"):
        order(marks.one, key="a", name="a")


@pytest.mark.parametrize(
    "personal", ["王建国", "410802197001011234", "13800138000", 13800138000, 410802197001011234]
)
def test_nothing_of_a_person_gets_into_the_queue(office, personal):
    from gonghui.ground.jobs.arguments import PersonalArgument
    from gonghui.ground.jobs.services.orders import order
    from tests.ground.jobs import marks

    with pytest.raises(PersonalArgument) as raised, office.officer_a.transaction():
        order(marks.one, key="a", name=personal)
    assert str(personal) not in str(raised.value)
    if isinstance(personal, str):
        with pytest.raises(PersonalArgument), office.officer_a.transaction():
            order(marks.one, key=personal, name="a")


def test_the_queue_itself_holds_a_number_only(office):
    made = order(office.officer_a, "one", "first")
    rows = office.superuser.execute("select args from procrastinate_jobs").fetchall()
    assert rows == [({"run_id": made.run_id},)]


def test_what_is_not_due_waits(office):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    made = order(office.officer_a, "one", "later", not_before=tomorrow)
    run_all()
    assert (state(office, made), office.marks()) == ("waiting", [])


def test_rights_are_those_of_the_moment_it_is_done(office):
    """P16: a post taken away counts at once, for jobs too."""
    made = order(office.officer_a, "one", "first")
    office.superuser.execute(
        "update directory_post set ends_before = gate.today() where person_id = %s",
        [office.person["officer_a"]],
    )
    run_all()
    assert (state(office, made), office.marks()) == ("failed", [])


def test_it_acts_where_and_for_whom_it_was_ordered(office):
    from gonghui.ground.jobs.registry import task
    from gonghui.ground.jobs.services.orders import order

    seen = []

    @task("proof.scope")
    def look(turn):
        with turn.step(last=True) as scope:
            seen.append((scope.person_id, scope.union_id, scope.whole))

    from gonghui.ground.borders.scope import Actor

    narrower = Actor(office.clerk.token, office.union["unit_b"])
    for actor in (office.officer_a, narrower):
        with actor.transaction():
            order(look, key="look")
    run_all()
    assert seen == [
        (office.person["officer_a"], office.union["unit_a"], False),
        (office.person["clerk"], office.union["unit_b"], False),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "arguments = jsonb_set(arguments, '{name}', '\"forged\"')",
        "key = 'forged'",
        "task = 'proof.later'",
        "union_id = (select id from directory_union where code = 'unit_b')",
        "token = (select token from jobs_run where key = 'other')",
    ],
)
def test_a_row_somebody_changed_is_not_carried_out(office, change):
    made = order(office.officer_a, "one", "first")
    order(office.officer_b, "one", "other")
    office.superuser.execute(f"update jobs_run set {change} where id = %s", [made.run_id])
    run_all()
    assert state(office, made) == "failed"
    assert office.marks() == [("other", 0)]


def test_the_token_is_worth_nothing_to_who_reads_the_table(office):
    made = order(office.officer_a, "one", "first")
    (token,) = office.superuser.execute(
        "select token from jobs_run where id = %s", [made.run_id]
    ).fetchone()
    hashes = office.superuser.execute(
        "select count(*) from accounts_session where kind = 'errand'"
        " and token_hash in (%s, sha256(%s), sha256(convert_to(encode(%s, 'hex'), 'UTF8')))",
        [token, token, token],
    ).fetchone()
    assert hashes == (0,)


def test_an_errand_ends_with_its_job(office):
    order(office.officer_a, "one", "first")
    open_errands = (
        "select count(*) from accounts_session where kind = 'errand' and ended_at is null"
    )
    assert office.superuser.execute(open_errands).fetchone() == (1,)
    run_all()
    assert office.superuser.execute(open_errands).fetchone() == (0,)


def test_runs_are_seen_within_ones_unions_only(office, sql_as_web):
    order(office.officer_a, "one", "first")
    order(office.officer_b, "one", "second")

    def seen(actor):
        return sql_as_web(actor).execute("select key from jobs_run order by key").fetchall()

    assert seen(office.officer_a) == [("first",)]
    assert seen(office.county_clerk_b) == [("second",)]
    assert seen(office.clerk) == [("first",), ("second",)]
    assert seen(None) == []


@pytest.mark.parametrize(
    "verb", ["insert into jobs_run (task) values ('x')", "delete from jobs_run"]
)
def test_nobody_changes_a_run_by_hand(office, sql_as_web, verb):
    import psycopg

    order(office.officer_a, "one", "first")
    for statement in (verb, "update jobs_run set state = 'done'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(office.officer_a).execute(statement)


def test_unions_take_turns(office):
    """P26: fifty of one union do not stand before the first of another."""
    for number in range(50):
        order(office.officer_a, "one", f"flood-{number:02d}")
    order(office.officer_b, "one", "quiet-1")
    order(office.officer_b, "one", "quiet-2")
    run_all()
    in_order = [
        key for (key,) in office.superuser.execute("select key from proof_mark order by id")
    ]
    assert len(in_order) == 52
    assert in_order.index("quiet-1") <= 1
    assert in_order.index("quiet-2") <= 3


def test_a_union_that_floods_is_not_put_off_for_ever(office):
    """Those who come later stand no further forward than the next to be served."""
    for number in range(5):
        order(office.officer_a, "one", f"first-{number}")
    for number in range(20):
        order(office.officer_b, "one", f"then-{number:02d}")
    run_all()
    in_order = [
        key for (key,) in office.superuser.execute("select key from proof_mark order by id")
    ]
    assert in_order.index("first-4") <= 10
