"""How far a long work is. Progress is no record: it leaves no event and no history.

`advance` writes on a connection of its own, so that others see it while the work's own
transaction is still open; start the progress before that transaction.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from sanqiao.kernel.models import Progress, User

State = Progress.State


def queue_progress(*, kind: str, title: str, by: User) -> Progress:
    """A work that waits for a worker; hand its id to the job in the same transaction."""
    return Progress.objects.create(kind=kind, title=title, started_by=by)


def start_progress(*, progress: Progress, total: int) -> bool:
    """It runs now, `total` steps long. False when it was stopped or begun already."""
    waiting = Progress.objects.filter(pk=progress.pk, state=State.WAITING, stop_asked=False)
    started = waiting.update(state=State.RUNNING, total=total, started_at=timezone.now())
    progress.refresh_from_db()
    return bool(started)


def advance(*, progress: Progress, done: int, message: str = "") -> bool:
    """So far `done` steps of the total. False when somebody asked to stop. 1 ms, seen at once."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_progress SET done = least(%s, total), message = %s"
                " WHERE id = %s RETURNING NOT stop_asked",
                [done, message, progress.pk],
            )
            row = cursor.fetchone()
    finally:
        own.close()
    return row is None or bool(row[0])


def ask_stop(*, progress: Progress, by: User) -> Progress:
    """Ask a work to stop at its next step; one that still waits is stopped at once."""
    mine = Progress.objects.filter(pk=progress.pk, started_by=by)
    mine.filter(state=State.WAITING).update(state=State.STOPPED, ended_at=timezone.now())
    mine.filter(~Q(state=State.STOPPED)).update(stop_asked=True)
    progress.refresh_from_db()
    return progress


def finish(
    *, progress: Progress, state: str = State.DONE, message: str = "", result: Any = None
) -> Progress:
    """It ended: done, failed or stopped. Ending twice changes nothing."""
    running = Progress.objects.filter(pk=progress.pk, ended_at=None)
    running.update(state=state, message=message, result=result or {}, ended_at=timezone.now())
    progress.refresh_from_db()
    return progress
