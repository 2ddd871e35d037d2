"""Publishing takes seconds: asked for in a request, done by a job, whole or not at all."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel import working
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Progress, User
from sanqiao.kernel.working import Work, carry_out

from . import policies
from .commands import publish_report
from .models import WorkReport

KIND = "reports.publish"
TASK = "sanqiao.reports.tasks.publish"


@transaction.atomic
def ask_publication(*, report: WorkReport, by: User) -> Progress:
    """The progress of the job that publishes it as it reads now. Asked twice, it is the same one.

    Raises Refused: reports.already_published, reports.not_yours_to_publish,
    reports.being_published.
    """
    report = WorkReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    policies.check_can_publish(report, by)
    found = under_way(report)
    if found is None:
        return _queue(report, by)
    if found.started_by_id != by.pk:
        words = _("%(name)s正在印发这篇综述。") % {"name": found.started_by}
        raise Refused("reports.being_published", words)
    return found


def under_way(report: WorkReport) -> Progress | None:
    """The job that publishes it now, or soon."""
    return working.under_way(KIND, report=report.pk)


def _queue(report: WorkReport, by: User) -> Progress:
    words = _("印发：%(title)s") % {"title": report.title}
    about: dict[str, Any] = {"report": report.pk, "draft": draft_digest(report)}
    lock = f"report-publish-{report.pk}"
    return working.leave_to_job(kind=KIND, title=words, task=TASK, lock=lock, by=by, about=about)


def draft_digest(report: WorkReport) -> str:
    """Of everything in a draft that can be changed, and of what stands above and below it."""
    read = (
        report.title, report.text, report.start, report.as_of, report.organ, report.number,
        report.addressee, report.sign, report.copied_to,
    )  # fmt: skip
    plain = [part.isoformat() if isinstance(part, date) else part for part in read]
    return sha256("\0".join(plain).encode()).hexdigest()


def make_publication(pk: int, language: str) -> None:
    """The job's side."""
    carry_out(pk, language, _publish)


def _publish(work: Work) -> None:
    """Raises Stopped, Refused."""
    publish_report(report=_seen(work), by=work.by, tell=work.tell)
    work.finish()


def _seen(work: Work) -> WorkReport:
    """As it was when somebody asked. Raises Refused: reports.not_yours_to_publish, changed."""
    reports = WorkReport.objects.visible_to(work.by).filter(pk=work.about["report"])
    report = reports.select_for_update(of=("self",)).first()
    if report is None:
        raise policies.not_yours_to_publish()
    if draft_digest(report) != work.about["draft"]:
        raise Refused("reports.changed", _("印发之前正文又改了，请再看一遍预览。"))
    return report
