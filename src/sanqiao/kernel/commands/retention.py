"""Logs end too: personal data of who looked at whom is kept as long as the rule says."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django.models import ProcrastinateJob

from sanqiao.kernel.models import Progress, Session, User, note
from sanqiao.kernel.secure import KEEP_LOG_DAYS

from .jobs import finish

STALE = timedelta(days=1)
State = Progress.State


@transaction.atomic
def purge_looks(*, by: User) -> int:
    """Remove the access log older than KEEP_LOG_DAYS; how many rows. A repetition removes nothing.

    The database itself refuses what is younger than the law wants: IntegrityError.
    """
    days = getattr(settings, "KEEP_LOG_DAYS", KEEP_LOG_DAYS)
    before = timezone.now() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sanqiao_purge_looks(%s)", [before])
        purged = int(cursor.fetchone()[0])
    if purged:
        note("kernel.looks_purged", subject=by, by=by, before=before.isoformat(), rows=purged)
    return purged


@transaction.atomic
def tidy(*, by: User) -> int:
    """Sessions that are over, and works that no worker finished within a day; how many works."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    left = Progress.objects.filter(state=State.RUNNING, started_at__lt=now - STALE)
    words = _("超过一天没有做完，请再试一次；仍不行请告诉系统管理员。")
    failed = left.update(state=State.FAILED, message=words, ended_at=now)
    if failed:
        note("kernel.works_given_up", subject=by, by=by, works=failed)
    return failed


@transaction.atomic
def end_given_up(*, by: User) -> int:
    """Works whose job the queue has given up have failed, and their askers read why; how many."""
    number = BigIntegerField()
    given_up = ProcrastinateJob.objects.filter(status="failed", args__has_key="progress")
    of_it = given_up.annotate(of=Cast(KT("args__progress"), number)).filter(of=OuterRef("pk"))
    language = Subquery(of_it.annotate(language=KT("args__language")).values("language")[:1])
    left = Progress.objects.filter(ended_at=None).annotate(language=language)
    works = list(left.exclude(language=None))
    for work in works:
        with override(work.language):
            words = _(
                "做它的程序几次中断，已不再试，什么也没有改动。请再试一次；仍不行请告诉系统管理员。"
            )
        finish(progress=work, state=State.FAILED, message=words, result=work.result)
    if works:
        note("kernel.works_given_up", subject=by, by=by, works=len(works))
    return len(works)
