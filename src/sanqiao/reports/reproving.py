"""Proving anew takes seconds: asked for in a request, done by a job, which keeps what it found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel import working
from sanqiao.kernel.models import Progress, User, note
from sanqiao.kernel.working import Work, carry_out

from . import policies
from .documents.printing import printed
from .models import Publication
from .proving import Reproof, reprove

KIND = "reports.prove"
TASK = "sanqiao.reports.tasks.prove"
NAMED = 20
"""So many rows that differ are named; of the others it is kept how many they are."""


@transaction.atomic
def ask_proof(*, publication: Publication, by: User) -> Progress:
    """The progress of the job that proves it, or of one that does so already.

    Raises Refused: reports.not_yours_to_prove.
    """
    policies.check_can_prove(publication, by)
    about: dict[str, Any] = {"report": publication.report_id}
    words = _("核对：%(title)s") % {"title": publication.report.title}
    lock = f"report-prove-{publication.report_id}"
    found = under_way(publication)
    if found and found.started_by_id == by.pk:
        return found
    return working.leave_to_job(kind=KIND, title=words, task=TASK, lock=lock, by=by, about=about)


def under_way(publication: Publication) -> Progress | None:
    """The job that proves it now, or soon."""
    return working.under_way(KIND, report=publication.report_id)


def last_proof(publication: Publication) -> Progress | None:
    """The job that proved it last. Its result has in `numbers` by key those that differ:
    `now`, as it would be printed, and the `rows` that came, went and changed (how many, the first
    ids)."""
    proofs = Progress.objects.filter(kind=KIND, state=Progress.State.DONE)
    of_it = proofs.filter(result__report=publication.report_id).select_related("started_by")
    return of_it.order_by("-ended_at").first()


def make_proof(pk: int, language: str) -> None:
    """The job's side."""
    carry_out(pk, language, _prove)


def _prove(work: Work) -> None:
    """Raises Stopped, Refused: reports.not_yours_to_prove."""
    published = Publication.objects.visible_to(work.by).select_related("report")
    publication = published.filter(report=work.about["report"]).first()
    if publication is None:
        raise policies.not_yours_to_prove()
    policies.check_can_prove(publication, work.by)
    work.tell(0, 1, _("正在逐个核对数字"))
    different = found_in(reprove(publication))
    work.about["numbers"] = different
    note("reports.report_proved", subject=publication.report, by=work.by, different=len(different))
    work.tell(1, 1)
    work.finish()


def found_in(proofs: Iterable[Reproof]) -> dict[str, dict[str, Any]]:
    """By key what differs, as it is kept."""
    return {
        proof.evidence.key: {
            "now": printed(proof.now, proof.evidence.style),
            "rows": [
                [len(rows), rows[:NAMED]] for rows in (proof.added, proof.removed, proof.changed)
            ],
        }
        for proof in proofs
        if not proof.same
    }
