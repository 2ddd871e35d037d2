"""One compound at a time: forms that run the commands."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.commands import change_compound, close_compound, create_compound
from sanqiao.registers.areas.models import Compound
from sanqiao.registers.areas.policies import check_may
from sanqiao.registers.organisations.models import OwnersCommittee
from sanqiao.web.access import allowed, ask
from sanqiao.web.actions import Action, permitted
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .compound_forms import ChangeCompoundForm, CloseCompoundForm, CreateCompoundForm

ACT, COMMITTEE_ACT = "areas.change", "organisations.change"


@allowed(ACT)
def compound_new(request: Request) -> HttpResponse:
    """In the area looked at."""
    initial = {"area": viewing_of(request).area}
    form = asked_by(CreateCompoundForm(request.POST or None, initial=initial), request.user)
    if form.run(create_compound, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("compounds:detail", form.result.pk)
    return form_page(request, form, _("登记小区"), _("登记"), reverse("compounds:list"))


@allowed(ACT)
def compound_edit(request: Request, pk: int) -> HttpResponse:
    compound = _compound(request, pk)
    form = asked_by(ChangeCompoundForm.over(compound, request.POST or None), request.user)
    if form.run(change_compound, compound=compound, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("compounds:detail", pk)
    title = _("修改“%(name)s”") % {"name": compound}
    return form_page(request, form, title, _("保存"), address("compounds:detail", pk))


@allowed(ACT)
def compound_close(request: Request, pk: int) -> HttpResponse:
    compound = _compound(request, pk)
    form = CloseCompoundForm(request.POST or None)
    if form.run(close_compound, compound=compound, by=request.user):
        messages.success(request, _("已注销"))
        return redirect("compounds:detail", pk)
    title = _("注销“%(name)s”") % {"name": compound}
    return form_page(request, form, title, _("注销"), address("compounds:detail", pk))


def compound_actions(compound: Compound, user: User) -> list[Action]:
    titles = [(_("修改"), "edit", "edit")]
    if compound.valid_to is None:
        titles.append((_("注销"), "close", "stop"))
    pk = compound.pk
    actions = [Action(t, address(f"compounds:{v}", pk), i) for t, v, i in titles]
    return permitted(user, compound, *((ACT, action) for action in actions))


@dataclass(frozen=True)
class Committee:
    """An owners' committee with what the reader may do with it."""

    committee: OwnersCommittee
    actions: list[Action]


@dataclass(frozen=True)
class Committees:
    """The latest first; `new` founds one where none is in office."""

    each: list[Committee]
    new: list[Action]


def committees_of(compound: Compound, user: User) -> Committees | None:
    """None for roles that do not see organisations."""
    if "organisations.view" not in user.acts:
        return None
    rows = compound.committees.visible_to(user).order_by("-founded_on")[:20]
    each = [Committee(row, _committee_actions(row, user)) for row in rows]
    href = address("committees:new", compound.pk)
    offer = (COMMITTEE_ACT, Action(_("登记业主委员会"), href, "plus"))
    is_open = compound.valid_to is None and all(one.committee.dissolved_on for one in each)
    return Committees(each, permitted(user, compound, offer) if is_open else [])


def _committee_actions(row: OwnersCommittee, user: User) -> list[Action]:
    titles = [(_("修改"), "edit", "edit")]
    if row.dissolved_on is None:
        titles.append((_("解散"), "dissolve", "stop"))
    actions = [Action(t, address(f"committees:{v}", row.pk), i) for t, v, i in titles]
    return permitted(user, row, *((COMMITTEE_ACT, action) for action in actions))


def _compound(request: Request, pk: int) -> Compound:
    """To be changed."""
    rows = Compound.objects.visible_to(request.user).select_related("area")
    compound = get_object_or_404(rows, pk=pk)
    ask(check_may, request.user, ACT, compound.area)
    return compound
