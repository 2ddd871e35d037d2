"""Does an xlsx fit into the request, and if not, who makes it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from sanqiao.kernel.commands import queue_progress
from sanqiao.kernel.models import Progress
from sanqiao.web.request import Request

from .making import KIND, Making

T = TypeVar("T")
TASK = "sanqiao.web.tasks.make_export"
AT_ONCE = 5_000
"""Rows that a request may wait for: about a second of an xlsx."""
State = Progress.State


def given_to_a_job(
    request: Request, title: str | Promise, rows: QuerySet[Any, Any]
) -> HttpResponseBase | None:
    """The way to the job's page; None when the rows are few, or when this is the job itself."""
    if _making(request) or rows.order_by()[: AT_ONCE + 1].count() <= AT_ONCE:
        return None
    address = request.get_full_path()
    return redirect(
        "jobs:detail", (_under_way(request, address) or _queue(request, title, address)).pk
    )


def counted(request: Request, lines: Iterable[T], rows: QuerySet[Any, Any]) -> Iterator[T]:
    """The same lines; in a job each thousandth tells how far it is, and hears a stop."""
    making = _making(request)
    return making.counted(lines, rows.order_by().count()) if making else iter(lines)


def folder(request: Request) -> str | None:
    """Where the file is written; None is the system's place for what lasts a request."""
    making = _making(request)
    return str(making.folder) if making else None


def _making(request: Request) -> Making | None:
    return getattr(request, "making", None)


def _under_way(request: Request, address: str) -> Progress | None:
    """The same file asked for twice is made once."""
    lately = timezone.now() - timedelta(hours=1)
    mine = Progress.objects.filter(started_by=request.user, kind=KIND, made_at__gt=lately)
    waiting = mine.filter(state__in=[State.WAITING, State.RUNNING], stop_asked=False)
    return waiting.filter(result__address=address).first()


def _queue(request: Request, title: str | Promise, address: str) -> Progress:
    words = _("导出：%(title)s") % {"title": title}
    progress = queue_progress(
        kind=KIND, title=words[:200], by=request.user, about={"address": address}
    )
    job = app.configure_task(TASK, lock=f"export-{progress.pk}")
    job.defer(progress=progress.pk, language=get_language() or "zh-hans")
    return progress
