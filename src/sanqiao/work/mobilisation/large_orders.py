"""An order of very many people: asked for in a request, frozen by a job, whole or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.sql import SQL

from sanqiao.kernel import working
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Progress, User
from sanqiao.kernel.staging import run
from sanqiao.kernel.working import Work, carry_out

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
    """The job that orders it now, or soon."""
    return working.under_way(KIND, mobilisation=mobilisation.pk)


def _mine(found: Progress, by: User) -> Progress:
    if found.started_by_id != by.pk:
        words = _("%(name)s正在定这份名单。") % {"name": found.started_by}
        raise Refused("mobilisation.being_ordered", words)
    return found


def _queue(mobilisation: Mobilisation, day: date, by: User) -> Progress:
    words = _("定名单：%(title)s") % {"title": mobilisation.title}
    about = {"mobilisation": mobilisation.pk, "on": day.isoformat(), "rule": mobilisation.rule}
    lock = f"mobilisation-order-{mobilisation.pk}"
    return working.leave_to_job(kind=KIND, title=words, task=TASK, lock=lock, by=by, about=about)


def make_order(pk: int, language: str) -> None:
    """The job's side."""
    carry_out(pk, language, _order)


def _order(work: Work) -> None:
    """Raises Stopped, Refused."""
    run(CHECKED_AT_ONCE)
    mobilisation = _seen(work.about, work.by)
    day = date.fromisoformat(work.about["on"])
    order_mobilisation(mobilisation=mobilisation, on=day, by=work.by, tell=work.tell)
    work.finish()


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
