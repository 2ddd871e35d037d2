"""One organisation or unit at a time: forms that run the commands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.registers.organisations.commands import (
    change_organisation,
    change_unit,
    close_unit,
    create_organisation,
    create_unit,
    dissolve_organisation,
    move_organisation,
)
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.organisations.policies import check_may, check_may_in
from sanqiao.web.access import allowed, ask
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .forms import (
    ChangeOrganisationForm,
    ChangeUnitForm,
    CloseUnitForm,
    CreateOrganisationForm,
    CreateUnitForm,
    DissolveForm,
    MoveOrganisationForm,
    first_values,
)

ACT = "organisations.change"


@allowed(ACT)
def organisation_new(request: Request) -> HttpResponse:
    """Below `?parent=`, in its area; else in the area looked at."""
    visible = Organisation.objects.visible_to(request.user).select_related("area")
    parent = visible.filter(code=request.GET.get("parent", "")).first()
    initial = first_values(parent=parent, area=parent.area if parent else viewing_of(request).area)
    form = asked_by(CreateOrganisationForm(request.POST or None, initial=initial), request.user)
    if form.run(create_organisation, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("organisations:detail", form.result.code)
    return form_page(request, form, _("登记党组织"), _("登记"), reverse("organisations:list"))


@allowed(ACT)
def organisation_edit(request: Request, code: str) -> HttpResponse:
    organisation = _organisation(request, code)
    form = ChangeOrganisationForm.over(organisation, request.POST or None)
    asked_by(form, request.user)
    if form.run(change_organisation, organisation=organisation, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("organisations:detail", code)
    title = _("修改“%(name)s”") % {"name": organisation}
    return form_page(request, form, title, _("保存"), _page(organisation))


@allowed(ACT)
def organisation_move(request: Request, code: str) -> HttpResponse:
    organisation = _organisation(request, code)
    form = asked_by(MoveOrganisationForm(request.POST or None), request.user)
    if form.run(move_organisation, organisation=organisation, by=request.user):
        messages.success(request, _("已调整隶属"))
        return redirect("organisations:detail", code)
    title = _("调整“%(name)s”的隶属") % {"name": organisation}
    return form_page(request, form, title, _("调整"), _page(organisation))


@allowed(ACT)
def organisation_dissolve(request: Request, code: str) -> HttpResponse:
    organisation = _organisation(request, code)
    form = DissolveForm(request.POST or None)
    if form.run(dissolve_organisation, organisation=organisation, by=request.user):
        messages.success(request, _("已撤销"))
        return redirect("organisations:detail", code)
    title = _("撤销“%(name)s”") % {"name": organisation}
    return form_page(request, form, title, _("撤销"), _page(organisation))


@allowed(ACT)
def unit_new(request: Request) -> HttpResponse:
    initial = first_values(area=viewing_of(request).area)
    form = asked_by(CreateUnitForm(request.POST or None, initial=initial), request.user)
    if form.run(create_unit, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("units:detail", form.result.pk)
    return form_page(request, form, _("登记单位"), _("登记"), reverse("units:list"))


@allowed(ACT)
def unit_edit(request: Request, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    form = asked_by(ChangeUnitForm.over(unit, request.POST or None), request.user)
    if form.run(change_unit, unit=unit, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("units:detail", pk)
    title = _("修改“%(name)s”") % {"name": unit}
    return form_page(request, form, title, _("保存"), address("units:detail", pk))


@allowed(ACT)
def unit_close(request: Request, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    form = CloseUnitForm(request.POST or None)
    if form.run(close_unit, unit=unit, by=request.user):
        messages.success(request, _("已注销"))
        return redirect("units:detail", pk)
    title = _("注销“%(name)s”") % {"name": unit}
    return form_page(request, form, title, _("注销"), address("units:detail", pk))


def _organisation(request: Request, code: str) -> Organisation:
    """To be changed."""
    rows = Organisation.objects.visible_to(request.user).select_related("area", "parent")
    organisation = get_object_or_404(rows, code=code)
    ask(check_may, request.user, ACT, organisation)
    return organisation


def _unit(request: Request, pk: int) -> Unit:
    """To be changed."""
    rows = Unit.objects.visible_to(request.user).select_related("area", "organisation")
    unit = get_object_or_404(rows, pk=pk)
    ask(check_may_in, request.user, ACT, area_path=unit.area_path, name=unit.name)
    return unit


def _page(organisation: Organisation) -> str:
    return address("organisations:detail", organisation.code)
