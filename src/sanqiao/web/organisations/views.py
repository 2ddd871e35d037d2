from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.organisations.rules import warnings_for
from sanqiao.registers.people.counting import with_full_members
from sanqiao.web.access import allowed
from sanqiao.web.actions import history_href
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from . import listings
from .pages import (
    below,
    full_members,
    members_fact,
    organisation_actions,
    organisation_crumbs,
    organisation_facts,
    unit_actions,
    unit_facts,
    with_children,
)


@allowed("organisations.view")
def organisation_list(request: Request) -> HttpResponseBase:
    return listings.ORGANISATIONS.respond(request)


@allowed("organisations.view")
def organisation_tree(request: Request) -> HttpResponse:
    """The tree from the organisations of the area; branches open where somebody asks."""
    viewing = viewing_of(request)
    rows = listings.tops(request.user, viewing).order_by("path")[:200]
    context = {
        "nodes": with_children(rows, request.user, viewing.as_of),
        "viewing": viewing,
        "listing": listings.ORGANISATIONS,
    }
    return render(request, "organisations/organisation_tree.html", context)


@allowed("organisations.view")
def organisation_branch(request: Request, code: str) -> HttpResponse:
    """What stands directly below one organisation: a fragment, or a page without scripts."""
    visible = Organisation.objects.visible_to(request.user)
    parent = get_object_or_404(visible, code=code)
    viewing = viewing_of(request)
    nodes = with_children(below(parent, request.user, viewing.as_of), request.user, viewing.as_of)
    context = {"nodes": nodes, "viewing": viewing, "listing": listings.ORGANISATIONS, "top": parent}
    page = "organisations/nodes.html" if request.htmx else "organisations/organisation_tree.html"
    return render(request, page, context)


@allowed("organisations.view")
def organisation_detail(request: Request, code: str) -> HttpResponse:
    as_of = viewing_of(request).as_of
    rows = with_full_members(Organisation.objects.visible_to(request.user), as_of)
    organisation = get_object_or_404(rows.select_related("area", "parent"), code=code)
    members = full_members([organisation.pk], as_of)[organisation.pk]
    context = {
        "organisation": organisation,
        "facts": [*organisation_facts(organisation), members_fact(organisation, members)],
        "warnings": warnings_for(organisation, full_members=members, on=as_of),
        "crumbs": organisation_crumbs(organisation, request.user),
        "nodes": with_children(below(organisation, request.user, as_of)[:50], request.user, as_of),
        "viewing": viewing_of(request),
        "actions": organisation_actions(organisation, request.user),
        "history_href": history_href(organisation),
    }
    return render(request, "organisations/organisation_detail.html", context)


@allowed("organisations.view")
def unit_list(request: Request) -> HttpResponseBase:
    return listings.UNITS.respond(request)


@allowed("organisations.view")
def unit_detail(request: Request, pk: int) -> HttpResponse:
    rows = Unit.objects.visible_to(request.user).select_related("area", "organisation")
    unit = get_object_or_404(rows, pk=pk)
    context = {
        "unit": unit,
        "facts": unit_facts(unit),
        "teams": unit.teams.visible_to(request.user)
        .select_related("area")
        .order_by("-valid_from")[:50],
        "crumbs": area_crumbs(unit.area, with_itself=True),
        "actions": unit_actions(unit, request.user),
        "history_href": history_href(unit),
    }
    return render(request, "organisations/unit_detail.html", context)
