from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from sanqiao.kernel.commands import machine
from sanqiao.kernel.periods import Year
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.registers.areas.models import Area

from .commands import draft_member_reports, draft_unit_reports
from .halves import Half

LATE_RECORDS = timedelta(days=60)


@app.periodic(cron="30 3 * * *")
@app.task(queue="care", queueing_lock="draft-reports")
def draft_reports(timestamp: int) -> int:
    """Each night for sixty days after a half or a year: its reports, with records that came late.

    What is confirmed stays; how many drafts are new or changed.
    """
    return draft_due(timezone.localdate())


def draft_due(today: date) -> int:
    half, year = Half.containing(_before(Half.containing(today).first)), Year(today.year - 1)
    with acting_as(by := machine(), scope=EVERYTHING, request="nightly"):
        done = 0
        for area in Area.objects.filter(parent=None):
            if today - half.last <= LATE_RECORDS:
                found = draft_member_reports(half=half, area=area, by=by)
                done += found.created + found.changed
            if today - year.last <= LATE_RECORDS:
                found = draft_unit_reports(year=year, area=area, by=by)
                done += found.created + found.changed
    return done


def _before(day: date) -> date:
    return day - timedelta(days=1)
