"""The reference work report: our own words, every number bound."""

from __future__ import annotations

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area

from .commands import draft_report, publish_report
from .models import Publication, WorkReport

NUMBER = "十组发〔2020〕12号"
START, AS_OF = date(2020, 1, 23), date(2020, 6, 30)


def reference_text() -> str:
    return (files("sanqiao.reports") / "narratives" / "reference.txt").read_text("utf-8")


def build_reference_report(*, by: User, out: Path) -> Publication:
    """Draft, publish and copy to `out`; what was published before is only copied again."""
    report = WorkReport.objects.filter(number=NUMBER).first() or _draft(by)
    publication = Publication.objects.filter(report=report).first()
    publication = publication or publish_report(report=report, by=by)
    shutil.copytree(publication.file("docx").parent, out, dirs_exist_ok=True)
    return publication


def _draft(by: User) -> WorkReport:
    return draft_report(
        area=Area.objects.get(level=Area.Level.CITY),
        title="全市党建引领基层治理工作综述",
        organ="中共十堰市委组织部文件",
        number=NUMBER,
        addressee="各县（市、区）党委组织部，市直各单位党委（党组）",
        sign="中共十堰市委组织部",
        copied_to="市委办公室，市政府办公室。",
        text=reference_text(),
        start=START,
        as_of=AS_OF,
        by=by,
    )
