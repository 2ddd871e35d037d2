"""Reports in the making and in print, without their documents."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.reports.models import Publication, WorkReport


def make_report(*, area: Area, made_by: User, **given: Any) -> WorkReport:
    """A draft on the first half of 2020."""
    usual = {
        "title": "综述", "text": "正文。", "sign": "某", "start": date(2020, 1, 1),
        "as_of": date(2020, 6, 30), "area_path": area.path,
    }  # fmt: skip
    return WorkReport.objects.create(area=area, made_by=made_by, **usual | given)


def make_publication(*, area: Area, made_by: User) -> Publication:
    report = make_report(area=area, made_by=made_by, state="published")
    return Publication.objects.create(
        report=report, area=area, area_path=area.path, folder=f"folder{report.pk}",
        evidence_digest="0", chain_seq=report.pk, chain_digest="0", published_by=made_by,
        published_at=timezone.now(),
    )  # fmt: skip
