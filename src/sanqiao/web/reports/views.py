from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from sanqiao.figures import catalogue
from sanqiao.kernel.errors import Refused
from sanqiao.registers.areas.models import Area
from sanqiao.reports import reproving
from sanqiao.reports.commands import change_report, draft_report
from sanqiao.reports.compose import compose
from sanqiao.reports.documents.html import write_html
from sanqiao.reports.models import FrozenNumber, Publication, WorkReport
from sanqiao.reports.policies import check_can_build, check_is_draft
from sanqiao.reports.publishing import ask_publication, under_way
from sanqiao.reports.reference import reference_text
from sanqiao.web.access import allowed, ask
from sanqiao.web.addresses import address
from sanqiao.web.downloads import file_name
from sanqiao.web.forms import form_page
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .forms import DraftForm, ReportForm, initial_of
from .lists import REPORTS

KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}


@allowed("reports.view")
def report_list(request: Request) -> HttpResponseBase:
    return REPORTS.respond(request)


def find(request: Request, report_id: int) -> WorkReport:
    reports = WorkReport.objects.visible_to(request.user).select_related("area", "made_by")
    return get_object_or_404(reports, pk=report_id)


@allowed("reports.view")
def report_detail(request: Request, report_id: int) -> HttpResponse:
    report = find(request, report_id)
    publication = Publication.objects.filter(report=report).select_related("published_by").first()
    context = {
        "report": report,
        "publication": publication,
        "numbers": numbers_of(publication) if publication else [],
        "holds": holds(request, report),
        "publishing": None if publication else under_way(report),
        "may_build": request.user.may("reports.build", area=report.area.path),
        "may_publish": request.user.may("reports.publish", area=report.area.path),
    }
    return render(request, "reports/detail.html", context)


def holds(request: Request, report: WorkReport) -> bool:
    """Is the report of the reader's own area, and not only given out to those below it?"""
    return request.user.may("reports.view", area=report.area.path)


def numbers_of(publication: Publication) -> list[tuple[str, FrozenNumber]]:
    """Each frozen number with its figure's name on that day."""
    numbers = publication.numbers.order_by("key")
    return [
        (str(figure.name) if figure else number.figure, number)
        for number in numbers
        for figure in (catalogue.figures_on(number.as_of).get(number.figure),)
    ]


@allowed("reports.build")
def report_new(request: Request) -> HttpResponse:
    viewing = viewing_of(request)
    form = DraftForm(request.POST or None, initial={"text": reference_text()})
    if viewing.area is None:
        raise Http404
    if form.run(draft_report, area=viewing.area, by=request.user):
        return redirect("reports:detail", form.result.pk)
    return _form(request, form, _("起草综述"), reverse("reports:list"))


@allowed("reports.build")
def report_edit(request: Request, report_id: int) -> HttpResponse:
    report = find(request, report_id)
    ask(check_can_build, report.area, request.user)
    ask(check_is_draft, report)
    form = ReportForm(request.POST or None, initial=initial_of(report))
    if form.run(change_report, report=report, by=request.user):
        return redirect("reports:detail", report.pk)
    return _form(request, form, report.title, address("reports:detail", report.pk))


def _form(request: Request, form: ReportForm, title: str, back: str) -> HttpResponse:
    return form_page(request, form, title, _("保存"), back)


@xframe_options_sameorigin
@allowed("reports.view")
def report_preview(request: Request, report_id: int) -> HttpResponse:
    """The draft as it would be printed today; nothing is frozen."""
    report = find(request, report_id)
    try:
        document = compose(report)
    except Refused as refusal:
        return render(request, "reports/refused.html", {"report": report, "refusal": refusal})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        write_html(document, path, is_draft=True)
        return HttpResponse(path.read_bytes())


@require_POST
@allowed("reports.publish")
def report_publish(request: Request, report_id: int) -> HttpResponse:
    """Left to a job; its progress leads back to the report."""
    report = find(request, report_id)
    try:
        job = ask_publication(report=report, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("reports:detail", report.pk)
    return redirect("jobs:detail", job.pk)


@require_POST
@allowed("reports.view")
def report_prove(request: Request, report_id: int) -> HttpResponse:
    """Each frozen number asked again of today's records; left to a job."""
    publication = held(request, report_id)
    return redirect("jobs:detail", reproving.ask_proof(publication=publication, by=request.user).pk)


@allowed("reports.view")
def report_proof(request: Request, report_id: int) -> HttpResponse:
    """What the last proof found."""
    publication = held(request, report_id)
    proof = reproving.last_proof(publication)
    differences = proof.result["numbers"] if proof else {}
    found = numbers_of(publication)
    areas = dict(
        Area.objects.filter(key__in={n.area_key for _name, n in found}).values_list("key", "name")
    )
    numbers = [(name, areas[n.area_key], n, differences.get(n.key)) for name, n in found]
    context = {
        "report": publication.report,
        "proof": proof,
        "proving": reproving.under_way(publication),
        "numbers": sorted(numbers, key=lambda row: row[3] is None),
        "different": len(differences),
    }
    return render(request, "reports/proof.html", context)


def held(request: Request, report_id: int) -> Publication:
    """What was printed, for those whose records stand behind it."""
    report = find(request, report_id)
    if not holds(request, report):
        raise Http404
    return get_object_or_404(Publication.objects.select_related("report"), report=report)


@xframe_options_sameorigin
@allowed("reports.view")
def report_file(request: Request, report_id: int, kind: str) -> HttpResponseBase:
    """report.docx, .pdf, .html, or .zip with the evidence folder beside the document.

    The folder holds rows, so it stays with the report's own area.
    """
    report = find(request, report_id)
    publication = get_object_or_404(Publication, report=report)
    if kind == "zip" and holds(request, report):
        name = name_of(report, "zip")
        return FileResponse(packed(publication, name), as_attachment=True, filename=name)
    if kind not in KINDS:
        raise Http404
    return FileResponse(
        publication.file(kind).open("rb"),
        content_type=KINDS[kind],
        as_attachment=kind == "docx",
        filename=name_of(report, kind),
    )


def name_of(report: WorkReport, kind: str) -> str:
    return file_name(report.title, report.area, report.start, report.as_of, kind=kind)


def packed(publication: Publication, name: str) -> io.BytesIO:
    """The documents and their evidence under the archive's own name; `sanqiao verify` works on
    what is unpacked, and on a document of the same name beside it."""
    folder, buffer = publication.file("docx").parent, io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            first, *rest = path.relative_to(folder).parts
            archive.write(path, Path(Path(name).stem + Path(first).suffix, *rest))
    buffer.seek(0)
    return buffer
