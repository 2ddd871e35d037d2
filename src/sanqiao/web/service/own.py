"""The member's own slip, on a phone: one tap a step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.reach import past_scope
from sanqiao.registers.areas.models import Area, in_force
from sanqiao.registers.people.models import Person
from sanqiao.web.access import allowed
from sanqiao.web.beside import own_tabs
from sanqiao.web.request import Request
from sanqiao.work.service.commands import hand_in
from sanqiao.work.service.models import Exemption, MemberCheckIn, MemberReport
from sanqiao.work.service.reach import community_of, unit_of

from .forms import SlipForm
from .moving import moving
from .words import sentences


@allowed()
def mine(request: Request) -> HttpResponse:
    return _page(request, SlipForm())


@allowed()
@require_POST
def check_in(request: Request) -> HttpResponse:
    form = SlipForm(request.POST)
    person = get_object_or_404(Person, pk=request.user.person_id or 0)
    if form.run(hand_in, person=person, on=timezone.localdate(), by=request.user):
        messages.success(request, _("已报到，等社区接收"))
        return redirect("service:mine")
    return _page(request, form)


@allowed()
def move(request: Request) -> HttpResponse:
    slip = _slips(request).filter(ended_on=None).first()
    if slip is None:
        raise Http404
    return moving(request, slip, reverse("service:mine"))


def _page(request: Request, form: SlipForm) -> HttpResponse:
    person = Person.objects.filter(pk=request.user.person_id or 0).select_related("area").first()
    slips = list(_slips(request)) if person else []
    current = next((slip for slip in slips if slip.ended_on is None), None)
    context = {
        "form": form,
        "tabs": own_tabs("service:mine"),
        "person": person,
        "slip": current,
        "before": [slip for slip in slips if slip is not current],
        "reports": _reports(request) if person else [],
        "exemption": _exemption(person) if person else None,
        **(_place(request, person) if person and current is None else {}),
    }
    return render(request, "service/mine.html", context)


def _slips(request: Request) -> Any:
    """Own slips, the latest first."""
    rows = MemberCheckIn.objects.filter(person=request.user.person_id or 0)
    return rows.select_related("community", "area", "team").order_by("-checked_in_on", "-id")


def _exemption(person: Person) -> Exemption | None:
    rows = Exemption.objects.filter(in_force(timezone.localdate()), person=person)
    return rows.first()


def _reports(request: Request) -> list[tuple[MemberReport, list[str]]]:
    rows = MemberReport.objects.filter(person=request.user.person_id or 0)
    return [(row, sentences(row.facts)) for row in rows.order_by("-period_first")[:4]]


def _place(request: Request, person: Person) -> dict[str, Any]:
    """What the slip will say: unit by membership, community by residence; else why not."""
    with past_scope(request.user):
        unit = unit_of(person, timezone.localdate())
        try:
            community: Area | None = community_of(person.area)
        except Refused:
            community = None
    return {"unit": unit, "community": community}
