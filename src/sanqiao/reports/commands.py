from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.commands import append_link
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.areas.models import Area

from . import policies
from .compose import compose
from .documents.docx import write_docx
from .documents.html import write_html
from .documents.manifest import digest_of_text, evidence_digest
from .documents.model import Report
from .documents.pdf import write_pdf
from .models import FrozenNumber, Publication, WorkReport, published_root
from .narrative import parse

PUBLICATIONS = "publications"
REASONS = {
    "work_report_number": Reason(
        "reports.number_taken", "number", gettext_lazy("这个发文字号已经用过")
    )
}
Tell = Callable[[int, int, str], None]
"""Steps done, of how many, and what comes next."""
STEPS = 5


def _to_nobody(_done: int, _total: int, _next: str) -> None:
    """Nobody waits for it."""


@transaction.atomic
def draft_report(
    *, area: Area, title: str, text: str, start: date, as_of: date, by: User, **heads: str
) -> WorkReport:
    """Start a report. `heads`: organ, number, addressee, sign, copied_to.

    Raises Refused: reports.not_yours_to_build, reports.bad_binding, reports.wrong_period,
    reports.number_taken.
    """
    policies.check_can_build(area, by)
    _check_text(text, start, as_of)
    with refusing(REASONS):
        report = WorkReport.objects.create(
            area=area, area_path=area.path, title=title, text=text, start=start, as_of=as_of,
            made_by=by, **heads,
        )  # fmt: skip
    note("reports.report_drafted", subject=report, by=by)
    return report


@transaction.atomic
def change_report(
    *, report: WorkReport, title: str, text: str, start: date, as_of: date, by: User
) -> WorkReport:
    """Rewrite a draft. Raises Refused: reports.already_published, reports.bad_binding, …"""
    report = WorkReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    policies.check_is_draft(report)
    policies.check_can_build(report.area, by)
    _check_text(text, start, as_of)
    report.title, report.text, report.start, report.as_of = title, text, start, as_of
    report.save(update_fields=["title", "text", "start", "as_of"])
    note("reports.report_changed", subject=report, by=by)
    return report


def _check_text(text: str, start: date, as_of: date) -> None:
    parse(text)
    if start > as_of:
        message = _("期间的起始日期不能晚于截止日期。")
        raise Refused("reports.wrong_period", message, field="start")


@transaction.atomic
def publish_report(*, report: WorkReport, by: User, tell: Tell = _to_nobody) -> Publication:
    """Freeze every number, seal, and lay the documents down; all or nothing. `tell` hears how far
    it is before each step.

    Files come first under a name nobody knows; the row that names them is committed last. What a
    killed process left of this report goes before.
    Raises Refused: reports.already_published, reports.not_yours_to_publish, and compose's.
    """
    report = WorkReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    policies.check_can_publish(report, by)
    place = _place_for(report)
    try:
        publication = _publish(report, place, by, tell)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    note("reports.report_published", subject=report, by=by, digest=publication.evidence_digest)
    return publication


def _place_for(report: WorkReport) -> Path:
    """Where its files will lie: an own name, as a process that has lost its database may still be
    writing. Under the lock of a draft, other folders of the report are nobody's."""
    for left in published_root().glob(f"{report.pk}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return published_root() / f"{report.pk}-{uuid.uuid4().hex[:16]}"


def _publish(report: WorkReport, place: Path, by: User, tell: Tell) -> Publication:
    tell(0, STEPS, _("正在读数字"))
    frozen = compose(
        report,
        folder=place / "report.evidence",
        before_freezing=lambda: tell(1, STEPS, _("正在冻结记录")),
    )
    link = append_link(
        chain=PUBLICATIONS,
        kind="reports.report_published",
        subject=report,
        by=by,
        data={"evidence": evidence_digest(frozen), "number": report.number},
    )
    document = replace(frozen, seal=str(by), chain_head=link.digest)
    write_documents(document, place, tell)
    report.state = WorkReport.State.PUBLISHED
    report.save(update_fields=["state"])
    publication = Publication.objects.create(
        report=report, area=report.area, area_path=report.area_path, folder=place.name,
        evidence_digest=evidence_digest(document), chain_seq=link.seq, chain_digest=link.digest,
        published_by=by, published_at=link.at,
    )  # fmt: skip
    FrozenNumber.objects.bulk_create(frozen_numbers(publication, document))
    return publication


def write_documents(report: Report, place: Path, tell: Tell = _to_nobody) -> None:
    """report.docx, report.pdf and report.html with one evidence folder beside them."""
    place.mkdir(parents=True, exist_ok=True)
    tell(2, STEPS, _("正在写 Word 文件"))
    write_docx(report, place / "report.docx")
    tell(3, STEPS, _("正在排 PDF"))
    write_pdf(report, place / "report.pdf")
    tell(4, STEPS, _("正在写网页"))
    write_html(report, place / "report.html")
    tell(STEPS, STEPS, "")


def frozen_numbers(publication: Publication, document: Report) -> list[FrozenNumber]:
    return [
        FrozenNumber(
            publication=publication, key=e.key, figure=e.figure, since=e.since,
            area_key=e.area_code, start=e.start, as_of=e.as_of, value=e.value, printed=e.printed,
            rows=sum(term.rows for term in e.terms),
            digest=digest_of_text("".join(term.digest for term in e.terms)),
        )
        for e in document.evidence
    ]  # fmt: skip
