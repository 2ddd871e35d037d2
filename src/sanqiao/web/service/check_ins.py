"""What a community does with slips: a queue with one obvious button, and the roster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.history import history_of
from sanqiao.kernel.models import User
from sanqiao.web.access import allowed, allows
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.forms import CommandForm, form_page
from sanqiao.web.request import Request
from sanqiao.web.viewing import in_area, viewing_of
from sanqiao.work.service import commands, policies
from sanqiao.work.service.models import MemberCheckIn

from . import listings
from .forms import EndForm, PlaceForm, ReturnForm
from .moving import moving

PAGE = 50


class Act(NamedTuple):
    title: Promise
    icon: str
    form: type[CommandForm]
    command: Callable[..., Any]
    may: Callable[[MemberCheckIn, User], bool]


@allowed("service.accept")
def queue(request: Request) -> HttpResponse:
    """The oldest slips first."""
    rows = _waiting(request)
    shown = list(rows.select_related("community")[: PAGE + 1])
    context = {"slips": shown[:PAGE], "has_more": len(shown) > PAGE, "viewing": viewing_of(request)}
    return render(request, "service/queue.html", context)


@allowed("service.accept")
@require_POST
def queue_accept(request: Request) -> HttpResponse:
    """Those of the page at once; what cannot be accepted stays in the queue, with the reason."""
    ids = [int(pk) for pk in request.POST.getlist("slip") if pk.isdecimal()][:PAGE]
    refused: list[str] = []
    for slip in _waiting(request).filter(pk__in=ids):
        try:
            commands.accept_check_in(check_in=slip, on=timezone.localdate(), by=request.user)
        except Refused as refusal:
            refused.append(f"{slip.name}：{refusal.message}")
    for words in refused:
        messages.error(request, words)
    messages.success(request, _("已接收 %(n)d 人") % {"n": len(ids) - len(refused)})
    return redirect("service:queue")


@allowed("service.view")
def check_in_list(request: Request) -> HttpResponseBase:
    return listings.CHECK_INS.respond(request)


@allowed("service.view")
def exemption_list(request: Request) -> HttpResponseBase:
    return listings.EXEMPTIONS.respond(request)


@allowed("service.view")
def check_in_detail(request: Request, pk: int) -> HttpResponse:
    check_in = _found(request, pk)
    context = {
        "slip": check_in,
        "facts": _facts(check_in),
        "actions": _actions(check_in, request.user),
        "may_accept": allows(policies.check_answers, check_in, request.user),
        "versions": history_of(check_in),
        "reports": check_in.reports.order_by("-period_first"),
    }
    return render(request, "service/check_in_detail.html", context)


@allowed("service.accept")
@require_POST
def check_in_accept(request: Request, pk: int) -> HttpResponse:
    slip = _found(request, pk)
    try:
        commands.accept_check_in(check_in=slip, on=timezone.localdate(), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("service:check_in", pk)
    messages.success(request, _("已接收%(name)s") % {"name": slip.name})
    return redirect("service:queue")


@allowed("service.accept", "service.liaise")
def check_in_move(request: Request, pk: int) -> HttpResponse:
    """Moving house, told at the community's desk or to the unit."""
    slip = _found(request, pk)
    if slip.ended_on or not _manages(slip, request.user):
        raise Http404
    return moving(request, slip, address("service:check_in", pk))


@allowed("service.accept", "service.liaise")
def check_in_act(request: Request, pk: int, act: str) -> HttpResponse:
    slip = _found(request, pk)
    if act not in ACTS or not ACTS[act].may(slip, request.user):
        raise Http404
    form = ACTS[act].form(request.POST or None)
    if isinstance(form, PlaceForm):
        form.offer(slip)
    if form.run(ACTS[act].command, check_in=slip, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("service:check_in", pk)
    title = f"{ACTS[act].title} · {slip.name}"
    return form_page(request, form, title, str(ACTS[act].title), address("service:check_in", pk))


def _waiting(request: Request) -> QuerySet[MemberCheckIn]:
    rows = MemberCheckIn.objects.visible_to(request.user).waiting()
    return in_area(rows, viewing_of(request)).order_by("checked_in_on", "id")


def _found(request: Request, pk: int) -> MemberCheckIn:
    rows = MemberCheckIn.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("community", "area", "team"), pk=pk)


def _facts(slip: MemberCheckIn) -> list[tuple[str, Any]]:
    return [
        (_("单位"), slip.unit_name),
        (_("身份"), slip.get_standing_display()),
        (_("接收社区"), slip.community.name),
        (_("编入网格"), slip.area.name if slip.is_placed else ""),
        (_("服务队"), slip.team.name if slip.team else ""),
        (_("居住小区楼栋"), slip.home),
        (_("特长"), slip.skill),
        (_("意向岗位"), slip.wish),
        (_("报到日期"), slip.checked_in_on),
        (_("接收日期"), slip.accepted_on),
        (_("结束日期"), slip.ended_on),
        (_("说明"), slip.end_note),
    ]


def _actions(slip: MemberCheckIn, user: User) -> list[Action]:
    found = [
        Action(act.title, address("service:check_in_act", slip.pk, name), act.icon)
        for name, act in ACTS.items()
        if act.may(slip, user)
    ]
    if slip.ended_on is None and _manages(slip, user):
        found.append(Action(_("搬迁"), address("service:move", slip.pk), "move"))
    return found


def _accepts(slip: MemberCheckIn, user: User) -> bool:
    return policies.accepts(user, slip.area_path)


def _manages(slip: MemberCheckIn, user: User) -> bool:
    return _accepts(slip, user) or policies.liaises(user, slip.organisation_path)


ACTS = {
    "place": Act(
        gettext_lazy("调整编组"), "split", PlaceForm, commands.place_check_in,
        lambda slip, user: allows(policies.check_places, slip, user),
    ),
    "return": Act(
        gettext_lazy("退回"), "stop", ReturnForm, commands.return_check_in,
        lambda slip, user: allows(policies.check_answers, slip, user),
    ),
    "end": Act(
        gettext_lazy("结束报到"), "stop", EndForm, commands.end_check_in,
        lambda slip, user: slip.is_placed and _manages(slip, user),
    ),
}  # fmt: skip
