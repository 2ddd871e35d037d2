"""What happens by itself, in the machine's name; a second run changes nothing."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from sanqiao.kernel import tasks
from sanqiao.kernel.commands import machine, purge_looks, queue_progress, start_progress, tidy
from sanqiao.kernel.models import DayException, Event, Look, Progress, User, note_look
from sanqiao.kernel.scope import NOTHING, applied
from sanqiao.registers.areas import tasks as area_tasks
from sanqiao.registers.areas.commands import move_area
from sanqiao.registers.areas.models import Area, AreaEdge
from tests.make import Town, as_owner, make_user

ON_TIME = {
    "sanqiao.kernel.tasks.take_up_left_jobs": "* * * * *",
    "sanqiao.kernel.tasks.end_given_up_works": "* * * * *",
    "sanqiao.kernel.tasks.publish_holidays": "17 * * * *",
    "sanqiao.kernel.tasks.end_old_logs": "40 2 * * *",
    "sanqiao.registers.areas.tasks.seat_moved_areas": "2 0 * * *",
    "sanqiao.work.service.tasks.draft_reports": "30 3 * * *",
    "sanqiao.work.mobilisation.tasks.look_after": "* * * * *",
    "sanqiao.web.tasks.sweep_files": "7 * * * *",
}


def look_of(days: int, user: User) -> Look:
    """A look that many days ago."""
    then = timezone.now() - timedelta(days=days)
    with patch("django.utils.timezone.now", return_value=then):
        return note_look(user=user, subject=user, field="phone", purpose="核实")


def test_everything_that_happens_by_itself_is_on_the_worker_s_clock() -> None:
    found = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert found == ON_TIME


def test_the_machine_cannot_be_signed_in_to_and_holds_no_grant() -> None:
    user = machine()
    assert not user.is_active and not user.has_usable_password()
    assert not user.grants.exists() and user.may("service.draft", area="1.")
    assert machine() == user
    assert Event.objects.filter(kind="kernel.user_created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_jobs_that_are_the_first_at_one_moment_open_the_machine_once() -> None:
    together = Barrier(4)

    def first_job(_n: int) -> int:
        try:
            connection.ensure_connection()
            together.wait()
            return machine().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(first_job, range(4)))
    assert len(set(found)) == 1
    assert Event.objects.filter(kind="kernel.user_created").count() == 1


def test_the_machine_is_opened_before_any_scope_is_set() -> None:
    with applied(NOTHING, actor=None, request=""):
        user = machine()

    assert Event.objects.get(kind="kernel.user_created").by_id == user.pk


def test_looks_end_when_their_time_is_over_and_an_event_says_so(settings: Any) -> None:
    settings.KEEP_LOG_DAYS = 200
    user = make_user()
    look_of(201, user)
    young = look_of(199, user)

    assert (tasks.end_old_logs(0), tasks.end_old_logs(0)) == (1, 0)
    assert Look.objects.get() == young
    event = Event.objects.get(kind="kernel.looks_purged")
    assert (event.data["rows"], event.by_id) == (1, machine().pk)


def test_the_database_keeps_what_the_law_wants_kept(settings: Any) -> None:
    settings.KEEP_LOG_DAYS = 30
    look_of(100, make_user())
    with pytest.raises(IntegrityError, match="183 days"), transaction.atomic():
        purge_looks(by=machine())
    assert Look.objects.exists()


def test_old_looks_are_no_less_append_only_for_everybody_else() -> None:
    look_of(2000, make_user())
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Look.objects.all().delete()
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL sanqiao.purging = 'kernel_look'")
        cursor.execute("DELETE FROM kernel_look")
    with as_owner(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Look.objects.all().delete()


def test_a_work_that_no_worker_finished_in_a_day_has_failed() -> None:
    progress = queue_progress(kind="export", title="导出", by=make_user())
    start_progress(progress=progress, total=1)
    assert tidy(by=machine()) == 0
    Progress.objects.update(started_at=timezone.now() - timedelta(days=2))
    assert (tidy(by=machine()), tidy(by=machine())) == (1, 0)
    progress.refresh_from_db()
    assert progress.state == Progress.State.FAILED
    assert "超过一天" in progress.message


def _job(progress: Progress, *, attempts: int, status: str = "doing") -> ProcrastinateJob:
    """That a worker took up and died with, so often."""
    job = app.configure_task("sanqiao.web.tasks.make_export", queue="of-nobody")
    pk = job.defer(progress=progress.pk, language="zh-hans")
    with connection.cursor() as cursor:
        asked = "UPDATE procrastinate_jobs SET status = %s, attempts = %s WHERE id = %s"
        cursor.execute(asked, [status, attempts, pk])
    found: ProcrastinateJob = ProcrastinateJob.objects.get(pk=pk)
    return found


def _minute() -> int:
    """What the worker does each minute with jobs whose workers died."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as there, ThreadPoolExecutor(1) as worker:
        worker.submit(asyncio.run, _take_up(there)).result()
    return tasks.end_given_up_works(0)


async def _take_up(there: App) -> None:
    async with there.open_async():
        await tasks.take_up_left_jobs(SimpleNamespace(app=there), 0)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_work_whose_worker_died_five_times_has_failed_and_says_why() -> None:
    progress = queue_progress(kind="export", title="导出", by=make_user(), about={"address": "/"})
    start_progress(progress=progress, total=1)
    job = _job(progress, attempts=tasks.ATTEMPTS - 1)
    assert _minute() == 0
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("todo", tasks.ATTEMPTS)

    _died_again(job)
    assert (_minute(), _minute()) == (1, 0)
    job.refresh_from_db()
    progress.refresh_from_db()
    assert (job.status, progress.state) == ("failed", Progress.State.FAILED)
    assert "几次中断" in progress.message
    assert progress.result == {"address": "/"}
    assert Event.objects.get(kind="kernel.works_given_up").data["works"] == 1


def _died_again(job: ProcrastinateJob) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])


def test_a_work_whose_job_lost_the_database_too_often_has_failed() -> None:
    progress = queue_progress(kind="export", title="导出", by=make_user())
    start_progress(progress=progress, total=1)
    _job(progress, attempts=5, status="failed")
    other = queue_progress(kind="export", title="导出", by=make_user())
    _job(other, attempts=1, status="doing")
    assert tasks.end_given_up_works(0) == 1
    progress.refresh_from_db()
    other.refresh_from_db()
    assert (progress.state, other.state) == (Progress.State.FAILED, Progress.State.WAITING)


def test_holidays_of_a_new_version_are_there_within_the_hour() -> None:
    assert tasks.publish_holidays(0) > 0
    assert tasks.publish_holidays(0) == 0
    assert DayException.objects.exists()


def test_an_area_that_moves_today_is_seated_at_night(town: Town, city_officer: User) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    there = Area.objects.get(pk=town.other_township.pk)
    move_area(area=town.community, to=there, on=tomorrow, document="", by=city_officer)
    assert area_tasks.seat_moved_areas(0) == 0

    _a_day_passes(tomorrow)
    assert (area_tasks.seat_moved_areas(0), area_tasks.seat_moved_areas(0)) == (1, 0)
    assert Area.objects.get(pk=town.community.pk).path.startswith(there.path)
    assert Event.objects.get(kind="areas.move_settled").by_id == machine().pk


def _a_day_passes(moved_on: date) -> None:
    today = timezone.localdate()
    AreaEdge.objects.filter(valid_to=moved_on).update(valid_to=today)
    AreaEdge.objects.filter(valid_from=moved_on).update(valid_from=today)
