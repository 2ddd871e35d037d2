"""The buildings of a compound: rows of its page, and forms that run the commands."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.registers.areas.commands import change_building, create_building
from sanqiao.registers.areas.models import Building, Compound
from sanqiao.registers.areas.places import outside_of
from sanqiao.registers.areas.policies import check_may
from sanqiao.web.access import allowed, ask
from sanqiao.web.actions import Action, permitted
from sanqiao.web.addresses import address
from sanqiao.web.forms import CommandForm, Name, Versioned, form_page
from sanqiao.web.references import AreaReference, asked_by
from sanqiao.web.request import Request

ACT = "areas.change"
SHOWN = 60
"""Buildings that the page of a compound shows until it is asked for all."""


class BuildingFields(forms.Form):
    """What is registered of a building."""

    name = Name(label=gettext_lazy("楼栋"), max_length=40)
    stairwells = forms.IntegerField(label=gettext_lazy("单元数"), min_value=1, initial=1)
    households = forms.IntegerField(label=gettext_lazy("户数"), min_value=0, initial=0)
    area = AreaReference(
        label=gettext_lazy("所在网格"), required=False,
        help_text=gettext_lazy("留空时取坐标所在的网格，没有坐标的同小区"),
    )  # fmt: skip
    longitude = forms.FloatField(
        label=gettext_lazy("经度"), min_value=-180, max_value=180, required=False,
        help_text=gettext_lazy("度，如 110.798123；和纬度一起填"),
    )  # fmt: skip
    latitude = forms.FloatField(
        label=gettext_lazy("纬度"), min_value=-180, max_value=180, required=False,
        help_text=gettext_lazy("度，如 32.652314"),
    )  # fmt: skip


class CreateBuildingForm(BuildingFields, CommandForm):
    pass


class ChangeBuildingForm(BuildingFields, Versioned):
    pass


@allowed(ACT)
def building_new(request: Request, compound: int) -> HttpResponse:
    rows = Compound.objects.visible_to(request.user).select_related("area")
    found = get_object_or_404(rows, pk=compound)
    ask(check_may, request.user, ACT, found.area)
    form = asked_by(CreateBuildingForm(request.POST or None), request.user)
    if form.run(create_building, compound=found, by=request.user):
        return _done(request, form.result, _("已登记，在“%(area)s”"))
    title = _("登记“%(name)s”的楼栋") % {"name": found}
    return form_page(request, form, title, _("登记"), address("compounds:detail", found.pk))


@allowed(ACT)
def building_edit(request: Request, pk: int) -> HttpResponse:
    rows = Building.objects.visible_to(request.user).select_related("compound", "area")
    building = get_object_or_404(rows, pk=pk)
    ask(check_may, request.user, ACT, building.area)
    form = asked_by(ChangeBuildingForm.over(building, request.POST or None), request.user)
    if form.run(change_building, building=building, by=request.user):
        return _done(request, form.result, _("已保存，在“%(area)s”"))
    title, back = _("修改“%(name)s”") % {"name": building}, building.compound_id
    return form_page(request, form, title, _("保存"), address("compounds:detail", back))


def _done(request: Request, building: Building, words: str) -> HttpResponse:
    messages.success(request, words % {"area": building.area})
    if _strays([building]):
        words = _("“%(name)s”的坐标不在“%(area)s”的边界之内，请核对")
        messages.warning(request, words % {"name": building.name, "area": building.area})
    return redirect("compounds:detail", building.compound_id)


@dataclass(frozen=True)
class Row:
    """A building with what the reader may do with it."""

    building: Building
    is_astray: bool
    actions: list[Action]


@dataclass(frozen=True)
class Buildings:
    """`more` are there and not among `each`."""

    each: list[Row]
    total: int
    more: int
    new: list[Action]


def buildings_of(compound: Compound, request: Request) -> Buildings:
    """The first of them, or with `all` in the address every one."""
    rows = compound.buildings.select_related("area").order_by("name")
    total = rows.count()
    found = list(rows if "all" in request.GET else rows[:SHOWN])
    astray = _strays(found)
    each = [Row(one, one.pk in astray, _edit(one, request)) for one in found]
    offer = Action(_("登记楼栋"), address("compounds:building_new", compound.pk), "plus")
    new = permitted(request.user, compound, (ACT, offer)) if compound.valid_to is None else []
    return Buildings(each, total, total - len(found), new)


def _edit(building: Building, request: Request) -> list[Action]:
    offer = Action(_("修改"), address("compounds:building_edit", building.pk))
    return permitted(request.user, building, (ACT, offer))


def _strays(buildings: list[Building]) -> set[int]:
    """Ids of those whose point lies outside of their grid's outline."""
    drawn = [b for b in buildings if b.longitude is not None and b.latitude is not None]
    places = [(b.area.key, b.longitude or 0.0, b.latitude or 0.0) for b in drawn]
    return {drawn[n].pk for n in outside_of(places)}
