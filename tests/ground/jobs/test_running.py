"""What fails says why, is tried again where that helps, and ends on a person's list."""

import pytest

from gonghui.core.errors import Refusal
from tests.ground.jobs.test_orders import order, run_all, state


def run_row(office, made):
    return office.superuser.execute(
        "select state, attempts, last_error from jobs_run where id = %s", [made.run_id]
    ).fetchone()


def failures(actor):
    from gonghui.ground.jobs.queries.runs import failures

    return failures(actor)


def test_a_refusal_is_final_and_keeps_its_words(office):
    made = order(office.officer_a, "refused", "first")
    run_all()
    said, attempts, error = run_row(office, made)
    assert (said, attempts, office.marks()) == ("failed", 1, [])
    assert error["values"] == {"name": "first"}
    (failure,) = failures(office.head)
    assert failure.why.words() == "“first” is wrong. Correct it."


def test_an_error_of_ours_is_tried_again_and_its_own_text_is_not_kept(office, caplog):
    made = order(office.officer_a, "broken", "first")
    run_all()
    said, attempts, error = run_row(office, made)
    assert (said, attempts, office.marks()) == ("failed", 3, [])
    assert error["values"]["error"] == "ValueError"
    assert error["values"]["line"].startswith("marks.py:")
    for told in (str(error), caplog.text):
        assert "王建国" not in told
        assert "410802" not in told


def test_an_error_of_the_database_tells_its_state_only(office):
    made = order(office.officer_a, "wrong_sql", "first")
    run_all()
    assert run_row(office, made)[2]["values"] == {"state": "42501"}


def test_what_works_later_is_done_later(office):
    made = order(office.officer_a, "later", "first")
    run_all()
    assert run_row(office, made)[:2] == ("done", 3)
    assert office.marks() == [("first", 3)]


def test_between_two_attempts_time_passes(office):
    made = order(office.officer_a, "impatient", "first")
    run_all()
    assert run_row(office, made)[:2] == ("waiting", 1)
    run_all()
    assert run_row(office, made)[:2] == ("waiting", 1)


def test_a_job_nobody_knows_is_told(office):
    made = order(office.officer_a, "one", "first")
    from gonghui.ground.jobs import registry

    known = registry._known.pop("proof.one")
    try:
        run_all()
    finally:
        registry._known["proof.one"] = known
    assert run_row(office, made)[0] == "failed"


def test_a_later_attempt_goes_on_where_the_last_one_was(office):
    from gonghui.ground.jobs import faults

    made = order(office.officer_a, "steps", "first", parts=5)
    faults.set_plan("proof.between@4=raise")
    try:
        run_all()
    finally:
        faults.set_plan("")
    assert run_row(office, made)[:2] == ("done", 2)
    assert office.marks() == [("first", part) for part in range(5)]


def test_the_list_is_for_those_who_may_and_for_their_unions(office):
    order(office.officer_a, "refused", "first")
    run_all()
    assert len(failures(office.head)) == 1
    for actor in (office.officer_a, office.auditor):
        with pytest.raises(Refusal):
            failures(actor)


def test_a_person_has_it_done_again_on_her_own_behalf(office):
    from gonghui.ground.jobs.services.mending import retry_run

    made = order(office.officer_a, "one", "first")
    office.superuser.execute(
        "update directory_post set ends_before = gate.today() where person_id = %s",
        [office.person["officer_a"]],
    )
    run_all()
    assert state(office, made) == "failed"
    retry_run(office.head, made.run_id)
    run_all()
    assert (state(office, made), office.marks()) == ("done", [("first", 0)])
    event = office.superuser.execute(
        "select action, actor_id, subject_id from audit_event where action like 'job.%'"
    ).fetchall()
    assert event == [("job.retried", office.person["head"], made.run_id)]
    with pytest.raises(Refusal):
        retry_run(office.head, made.run_id)


def test_a_person_gives_it_up_with_a_reason(office):
    from gonghui.ground.jobs.services.mending import drop_run

    made = order(office.officer_a, "refused", "first")
    run_all()
    with pytest.raises(Refusal):
        drop_run(office.head, made.run_id, " ")
    with pytest.raises(Refusal):
        drop_run(office.officer_a, made.run_id, "not mine to give up")
    drop_run(office.head, made.run_id, "sent twice, says 138 0000 1234")
    assert (state(office, made), failures(office.head)) == ("dropped", [])
    kept = office.superuser.execute(
        "select details::jsonb ->> 'because' from audit_event where action = 'job.dropped'"
    ).fetchone()
    assert kept == ("sent twice, says *******1234",)


def test_an_officer_cannot_mend_by_raw_sql(office, sql_as_web):
    import psycopg

    made = order(office.officer_a, "refused", "first")
    run_all()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql_as_web(office.officer_a).execute(
            "select gate.mend_run(%s, 'waiting', null)", [made.run_id]
        )


def test_counts_by_state(office):
    from gonghui.ground.jobs.queries.runs import counts, state_of

    made = order(office.officer_a, "one", "first")
    order(office.officer_a, "refused", "second")
    run_all()
    assert counts(office.officer_a) == {"done": 1, "failed": 1}
    assert state_of(office.officer_a, made.run_id) == "done"
    assert state_of(office.officer_b, made.run_id) is None
    assert counts(office.officer_b) == {}
