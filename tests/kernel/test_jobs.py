"""Progress is seen by others while the work is still under way, and can be stopped."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sanqiao.kernel.commands import advance, ask_stop, finish, queue_progress, start_progress
from sanqiao.kernel.models import Progress, User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from tests.make import make_user

pytestmark = pytest.mark.django_db(transaction=True)
State = Progress.State


@pytest.fixture
def progress() -> Progress:
    return queue_progress(kind="import", title="导入党员", by=make_user())


def seen_by_others(progress: Progress) -> Progress:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT done, message FROM kernel_progress WHERE id = %s", [progress.pk])
            done, message = cursor.fetchone()
    finally:
        other.close()
    return Progress(done=done, message=message)


def test_others_see_how_far_it_is_before_it_commits(progress: Progress) -> None:
    start_progress(progress=progress, total=500)
    with acting_as(progress.started_by, scope=EVERYTHING):
        User.objects.update(display_name="同一事务")
        assert advance(progress=progress, done=200, message="校验")
        seen = seen_by_others(progress)
        assert (seen.done, seen.message) == (200, "校验")


def test_a_stop_is_heard_at_the_next_step(progress: Progress) -> None:
    start_progress(progress=progress, total=10)
    assert advance(progress=progress, done=1)
    ask_stop(progress=progress, by=progress.started_by)
    assert not advance(progress=progress, done=2)
    assert finish(progress=progress, state=State.STOPPED).is_over


def test_one_that_waits_is_stopped_at_once_and_never_starts(progress: Progress) -> None:
    assert ask_stop(progress=progress, by=progress.started_by).state == State.STOPPED
    assert not start_progress(progress=progress, total=10)


def test_only_who_started_it_stops_it(progress: Progress) -> None:
    assert not ask_stop(progress=progress, by=make_user()).stop_asked


def test_it_starts_once_and_ends_once(progress: Progress) -> None:
    assert start_progress(progress=progress, total=10)
    assert not start_progress(progress=progress, total=20)
    assert finish(progress=progress, result={"created": 3}).result == {"created": 3}
    assert finish(progress=progress, state=State.FAILED).state == State.DONE


def test_more_than_the_total_is_the_total(progress: Progress) -> None:
    start_progress(progress=progress, total=10)
    advance(progress=progress, done=11)
    progress.refresh_from_db()
    assert progress.done == 10


def test_time_left_follows_the_pace() -> None:
    progress = Progress(state=State.RUNNING, total=100, done=0, started_at=timezone.now())
    assert progress.seconds_left is None
    progress.done, progress.started_at = 25, timezone.now() - timedelta(seconds=10)
    assert progress.seconds_left == 30
    progress.state = State.DONE
    assert progress.seconds_left is None
