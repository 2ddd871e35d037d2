"""Logs end too: personal data of who looked at whom is kept as long as the rule says."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from sanqiao.kernel.models import Progress, Session, User, note
from sanqiao.kernel.secure import KEEP_LOG_DAYS

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
    failed = left.update(state=State.FAILED, ended_at=now)
    if failed:
        note("kernel.works_given_up", subject=by, by=by, works=failed)
    return failed
