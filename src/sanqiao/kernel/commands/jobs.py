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


class Stopped(Exception):
    """Somebody asked the work to stop; whoever does it raises this and leaves nothing behind."""


def queue_progress(
    *, kind: str, title: str, by: User, about: dict[str, Any] | None = None
) -> Progress:
    """A work that waits for a worker; hand its id to the job in the same transaction."""
    return Progress.objects.create(kind=kind, title=title, started_by=by, result=about or {})


def start_progress(*, progress: Progress, total: int, again: bool = False) -> bool:
    """It runs now, `total` steps long. False when it was stopped, or begun already and not `again`,
    which is for a work whose worker died."""
    states = [State.WAITING, State.RUNNING] if again else [State.WAITING]
    waiting = Progress.objects.filter(pk=progress.pk, state__in=states, stop_asked=False)
    started = waiting.update(state=State.RUNNING, total=total, done=0, started_at=timezone.now())
    progress.refresh_from_db()
    return bool(started)


def advance(*, progress: Progress, done: int, message: str = "", total: int | None = None) -> bool:
    """So far `done` steps of the total, which may be known only now. False when somebody asked to
    stop. 1 ms, seen at once."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_progress SET done = least(%s, coalesce(%s, total)),"
                " total = coalesce(%s, total), message = %s WHERE id = %s RETURNING NOT stop_asked",
                [done, total, total, message, progress.pk],
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
