"""A long act as a job: asked for in a request, done by a worker, whole or not at all.

The job's progress is over in the transaction in which the act stands, so that a job that is
killed anywhere and begun again finds either both or neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from .commands import Stopped, advance, finish, queue_progress, start_progress
from .errors import Refused
from .models import Progress, User
from .scope import acting_as

State = Progress.State


@dataclass(frozen=True)
class Work:
    """What was asked for: `about` says of what and in which state, `by` whom."""

    progress: Progress
    about: dict[str, Any]
    by: User

    def tell(self, done: int, total: int, message: str = "") -> None:
        """Others see it at once. Raises Stopped."""
        if not advance(progress=self.progress, done=done, total=total, message=message):
            raise Stopped

    def finish(self, message: str = "") -> None:
        """In the transaction of the act."""
        finish(progress=self.progress, message=message, result=self.about)


def under_way(kind: str, **about: Any) -> Progress | None:
    """The job that does it now, or soon. One that nobody has ended for an hour is given up."""
    lately = timezone.now() - timedelta(hours=1)
    jobs = Progress.objects.filter(kind=kind, made_at__gt=lately, stop_asked=False)
    running = jobs.filter(state__in=[State.WAITING, State.RUNNING])
    asked = {f"result__{name}": value for name, value in about.items()}
    return running.filter(**asked).select_related("started_by").first()


def leave_to_job(
    *, kind: str, title: str, task: str, lock: str, by: User, about: dict[str, Any]
) -> Progress:
    """Its progress; the job waits in the queue once the transaction is committed."""
    progress = queue_progress(kind=kind, title=title, by=by, about=about)
    job = app.configure_task(task, lock=lock)
    job.defer(progress=progress.pk, language=get_language() or "zh-hans")
    return progress


def carry_out(pk: int, language: str, act: Callable[[Work], None]) -> None:
    """The job's side, in the name of who asked, with the rights of now.

    Refusals are told in the progress; what is over stays as it is; a stop that was asked of a
    killed worker ends it.
    """
    progress = Progress.objects.get(pk=pk)
    about = dict(progress.result)
    if not start_progress(progress=progress, total=0, again=True):
        finish(progress=progress, state=State.STOPPED, result=about)  # who was killed could not
        return
    try:
        with override(language):
            _act(progress, about, act)
    except Stopped:
        with override(language):
            words = _("什么也没有改动。")
        finish(progress=progress, state=State.STOPPED, message=words, result=about)
    except Refused as refusal:
        finish(progress=progress, state=State.FAILED, message=str(refusal.message), result=about)
    except OperationalError:
        raise  # the database went away: the queue tries again
    except Exception:
        with override(language):
            words = _("没有做成，请再试一次；仍不行请告诉系统管理员。")
        finish(progress=progress, state=State.FAILED, message=words, result=about)
        raise


def _act(progress: Progress, about: dict[str, Any], act: Callable[[Work], None]) -> None:
    """Raises Stopped, Refused: kernel.account_closed and those of the act."""
    by = User.objects.filter(pk=progress.started_by_id, is_active=True).first()
    if by is None:
        raise Refused("kernel.account_closed", _("发起人的账号已停用。"))
    with acting_as(by, request=f"job-{progress.pk}"):
        act(Work(progress, about, by))
