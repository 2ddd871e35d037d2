"""Shifts: planned at a deployment or gate, filled by whoever claims or is entered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.web.access import allowed
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.forms import CommandForm, form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.work.squads import commands, policies
from sanqiao.work.squads.models import Claim, Deployment, Gate, Shift

from . import listings
from .forms import CancelForm, CapacityForm, EnterForm, ShiftsForm

PLACES: dict[str, Any] = {"deployment": Deployment, "gate": Gate}


class Act(NamedTuple):
    title: Promise
    icon: str
    form: type[CommandForm]
    runs: Callable[..., Any]


ACTS = {
    "enter": Act(gettext_lazy("登记值守的人"), "plus", EnterForm, commands.claim_shift),
    "capacity": Act(gettext_lazy("调整名额"), "edit", CapacityForm, commands.change_capacity),
    "cancel": Act(gettext_lazy("取消班次"), "stop", CancelForm, commands.cancel_shift),
}


@allowed("squads.view")
def shift_list(request: Request) -> HttpResponseBase:
    return listings.SHIFTS.respond(request)


@allowed("squads.view")
def shift_detail(request: Request, pk: int) -> HttpResponse:
    shift = _shift(request, pk)
    claims = list(shift.claims.order_by("cancelled_on", "seat"))
    context = {
        "shift": shift,
        "standing": [claim for claim in claims if claim.cancelled_on is None],
        "cancelled": [claim for claim in claims if claim.cancelled_on],
        "facts": _facts(shift),
        "crumbs": area_crumbs(shift.area, with_itself=True),
        "plans": policies.plans(request.user, shift),
        "actions": _actions(request, shift),
        "history_href": address("history", Shift._meta.label, pk),
    }
    return render(request, "squads/shift_detail.html", context)


@allowed("squads.plan")
def shift_act(request: Request, pk: int, act: str) -> HttpResponse:
    shift, chosen = _shift(request, pk), ACTS.get(act)
    if chosen is None or not policies.plans(request.user, shift):
        raise Http404
    form = chosen.form(request.POST or None, initial={"capacity": shift.capacity})
    if asked_by(form, request.user).run(chosen.runs, shift=shift, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("squads:shift", pk)
    back = address("squads:shift", pk)
    return form_page(request, form, f"{chosen.title} · {shift}", str(chosen.title), back)


@allowed("squads.plan")
def plan(request: Request, kind: str, pk: int) -> HttpResponse:
    """Shifts of a deployment or a gate, one a day."""
    if kind not in PLACES:
        raise Http404
    place = get_object_or_404(PLACES[kind].objects.visible_to(request.user), pk=pk)
    form = ShiftsForm(request.POST or None)
    back = _back(place)
    if form.run(commands.plan_shifts, place=place, by=request.user):
        messages.success(request, _("已安排 %(n)d 个班次") % {"n": len(form.result)})
        return redirect(back)
    title = _("安排班次：%(place)s") % {"place": place}
    return form_page(request, form, title, _("安排"), back)


@allowed("squads.plan")
def claim_cancel(request: Request, pk: int) -> HttpResponse:
    rows = Claim.objects.visible_to(request.user).select_related("shift")
    claim = get_object_or_404(rows, pk=pk)
    form = CancelForm(request.POST or None)
    if form.run(commands.cancel_claim, claim=claim, by=request.user):
        messages.success(request, _("已取消"))
        return redirect("squads:shift", claim.shift_id)
    title = _("取消认领：%(name)s") % {"name": claim.name}
    back = address("squads:shift", claim.shift_id)
    return form_page(request, form, title, _("取消认领"), back)


def _shift(request: Request, pk: int) -> Shift:
    rows = Shift.objects.visible_to(request.user).select_related("area", "deployment__squad")
    return get_object_or_404(rows, pk=pk)


def _facts(shift: Shift) -> list[tuple[str, Any]]:
    return [
        (_("地点"), shift.place_name),
        (_("日期"), shift.day),
        (_("时间"), shift.hours),
        (_("名额"), shift.capacity),
        (_("取消日期"), shift.cancelled_on),
    ]


def _actions(request: Request, shift: Shift) -> list[Action]:
    if shift.cancelled_on or not policies.plans(request.user, shift):
        return []
    return [
        Action(act.title, address("squads:shift_act", shift.pk, name), act.icon, n == 0)
        for n, (name, act) in enumerate(ACTS.items())
    ]


def _back(place: Deployment | Gate) -> str:
    if isinstance(place, Gate):
        return address("squads:closed_unit", place.closed_unit_id)
    return address("squads:detail", place.squad_id)
