"""An order of very many people: asked for in a request, frozen by a job, whole or not at all.

The job's progress is over in the transaction in which the list stands, so that a job that is
killed anywhere and begun again finds either both or neither.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from psycopg.sql import SQL

from sanqiao.kernel.commands import Stopped, advance, finish, queue_progress, start_progress
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Progress, User
from sanqiao.kernel.scope import acting_as
from sanqiao.kernel.staging import run

from . import policies
from .audience import number_called
from .commands import order_mobilisation
from .commands.drafting import locked
from .models import Mobilisation

KIND = "mobilisation.order"
TASK = "sanqiao.work.mobilisation.tasks.order"
AT_ONCE = 5_000
"""People whose list a request may wait for: a third of a second."""
CHECKED_AT_ONCE = SQL("SET CONSTRAINTS ALL IMMEDIATE")
"""Each portion is checked as it is written; else the commit, after the last word of how far it is,
takes half as long as all that came before."""
State = Progress.State


@transaction.atomic
def ask_order(*, mobilisation: Mobilisation, by: User) -> Progress | None:
    """Order at once when few are called; else the progress of the job that orders. Asked twice,
    it is the same one.

    Raises Refused: those of `order_mobilisation`, mobilisation.being_ordered.
    """
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, Mobilisation.State.DRAFT)
    found = under_way(mobilisation)
    if found:
        return _mine(found, by)
    day = timezone.localdate()
    if number_called(mobilisation, day, AT_ONCE + 1) <= AT_ONCE:
        order_mobilisation(mobilisation=mobilisation, on=day, by=by)
        return None
    return _queue(mobilisation, day, by)


def under_way(mobilisation: Mobilisation) -> Progress | None:
    """The job that orders it now, or soon. One that nobody has ended for an hour is given up."""
    lately = timezone.now() - timedelta(hours=1)
    jobs = Progress.objects.filter(kind=KIND, made_at__gt=lately, stop_asked=False)
    running = jobs.filter(state__in=[State.WAITING, State.RUNNING])
    return running.filter(result__mobilisation=mobilisation.pk).select_related("started_by").first()


def _mine(found: Progress, by: User) -> Progress:
    if found.started_by_id != by.pk:
        words = _("%(name)s正在定这份名单。") % {"name": found.started_by}
        raise Refused("mobilisation.being_ordered", words)
    return found


def _queue(mobilisation: Mobilisation, day: date, by: User) -> Progress:
    words = _("定名单：%(title)s") % {"title": mobilisation.title}
    about = {"mobilisation": mobilisation.pk, "on": day.isoformat(), "rule": mobilisation.rule}
    progress = queue_progress(kind=KIND, title=words, by=by, about=about)
    job = app.configure_task(TASK, lock=f"mobilisation-order-{mobilisation.pk}")
    job.defer(progress=progress.pk, language=get_language() or "zh-hans")
    return progress


def make_order(pk: int, language: str) -> None:
    """The job's side. Refusals are told in the progress; what is over stays as it is."""
    progress = Progress.objects.get(pk=pk)
    about = dict(progress.result)
    if not start_progress(progress=progress, total=0, again=True):
        return
    try:
        with override(language):
            _order(progress, about)
    except Stopped:
        finish(progress=progress, state=State.STOPPED, result=about)
    except Refused as refusal:
        finish(progress=progress, state=State.FAILED, message=str(refusal.message), result=about)
    except OperationalError:
        raise  # the database went away: the queue tries again
    except Exception:
        with override(language):
            words = _("没有做成，请再试一次；仍不行请告诉系统管理员。")
        finish(progress=progress, state=State.FAILED, message=words, result=about)
        raise


def _order(progress: Progress, about: dict[str, Any]) -> None:
    """In the name of who asked, with the rights of now. Raises Stopped, Refused."""
    by = User.objects.filter(pk=progress.started_by_id, is_active=True).first()
    if by is None:
        raise _no_right()

    def tell(done: int, total: int) -> None:
        if not advance(progress=progress, done=done, total=total):
            raise Stopped

    with acting_as(by, request=f"order-{progress.pk}"):
        run(CHECKED_AT_ONCE)
        mobilisation = _seen(about, by)
        day = date.fromisoformat(about["on"])
        order_mobilisation(mobilisation=mobilisation, on=day, by=by, tell=tell)
        finish(progress=progress, result=about)


def _seen(about: dict[str, Any], by: User) -> Mobilisation:
    """Raises Refused: mobilisation.no_right, mobilisation.changed."""
    found = Mobilisation.objects.visible_to(by).filter(pk=about["mobilisation"]).first()
    if found is None:
        raise _no_right()
    mobilisation = locked(found)
    if mobilisation.rule != about["rule"]:
        words = _("定名单之前规则又改了，请再看一遍对象。")
        raise Refused("mobilisation.changed", words)
    return mobilisation


def _no_right() -> Refused:
    return Refused("mobilisation.no_right", _("您不能在这个区划发起动员。"))
