from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.history import history_of
from sanqiao.kernel.models import User
from sanqiao.web.access import allowed, ask_area
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.forms import CommandForm, form_page
from sanqiao.web.request import Request
from sanqiao.work.service import commands, policies
from sanqiao.work.service.models import Pairing, UnitCheckIn

from . import listings
from .forms import DayForm, EndPairingForm, PairForm, UnitInForm


class Act(NamedTuple):
    """`runs` calls the command; `may` decides whether the button shows."""

    title: Promise
    icon: str
    form: type[CommandForm]
    runs: Callable[..., Any]
    may: Callable[[Pairing, User], bool]


@allowed("service.view")
def pairing_list(request: Request) -> HttpResponseBase:
    return listings.PAIRINGS.respond(request)


@allowed("service.pair", "service.accept")
def hole_list(request: Request) -> HttpResponseBase:
    return listings.HOLES.respond(request)


@allowed("service.pair")
def pairing_new(request: Request) -> HttpResponse:
    ask_area(request.user, "service.pair")
    form = PairForm(request.POST or None)
    if form.run(commands.draft_pairing, by=request.user):
        messages.success(request, _("已拟定，等双方签字"))
        return redirect("service:pairing", form.result.pk)
    return form_page(request, form, _("拟定包联"), _("保存"), reverse("service:pairings"))


@allowed("service.view")
def pairing_detail(request: Request, pk: int) -> HttpResponse:
    pairing, visit = _found(request, pk)
    context = {
        "pairing": pairing,
        "facts": _facts(pairing, visit),
        "crumbs": area_crumbs(pairing.area, with_itself=True),
        "actions": _actions(pairing, request.user),
        "versions": history_of(pairing),
        "reports": pairing.reports.order_by("-period_first"),
    }
    return render(request, "service/pairing_detail.html", context)


@allowed("service.pair", "service.accept", "service.liaise")
def pairing_act(request: Request, pk: int, act: str) -> HttpResponse:
    pairing, _visit = _found(request, pk)
    if act not in ACTS or not ACTS[act].may(pairing, request.user):
        raise Http404
    form = ACTS[act].form(request.POST or None)
    if form.run(ACTS[act].runs, pairing=pairing, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("service:pairing", pk)
    title = f"{ACTS[act].title} · {pairing}"
    return form_page(request, form, title, str(ACTS[act].title), address("service:pairing", pk))


def _found(request: Request, pk: int) -> tuple[Pairing, UnitCheckIn | None]:
    """The pairing, and what its unit handed in."""
    rows = Pairing.objects.visible_to(request.user).select_related("area", "check_in")
    pairing = get_object_or_404(rows, pk=pk)
    return pairing, getattr(pairing, "check_in", None)


def _facts(pairing: Pairing, visit: UnitCheckIn | None) -> list[tuple[str, Any]]:
    return [
        (_("单位"), pairing.unit_name),
        (_("包联社区"), pairing.area.name),
        (_("牵头单位"), _("是") if pairing.is_lead else _("否")),
        (_("协议文号"), pairing.document),
        (_("单位签字"), pairing.unit_signed_on),
        (_("社区签字"), pairing.community_signed_on),
        (_("起"), pairing.valid_from),
        (_("止"), pairing.valid_to),
        (_("终止原因"), pairing.end_reason),
        (_("单位报到"), visit.checked_in_on if visit else None),
        (_("社区接收"), visit.accepted_on if visit else None),
        (_("共建项目"), visit.plan if visit else ""),
    ]


def _actions(pairing: Pairing, user: User) -> list[Action]:
    found = [(name, act) for name, act in ACTS.items() if act.may(pairing, user)]
    return [
        Action(
            act.title,
            address("service:pairing_act", pairing.pk, name),
            act.icon,
            n == 0 and name != "end",
        )
        for n, (name, act) in enumerate(found)
    ]


def _sign_unit(*, pairing: Pairing, by: User, **given: Any) -> Pairing:
    return commands.sign_pairing(pairing=pairing, side="unit", by=by, **given)


def _sign_community(*, pairing: Pairing, by: User, **given: Any) -> Pairing:
    return commands.sign_pairing(pairing=pairing, side="community", by=by, **given)


def _accept(*, pairing: Pairing, by: User, **given: Any) -> UnitCheckIn:
    return commands.accept_unit(check_in=pairing.check_in, by=by, **given)


def _speaks(pairing: Pairing, user: User) -> bool:
    return policies.liaises(user, pairing.organisation_path)


def _accepts(pairing: Pairing, user: User) -> bool:
    return policies.accepts(user, pairing.area_path)


def _arranges(pairing: Pairing, user: User) -> bool:
    return policies.pairs(user, pairing.area_path) and pairing.valid_to is None


def _waits(pairing: Pairing) -> bool:
    visit = getattr(pairing, "check_in", None)
    return visit is not None and visit.accepted_on is None


ACTS = {
    "sign-unit": Act(
        gettext_lazy("单位签字"), "edit", DayForm, _sign_unit,
        lambda p, user: _speaks(p, user) and p.unit_signed_on is None,
    ),
    "sign-community": Act(
        gettext_lazy("社区签字"), "edit", DayForm, _sign_community,
        lambda p, user: _accepts(p, user) and p.community_signed_on is None,
    ),
    "check-in": Act(
        gettext_lazy("单位报到"), "check", UnitInForm, commands.check_in_unit,
        lambda p, user: _speaks(p, user) and p.is_agreed and not hasattr(p, "check_in"),
    ),
    "accept": Act(
        gettext_lazy("接收"), "check", DayForm, _accept,
        lambda p, user: _accepts(p, user) and _waits(p),
    ),
    "lead": Act(
        gettext_lazy("设为牵头单位"), "people", CommandForm, commands.lead_pairing,
        lambda p, user: _arranges(p, user) and not p.is_lead,
    ),
    "end": Act(
        gettext_lazy("终止包联"), "stop", EndPairingForm, commands.end_pairing, _arranges
    ),
}  # fmt: skip
"""Acts by the word in their address, the likeliest first."""
