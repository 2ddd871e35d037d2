from __future__ import annotations

from datetime import datetime, time

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.web.access import allowed, ask
from sanqiao.web.actions import Action, history_href, permitted
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.request import Request
from sanqiao.web.viewing import in_area, viewing_of
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.commands import file_return
from sanqiao.work.returns.models import Return
from sanqiao.work.returns.policies import check_may
from sanqiao.work.returns.shapes import OnFile, on_file, shape_of

from . import listings, pages
from .forms import FileForm


@allowed("returns.view")
def return_list(request: Request) -> HttpResponseBase:
    return listings.RETURNS.respond(request)


@allowed("returns.view")
def board(request: Request) -> HttpResponse:
    """Who has reported, area by area; the numbers are figures, the areas stand by their keys."""
    viewing = viewing_of(request)
    whole, below = pages.board(viewing)
    moment = min(timezone.now(), datetime.combine(viewing.as_of, time.max, ZONE))
    overdue = Return.objects.visible_to(request.user).overdue(moment)
    late = in_area(overdue, viewing).select_related("area", "round__form")
    context = {
        "viewing": viewing, "whole": whole, "below": below, "tabs": listings.RETURNS.places,
        "late": late.order_by("round__due_at", "area_path")[:50],
    }  # fmt: skip
    return render(request, "returns/board.html", context)


@allowed("returns.view")
def return_detail(request: Request, pk: int) -> HttpResponse:
    record = _record(request, pk)
    tone, word = pages.state_of(record)
    file = Action(
        _("更正") if record.filed_on else _("填报"), address("returns:file", pk),
        is_first=not record.filed_on,
    )  # fmt: skip
    context = {
        "record": record,
        "facts": pages.return_facts(record),
        "tone": tone,
        "word": word,
        "numbers": pages.numbers(record),
        "versions": pages.told(record),
        "crumbs": area_crumbs(record.area, with_itself=True),
        "actions": permitted(request.user, record, ("returns.file", file)),
        "history_href": history_href(record),
    }
    return render(request, "returns/return_detail.html", context)


@allowed("returns.file")
def return_file(request: Request, pk: int) -> HttpResponse:
    record = _record(request, pk)
    ask(check_may, request.user, "returns.file", [record.area])
    shape, now = shape_of(record.round.edition), on_file([pk]).get(pk, OnFile())
    form = FileForm(request.POST or None, record=record, shape=shape, now=now)
    if form.run(file_return, record=record, by=request.user):
        messages.success(request, _("已报第 %(n)d 版") % {"n": form.result.number})
        return redirect("returns:detail", pk)
    context = {
        "form": form,
        "record": record,
        "title": _("更正“%(name)s”") % {"name": record} if now.number else str(record),
        "save": _("报送"),
        "back": address("returns:detail", pk),
        "crumbs": area_crumbs(record.area, with_itself=True),
    }
    return render(request, "returns/return_file.html", context)


def _record(request: Request, pk: int) -> Return:
    rows = Return.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("area", "form", "round__form", "round__edition__form"), pk=pk
    )
