from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from sanqiao.kernel.commands import ask_stop
from sanqiao.kernel.models import Progress, User, note
from sanqiao.reports import publishing, reproving
from sanqiao.web.access import allowed
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.exporting.keeping import kept
from sanqiao.web.exporting.making import KIND
from sanqiao.web.imports import large
from sanqiao.web.listing.export import XLSX
from sanqiao.web.request import Request
from sanqiao.work.mobilisation import large_orders


def jobs_of(user: User) -> QuerySet[Progress]:
    """One's own; the system administrator's are all."""
    rows = Progress.objects.select_related("started_by")
    return rows if "jobs.view" in user.acts else rows.filter(started_by=user)


OUTCOMES = {
    large_orders.KIND: ("mobilisations:detail", "mobilisation", gettext_lazy("打开动员")),
    publishing.KIND: ("reports:detail", "report", gettext_lazy("打开综述")),
    reproving.KIND: ("reports:proof", "report", gettext_lazy("打开核对结果")),
}
"""The page of what a job of each kind was about, by whose id, and what leads there."""


def outcomes_of(job: Progress, reader: User) -> list[Action]:
    """Where the outcome of a job stands; nowhere when it is a file or nothing."""
    if not job.is_over:
        return []
    if job.kind in large.KINDS and job.started_by_id == reader.pk:
        return large.outcomes_of(job)
    if job.kind in OUTCOMES:
        page, key, words = OUTCOMES[job.kind]
        return [Action(words, address(page, job.result[key]), "right")]
    return []


@allowed()
def job_list(request: Request) -> HttpResponse:
    jobs = jobs_of(request.user).order_by("-id")[:50]
    return render(request, "jobs/job_list.html", {"jobs": jobs})


@allowed()
def job_detail(request: Request, pk: int) -> HttpResponse:
    job = get_object_or_404(jobs_of(request.user), pk=pk)
    may_stop = job.started_by_id == request.user.pk and not job.is_over
    return render(request, "jobs/job_detail.html", shown(request, job) | {"may_stop": may_stop})


@allowed()
def job_progress(request: Request, pk: int) -> HttpResponse:
    """Asked again by itself; who waited for a page is led there when it is done, and who waited for
    anything else sees the end of it, and no button to stop it."""
    job = get_object_or_404(jobs_of(request.user), pk=pk)
    outcomes = outcomes_of(job, request.user)
    if job.state == job.State.DONE and outcomes:
        return HttpResponseClientRedirect(outcomes[0].href)
    if job.is_over:
        return HttpResponseClientRefresh()
    return render(request, "components/progress.html", shown(request, job))


def shown(request: Request, job: Progress) -> dict[str, Any]:
    """What the progress says; the file is for who asked for it, whoever else may look on."""
    mine = job.started_by_id == request.user.pk
    file = kept(job) if mine and job.kind == KIND and job.state == job.State.DONE else None
    outcomes = outcomes_of(job, request.user)
    return {"job": job, "left": job.seconds_left, "file": file, "outcomes": outcomes}


@allowed("export")
def job_file(request: Request, pk: int) -> FileResponse:
    """The made file, while its day lasts; each fetching is an event."""
    job = get_object_or_404(Progress, pk=pk, started_by=request.user)
    file = shown(request, job)["file"]
    if file is None:
        raise Http404(_("文件只保留一天；请重新导出"))
    rows = job.result.get("rows")
    note("kernel.export_fetched", subject=request.user, by=request.user, title=job.title, rows=rows)
    answer = FileResponse(file.open("rb"), content_type=XLSX)
    answer.headers["Content-Disposition"] = job.result["file"]
    return answer


@allowed()
@require_POST
def job_stop(request: Request, pk: int) -> HttpResponse:
    job = get_object_or_404(Progress, pk=pk, started_by=request.user)
    ask_stop(progress=job, by=request.user)
    return redirect("jobs:detail", pk)
