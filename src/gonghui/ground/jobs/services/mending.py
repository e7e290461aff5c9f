"""What a person does about a run that failed."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.models import Run
from gonghui.ground.jobs.permissions import RETRY
from gonghui.ground.jobs.rows import called
from gonghui.ground.jobs.services.errands import wrapped_errand
from gonghui.ground.jobs.services.orders import queue_up
from gonghui.ground.vault.masking import masked_reason


def retry_run(actor: Actor, run_id: int) -> None:
    """Has it done again, on behalf of whoever asks for it now."""
    with actor.transaction() as scope:
        scope.require(RETRY)
        run = _failed(run_id)
    there = Actor(actor.token, run.union_id)
    with there.transaction() as scope:
        scope.require(RETRY)
        token = wrapped_errand(there, run.task, run.key, run.union_id, run.arguments)
        turn = _mend(run, "waiting", token)
        queue_up(run.pk, turn)
        record("job.retried", subject="jobs_run", subject_id=run.pk, union_id=run.union_id)


def drop_run(actor: Actor, run_id: int, because: str) -> None:
    """Gives it up; the reason stays in the record."""
    if not because.strip():
        raise Refusal(N_("Giving up a job needs a reason."), N_("Say why in a few words."))
    with actor.transaction() as scope:
        scope.require(RETRY)
        run = _failed(run_id)
        _mend(run, "dropped", None)
        record(
            "job.dropped",
            subject="jobs_run",
            subject_id=run.pk,
            union_id=run.union_id,
            details={"because": masked_reason(because)},
        )


def _failed(run_id: int) -> Run:
    run = Run.objects.filter(pk=run_id, state="failed").first()
    if run is None:
        raise _not_in_the_list()
    return run


def _mend(run: Run, state: str, token: bytes | None) -> int:
    row = called("select turn from gate.mend_run(%s, %s, %s)", run.pk, state, token)
    if row is None:  # somebody else was quicker
        raise _not_in_the_list()
    return int(row[0])


def _not_in_the_list() -> Refusal:
    return Refusal(
        N_("There is no such job among those that failed here."),
        N_("Look at the list again; somebody may have seen to it."),
    )
