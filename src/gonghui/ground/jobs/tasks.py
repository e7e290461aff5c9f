"""What the queue knows: one task, which looks after one run."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from gonghui.ground.jobs.services.orders import QUEUE, WAKE_UP
from gonghui.ground.jobs.services.running import carry_out


@app.task(name=WAKE_UP, queue=QUEUE, pass_context=True)
def run(context: JobContext, run_id: int) -> None:
    """Never raises for what a job did: that stands in the run's row."""
    carry_out(run_id, context.job.worker_id)
