"""Owners' committees: the list, and forms that run the commands."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Compound, in_force
from sanqiao.registers.organisations.commands import (
    change_committee,
    dissolve_committee,
    found_committee,
)
from sanqiao.registers.organisations.models import OwnersCommittee
from sanqiao.registers.organisations.policies import check_may_in
from sanqiao.web.access import allowed, ask
from sanqiao.web.addresses import address
from sanqiao.web.ending import EndForm
from sanqiao.web.forms import CommandForm, Day, Versioned, form_page
from sanqiao.web.listing import Button, Flag, Listing, Search, area, day, link, number
from sanqiao.web.request import Request
from sanqiao.web.viewing import Viewing, in_area

ACT = "organisations.change"


class CommitteeFields(forms.Form):
    """What is registered of an owners' committee."""

    founded_on = Day(label=gettext_lazy("成立日期"))
    seats = forms.IntegerField(label=gettext_lazy("委员数"), min_value=1, max_value=30, initial=5)
    party_seats = forms.IntegerField(
        label=gettext_lazy("党员委员数"), min_value=0, max_value=30, initial=0
    )


class FoundCommitteeForm(CommitteeFields, CommandForm):
    pass


class ChangeCommitteeForm(CommitteeFields, Versioned):
    pass


class DissolveCommitteeForm(EndForm):
    on = Day(label=gettext_lazy("解散日期"))


def committees(user: User, viewing: Viewing) -> QuerySet[OwnersCommittee]:
    rows = OwnersCommittee.objects.visible_to(user)
    held = in_force(viewing.as_of, start="founded_on", end="dissolved_on")
    return in_area(rows.filter(held), viewing)


COMMITTEES = Listing(
    "committees",
    gettext_lazy("业主委员会"),
    committees,
    (
        link(
            "compound",
            gettext_lazy("小区名称"),
            "compound__name",
            lambda row: address("committees:detail", row["pk"]),
        ),
        area(gettext_lazy("区划")),
        number("seats", gettext_lazy("委员数")),
        number("party_seats", gettext_lazy("党员委员数")),
        day("founded_on", gettext_lazy("成立日期")),
    ),
    ("area_path", "id"),
    filters=(
        Search("q", gettext_lazy("小区名称"), ("compound__name",)),
        Flag("no_members", gettext_lazy("没有党员委员"), Q(party_seats=0)),
    ),
    sums=("organisations.owners_committees", "organisations.committee_party_share"),
    buttons=(
        Button(gettext_lazy("导入"), "imports:upload", "import", "import", ("owners_committees",)),
    ),
    empty=gettext_lazy("还没有登记业主委员会；在小区的页面登记，或者用“导入”。"),
)


@allowed("organisations.view")
def committee_list(request: Request) -> HttpResponseBase:
    return COMMITTEES.respond(request)


@allowed("organisations.view")
def committee_detail(request: Request, pk: int) -> HttpResponse:
    """Its place is the page of the compound."""
    return redirect("compounds:detail", _found(request, pk).compound_id)


@allowed(ACT)
def committee_new(request: Request, compound: int) -> HttpResponse:
    rows = Compound.objects.visible_to(request.user).select_related("area")
    found = get_object_or_404(rows, pk=compound)
    ask(check_may_in, request.user, ACT, area_path=found.area_path, name=found.name)
    form = FoundCommitteeForm(request.POST or None)
    if form.run(found_committee, compound=found, by=request.user):
        return _done(request, found.pk, _("已登记"))
    title = _("登记“%(name)s”的业主委员会") % {"name": found}
    return _form(request, form, title, _("登记"), found.pk)


@allowed(ACT)
def committee_edit(request: Request, pk: int) -> HttpResponse:
    committee = _committee(request, pk)
    form = ChangeCommitteeForm.over(committee, request.POST or None)
    if form.run(change_committee, committee=committee, by=request.user):
        return _done(request, committee.compound_id, _("已保存"))
    title = _("修改“%(name)s”") % {"name": committee}
    return _form(request, form, title, _("保存"), committee.compound_id)


@allowed(ACT)
def committee_dissolve(request: Request, pk: int) -> HttpResponse:
    committee = _committee(request, pk)
    form = DissolveCommitteeForm(request.POST or None)
    if form.run(dissolve_committee, committee=committee, by=request.user):
        return _done(request, committee.compound_id, _("已解散"))
    title = _("解散“%(name)s”") % {"name": committee}
    return _form(request, form, title, _("解散"), committee.compound_id)


def _committee(request: Request, pk: int) -> OwnersCommittee:
    """To be changed."""
    committee = _found(request, pk)
    ask(
        check_may_in, request.user, ACT, area_path=committee.area_path, name=str(committee)
    )  # fmt: skip
    return committee


def _found(request: Request, pk: int) -> OwnersCommittee:
    rows = OwnersCommittee.objects.visible_to(request.user).select_related("compound")
    return get_object_or_404(rows, pk=pk)


def _done(request: Request, compound: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("compounds:detail", compound)


def _form(request: Request, form: forms.Form, title: str, save: str, compound: int) -> HttpResponse:
    back = address("compounds:detail", compound)
    return form_page(request, form, title, save, back)
