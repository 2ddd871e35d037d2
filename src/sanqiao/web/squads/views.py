from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sanqiao.web.access import allowed
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.doors import doors
from sanqiao.web.request import Request
from sanqiao.web.viewing import Viewing, viewing_of
from sanqiao.work.squads import policies
from sanqiao.work.squads.models import Deployment, LogEntry, Shift, Squad, SquadMember

from . import listings
from .changes import actions_of

SHOWN = 30
BESIDE = ("squads.active", "squads.three_no_uncovered", "squads.gates_without_shift")


@allowed("squads.view")
def squad_list(request: Request) -> HttpResponseBase:
    return listings.SQUADS.respond(request)


@allowed("squads.view")
def uncovered_list(request: Request) -> HttpResponseBase:
    return listings.UNCOVERED.respond(request)


@allowed("squads.view")
def beside(request: Request) -> HttpResponse:
    """Squads and shifts of an area, for the page of a mobilisation."""
    viewing = viewing_of(request)
    context = {"doors": doors(BESIDE, viewing), "query": viewing.query}
    return render(request, "squads/beside.html", context)


@allowed("squads.view")
def squad_detail(request: Request, pk: int) -> HttpResponse:
    viewing = viewing_of(request)
    rows = Squad.objects.visible_to(request.user).select_related("area", "branch", "rule")
    squad = get_object_or_404(rows, pk=pk)
    context = {
        "squad": squad,
        "facts": _facts(squad),
        "is_gone": squad.dissolved_on is not None and squad.dissolved_on <= viewing.as_of,
        "is_late": squad.is_overdue(viewing.as_of),
        "crumbs": area_crumbs(squad.area, with_itself=True),
        "actions": actions_of(squad, request.user),
        "leads": policies.leads(request.user, squad) and squad.dissolved_on is None,
        "plans": policies.plans(request.user, squad) and squad.dissolved_on is None,
        "viewing": viewing,
        "history_href": address("history", Squad._meta.label, pk),
        **_people(request, squad),
        **_work(request, squad, viewing),
    }
    return render(request, "squads/squad_detail.html", context)


def _facts(squad: Squad) -> list[tuple[str, Any]]:
    return [
        (_("编号"), squad.number),
        (_("类型"), squad.get_kind_display()),
        (_("组建单位"), squad.unit_name),
        (_("驻地"), squad.area.name),
        (_("任务"), squad.task),
        (_("组建日期"), squad.formed_on),
        (_("预定解散日期"), squad.until),
        (_("解散日期"), squad.dissolved_on),
        (_("临时党支部"), squad.branch),
        (_("依据文件"), squad.document),
        (_("群众评价"), squad.appraisal),
    ]


def _people(request: Request, squad: Squad) -> dict[str, Any]:
    """Captains with what proved them, the latest first; then the others."""
    rows = SquadMember.objects.visible_to(request.user).filter(squad=squad)
    rows = rows.select_related("proven_by").order_by("-valid_from", "name")
    people = list(rows)
    return {
        "captains": [row for row in people if row.role == SquadMember.Role.CAPTAIN],
        "members": [row for row in people if row.role != SquadMember.Role.CAPTAIN],
    }


def _work(request: Request, squad: Squad, viewing: Viewing) -> dict[str, Any]:
    """Where it is, its shifts from the day on, and what it did."""
    user = request.user
    sent = Deployment.objects.visible_to(user).filter(squad=squad).select_related("area")
    taken = Count("claims", filter=Q(claims__cancelled_on=None))
    shifts = Shift.objects.visible_to(user).standing().filter(deployment__squad=squad)
    log = LogEntry.objects.visible_to(user).filter(squad=squad, correction=None)
    return {
        "deployments": sent.order_by("-valid_from", "place_name"),
        "shifts": shifts.annotate(taken=taken)
        .filter(day__gte=viewing.as_of)
        .order_by("day", "begins", "id")[:SHOWN],
        "log": log.select_related("written_by", "corrects").order_by("-day", "-id")[:SHOWN],
    }
