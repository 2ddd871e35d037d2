"""Jobs of the kernel: what a dead worker left, holidays that a new version brings, old logs."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from sanqiao.kernel.commands import end_given_up, machine, publish_known_years, purge_looks, tidy
from sanqiao.kernel.scope import EVERYTHING, acting_as

CARE = "care"
ATTEMPTS = 5
"""A job that takes its worker down with it so often is given up."""


@app.periodic(cron="* * * * *")
@app.task(queue=CARE, queueing_lock="take-up-left-jobs", pass_context=True)
async def take_up_left_jobs(context: JobContext, timestamp: int) -> None:
    """Every minute: jobs of workers that have given no sign for half a minute go back to the queue.

    Any job may run twice: that is the rule of tasks.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.attempts < ATTEMPTS:
            await manager.retry_job(job)
        else:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="* * * * *")
@app.task(queue=CARE, queueing_lock="end-given-up-works")
def end_given_up_works(timestamp: int) -> int:
    """Every minute: works whose jobs are given up, here or by their own rule, say that they failed.

    A worker that died could not say it.
    """
    with acting_as(by := machine(), scope=EVERYTHING, request="minutely"):
        return end_given_up(by=by)


@app.periodic(cron="17 * * * *")
@app.task(queue=CARE, queueing_lock="publish-holidays")
def publish_holidays(timestamp: int) -> int:
    """Each hour: holiday years that this version knows and the table does not."""
    with acting_as(by := machine(), scope=EVERYTHING, request="hourly"):
        return publish_known_years(by=by)


@app.periodic(cron="40 2 * * *")
@app.task(queue=CARE, queueing_lock="end-old-logs")
def end_old_logs(timestamp: int) -> int:
    """Each night: the access log past its time, sessions that are over, works that died."""
    with acting_as(by := machine(), scope=EVERYTHING, request="nightly"):
        tidy(by=by)
        return purge_looks(by=by)
