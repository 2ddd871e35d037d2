"""Reports: drafted from the records, confirmed, remarked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanqiao.kernel.errors import Refused
from sanqiao.web.access import allowed, allows, ask
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.service import policies
from sanqiao.work.service.commands import confirm_report, draft_member_reports, remark_report
from sanqiao.work.service.models import MemberReport, UnitReport

from . import listings
from .forms import DraftForm, RemarkForm
from .words import sentences

KINDS: dict[str, type[MemberReport] | type[UnitReport]] = {
    "member": MemberReport, "unit": UnitReport
}  # fmt: skip


@allowed("service.view")
def member_report_list(request: Request) -> HttpResponseBase:
    return listings.MEMBER_REPORTS.respond(request)


@allowed("service.view")
def unit_report_list(request: Request) -> HttpResponseBase:
    return listings.UNIT_REPORTS.respond(request)


@allowed("service.view")
def mechanism_list(request: Request) -> HttpResponseBase:
    """What the mechanism asks of units and members here."""
    return listings.MECHANISM.respond(request)


@allowed("service.draft")
def draft(request: Request) -> HttpResponse:
    """For everybody in the area looked at."""
    area = viewing_of(request).place
    ask(policies.check_drafts, request.user, area)
    form = DraftForm(request.POST or None)
    if form.run(draft_member_reports, area=area, by=request.user):
        words = _("新生成 %(created)d 份，更新 %(changed)d 份，未变 %(unchanged)d 份")
        messages.success(request, words % form.result._asdict())
        return redirect("service:member_reports")
    title = _("生成“%(area)s”的半年报告") % {"area": area.name}
    back = reverse("service:member_reports")
    return form_page(request, form, title, _("生成"), back)


@allowed("service.view")
def report_detail(request: Request, kind: str, pk: int) -> HttpResponse:
    report = _found(request, kind, pk)
    context = {
        "report": report,
        "kind": kind,
        "lines": sentences(report.facts),
        "facts": _facts(report),
        "may_confirm": allows(policies.check_confirms, report, request.user),
        "may_remark": allows(policies.check_remarks, report, request.user),
        "seal": [(report.remarked_by, _("签署意见"), report.remarked_on)],
    }
    return render(request, "service/report_detail.html", context)


@allowed()
@require_POST
def report_confirm(request: Request, kind: str, pk: int) -> HttpResponse:
    """One tap, by the person or the unit's liaison."""
    report = _found(request, kind, pk)
    try:
        confirm_report(report=report, on=timezone.localdate(), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已确认，等社区签署意见"))
    return redirect(_after(request, kind))


@allowed("service.accept")
def report_remark(request: Request, kind: str, pk: int) -> HttpResponse:
    report = _found(request, kind, pk)
    ask(policies.check_remarks, report, request.user)
    form = RemarkForm(request.POST or None)
    if form.run(remark_report, report=report, by=request.user):
        messages.success(request, _("已签署"))
        return redirect("service:report", kind, pk)
    return form_page(request, form, str(report), _("签署"), address("service:report", kind, pk))


def _found(request: Request, kind: str, pk: int) -> Any:
    if kind not in KINDS:
        raise Http404
    rows = KINDS[kind]._default_manager.filter(KINDS[kind].rows_in(request.user.scope))
    return get_object_or_404(rows.select_related("area", "remarked_by"), pk=pk)


def _after(request: Request, kind: str) -> str:
    """Back to where the button was: the own slip, or the unit."""
    if kind == "unit" or "service.liaise" in request.user.acts:
        return reverse("service:unit")
    return reverse("service:mine")


def _facts(report: MemberReport | UnitReport) -> list[tuple[str, Any]]:
    return [
        (_("单位"), report.unit_name),
        (_("区划"), report.area.name),
        (_("期初"), report.period_first),
        (_("期末"), report.period_last),
        (_("期限"), report.due_on),
        (_("确认日期"), report.confirmed_on),
        (_("签署日期"), report.remarked_on),
        (_("社区意见"), report.remark),
    ]
