"""Closed units: closed with their gates, opened again, shifts at every gate."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import ClosedUnit
from sanqiao.registers.areas.policies import check_may
from sanqiao.web.access import allowed, ask
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.forms import form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.squads import commands, policies
from sanqiao.work.squads.models import Gate, Shift

from . import listings
from .forms import CloseForm, DayForm, GatesForm

SHOWN = 40


@allowed("squads.view")
def closed_list(request: Request) -> HttpResponseBase:
    return listings.CLOSED.respond(request)


@allowed("areas.change")
def closed_new(request: Request) -> HttpResponse:
    initial = {"area": viewing_of(request).area, "names": _("大门")}
    form = asked_by(CloseForm(request.POST or None, initial=initial), request.user)
    if form.run(commands.close_unit, by=request.user):
        messages.success(request, _("已封闭"))
        return redirect("squads:closed_unit", form.result.pk)
    return form_page(request, form, _("封闭一个单元"), _("封闭"), reverse("squads:closed"))


@allowed("squads.view")
def closed_detail(request: Request, pk: int) -> HttpResponse:
    unit, day = _unit(request, pk), viewing_of(request).as_of
    named = Gate.objects.visible_to(request.user).filter(closed_unit=unit)
    of_day = Count("shifts", filter=Q(shifts__day=day, shifts__cancelled_on=None))
    context = {
        "unit": unit,
        "day": day,
        "is_open": unit.opened_on is not None and unit.opened_on <= day,
        "facts": _facts(unit),
        "gates": named.annotate(of_day=of_day).order_by("number"),
        "shifts": _shifts(request, unit, day),
        "crumbs": area_crumbs(unit.area, with_itself=True),
        "actions": _actions(unit, request.user),
        "plans": policies.plans_at(request.user, unit.area_path) and unit.opened_on is None,
        "history_href": address("history", ClosedUnit._meta.label, pk),
    }
    return render(request, "squads/closed_detail.html", context)


@allowed("squads.plan")
def gates(request: Request, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    ask(policies.check_plans_at, request.user, unit.area_path)
    names = list(Gate.objects.filter(closed_unit=unit).order_by("number").values_list("name"))
    initial = "\n".join(name for (name,) in names) or _blank(unit)
    form = GatesForm(request.POST or None, initial={"names": initial})
    if form.run(commands.name_gates, unit=unit, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("squads:closed_unit", pk)
    title = _("命名卡口：%(unit)s") % {"unit": unit}
    back = address("squads:closed_unit", pk)
    return form_page(request, form, title, _("保存"), back)


@allowed("areas.change")
def opened(request: Request, pk: int) -> HttpResponse:
    unit, form = _unit(request, pk), DayForm(request.POST or None)
    ask(check_may, request.user, "areas.change", unit.area)
    if form.run(commands.open_unit, unit=unit, by=request.user):
        messages.success(request, _("已解封"))
        return redirect("squads:closed_unit", pk)
    title = _("解封：%(unit)s") % {"unit": unit}
    back = address("squads:closed_unit", pk)
    return form_page(request, form, title, _("解封"), back)


def _unit(request: Request, pk: int) -> ClosedUnit:
    rows = ClosedUnit.objects.visible_to(request.user).select_related("area")
    return get_object_or_404(rows, pk=pk)


def _facts(unit: ClosedUnit) -> list[tuple[str, Any]]:
    return [
        (_("区划"), unit.area.name),
        (_("单元类型"), unit.get_kind_display()),
        (_("出入口"), unit.gates),
        (_("封闭日期"), unit.closed_on),
        (_("解封日期"), unit.opened_on),
    ]


def _shifts(request: Request, unit: ClosedUnit, day: date) -> Any:
    taken = Count("claims", filter=Q(claims__cancelled_on=None))
    rows = Shift.objects.visible_to(request.user).standing().filter(gate__closed_unit=unit)
    rows = rows if unit.opened_on else rows.filter(day__gte=day)
    return rows.annotate(taken=taken).order_by("day", "begins", "gate__number", "id")[:SHOWN]


def _actions(unit: ClosedUnit, user: User) -> list[Action]:
    found = []
    if unit.opened_on is None and user.may("areas.change", area=unit.area_path):
        href = address("squads:open", unit.pk)
        found.append(Action(_("解封"), href, "check", is_first=True))
    if policies.plans_at(user, unit.area_path):
        href = address("squads:gates", unit.pk)
        found.append(Action(_("命名卡口"), href, "edit"))
    return found


def _blank(unit: ClosedUnit) -> str:
    return "\n".join(_("%(n)d号门") % {"n": n} for n in range(1, unit.gates + 1))
