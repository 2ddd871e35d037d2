from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.registers.areas.commands import change_area, move_area, split_grid
from sanqiao.registers.areas.models import Area, Compound
from sanqiao.registers.areas.policies import check_may
from sanqiao.web.access import allowed, ask
from sanqiao.web.actions import history_href
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.downloads import file_name, to_keep
from sanqiao.web.forms import form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from . import listings
from .buildings import buildings_of
from .compound_changes import committees_of, compound_actions
from .forms import BoundariesForm, ChangeAreaForm, MoveAreaForm, PointForm, SplitGridForm
from .maps import LEVELS, areas_at, collection, strays_in, terrain
from .pages import (
    area_actions,
    area_facts,
    area_links,
    buildings_in,
    marks_of,
    set_boundaries,
    switch_panel,
    warn_of_buildings,
)


@allowed("areas.view")
def area_list(request: Request) -> HttpResponseBase:
    return listings.CHILDREN.respond(request)


@allowed("areas.view")
def area_all(request: Request) -> HttpResponseBase:
    return listings.DESCENDANTS.respond(request)


@allowed("areas.view")
def area_detail(request: Request, key: str) -> HttpResponse:
    area = get_object_or_404(Area.objects.select_related("parent").defer("boundary"), key=key)
    context = {
        "area": area,
        "facts": area_facts(area),
        "marks": marks_of(area, request.user),
        "has_map": area.level in LEVELS,
        "crumbs": area_crumbs(area),
        "links": area_links(area, request.user),
        "actions": area_actions(area, request.user),
        "history_href": history_href(area),
        "figure_query": f"?area={area.key}&as_of={viewing_of(request).as_of}",
    }
    return render(request, "areas/area_detail.html", context)


@allowed("areas.view")
def area_map(request: Request, key: str) -> HttpResponse:
    """What lies in a community or a grid, and its buildings: a fragment, or a page."""
    area = get_object_or_404(Area.objects.select_related("parent"), key=key, level__in=LEVELS)
    context = {
        "area": area,
        "map": terrain(area, request.user, viewing_of(request).as_of),
        "strays": strays_in(area, request.user),
    }
    page = "areas/map.html" if request.htmx else "areas/map_page.html"
    return render(request, page, context)


@allowed("areas.change")
def area_edit(request: Request, key: str) -> HttpResponse:
    area = get_object_or_404(Area, key=key)
    ask(check_may, request.user, "areas.change", area)
    form = ChangeAreaForm.over(area, request.POST or None)
    form.offer_kinds(area.level)
    if form.run(change_area, area=area, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("areas:detail", key)
    return _form(request, area, form, _("修改“%(name)s”") % {"name": area}, _("保存"))


@allowed("areas.split")
def area_split(request: Request, key: str) -> HttpResponse:
    area = get_object_or_404(Area, key=key, level=Area.Level.GRID)
    ask(check_may, request.user, "areas.split", area)
    form = SplitGridForm(request.POST or None, request.FILES or None)
    form.grid = area
    if form.run(split_grid, grid=area, by=request.user):
        messages.success(request, _("已划分为 %(n)d 个小微网格") % {"n": form.result.created})
        warn_of_buildings(request, area)
        return redirect("areas:detail", key)
    title, explain = _("划分“%(name)s”") % {"name": area}, buildings_in(area, request.user)
    return _form(request, area, form, title, _("划分"), explain)


@allowed("areas.move")
def area_move(request: Request, key: str) -> HttpResponse:
    area = get_object_or_404(Area, key=key)
    ask(check_may, request.user, "areas.move", area)
    form = asked_by(MoveAreaForm(request.POST or None), request.user)
    if form.run(move_area, area=area, by=request.user):
        messages.success(request, _("已登记划转"))
        return redirect("areas:detail", key)
    return _form(request, area, form, _("划转“%(name)s”") % {"name": area}, _("划转"))


def _form(
    request: Request, area: Area, form: object, title: str, save: str, explain: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "explain": explain,
        "title": title,
        "save": save,
        "back": address("areas:detail", area.key),
        "crumbs": area_crumbs(area, with_itself=True),
    }
    return render(request, "form.html", context)


@allowed("areas.view", "figures.view")
def area_switch(request: Request) -> HttpResponse:
    """The tree to choose from: a fragment for the top bar, a page without scripts."""
    context = switch_panel(request)
    page = "areas/switch_panel.html" if request.htmx else "areas/switch.html"
    return render(request, page, context)


@allowed("areas.view")
def area_where(request: Request) -> HttpResponse:
    """Which grid is this point in?"""
    form = PointForm(request.GET if "longitude" in request.GET else None)
    found = areas_at(**form.cleaned_data) if form.is_bound and form.is_valid() else None
    return render(request, "areas/where.html", {"form": form, "found": found})


@allowed("areas.view")
def boundaries(request: Request) -> HttpResponse:
    """GeoJSON of the viewing's area and its children."""
    area = viewing_of(request).area
    answer = JsonResponse(
        collection(area) if area else {}, json_dumps_params={"ensure_ascii": False}
    )
    to_keep(answer, file_name(_("边界"), area, kind="geojson"))
    return answer


@allowed("import")
def boundaries_import(request: Request) -> HttpResponse:
    form = BoundariesForm(request.POST or None, request.FILES or None)
    if form.run(set_boundaries, by=request.user):
        messages.success(request, _("已更新 %(n)d 个区划的边界") % {"n": form.result.changed})
        return redirect("areas:list")
    return form_page(request, form, _("导入边界"), _("导入"), reverse("areas:list"))


@allowed("areas.view")
def compound_list(request: Request) -> HttpResponseBase:
    return listings.COMPOUNDS.respond(request)


@allowed("areas.view")
def compound_detail(request: Request, pk: int) -> HttpResponse:
    rows = Compound.objects.visible_to(request.user).select_related("area")
    compound = get_object_or_404(rows, pk=pk)
    context = {
        "compound": compound,
        "facts": [
            (_("区划"), compound.area.name),
            (_("户数"), compound.households),
            (_("物业公司"), _("有") if compound.has_manager else _("无")),
            (_("业主委员会"), _("有") if compound.has_committee else _("无")),
            (_("责任单位或门卫"), _("有") if compound.has_guard else _("无")),
            (_("建成年份"), compound.built_year),
            (_("登记日期"), compound.valid_from),
        ],
        "buildings": buildings_of(compound, request),
        "committees": committees_of(compound, request.user),
        "crumbs": area_crumbs(compound.area, with_itself=True),
        "actions": compound_actions(compound, request.user),
        "history_href": history_href(compound),
    }
    return render(request, "areas/compound_detail.html", context)
