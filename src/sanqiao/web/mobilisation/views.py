from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel.chains import verify_chain
from sanqiao.kernel.models import Progress, User
from sanqiao.web.access import allowed, ask
from sanqiao.web.addresses import address
from sanqiao.web.forms import CommandForm, form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.mobilisation import commands, large_orders, tasks
from sanqiao.work.mobilisation.closing import digest_of
from sanqiao.work.mobilisation.commands.closing import CLOSINGS
from sanqiao.work.mobilisation.models import Closing, Mobilisation, Pledge
from sanqiao.work.mobilisation.policies import (
    check_closes,
    check_commands,
    check_orders,
    check_records_deed,
)

from . import listings
from .commanding import ACTS, GROWS, TERMS, find
from .forms import CampaignForm, DeedForm, NewOrderForm, OrderForm, WaveForm, initial_of

COMMANDS: dict[str, Callable[..., Any]] = {
    "order": large_orders.ask_order,
    "start": commands.start_sending,
    "pause": commands.pause_sending,
    "resume": commands.resume_sending,
    "stop": commands.stop_sending,
    "end": commands.end_mobilisation,
    "close": commands.close_mobilisation,
}
SENDS = {"start", "resume"}


@allowed("mobilisation.view")
def mobilisation_list(request: Request) -> HttpResponseBase:
    return listings.MOBILISATIONS.respond(request)


@allowed("mobilisation.view")
def exercise_list(request: Request) -> HttpResponseBase:
    return listings.SCORES.respond(request)


@allowed("mobilisation.order")
def mobilisation_new(request: Request) -> HttpResponse:
    """A draft first; its page shows whom the rule finds."""
    area = viewing_of(request).place
    ask(check_orders, request.user, area.path)
    form = asked_by(NewOrderForm(request.POST or None), request.user)
    if form.run(commands.draft_mobilisation, area=area, by=request.user):
        return redirect("mobilisations:detail", form.result.pk)
    title = _("发起动员：%(area)s") % {"area": area.name}
    return form_page(request, form, title, _("保存并看对象"), reverse("mobilisations:list"))


@allowed("mobilisation.order")
def mobilisation_edit(request: Request, pk: int) -> HttpResponse:
    mobilisation = find(request, pk)
    ask(check_commands, mobilisation, request.user, Mobilisation.State.DRAFT)
    form = OrderForm(request.POST or None, initial=initial_of(mobilisation))
    asked_by(form, request.user)
    if form.run(commands.change_mobilisation, mobilisation=mobilisation, by=request.user):
        return redirect("mobilisations:detail", pk)
    return form_page(request, form, mobilisation.title, _("保存并看对象"), _page(pk))


@allowed("mobilisation.order", "mobilisation.close")
def mobilisation_act(request: Request, pk: int, act: str) -> HttpResponse:
    """Says what will happen, then does it; the order of very many is a job's."""
    mobilisation = find(request, pk)
    if act not in ACTS:
        raise Http404
    _ask_act(mobilisation, act, request.user)
    title = f"{ACTS[act][0]}：{mobilisation.title}"
    form = CommandForm(request.POST if request.method == "POST" else None)
    if form.run(COMMANDS[act], mobilisation=mobilisation, by=request.user):
        if act in SENDS:
            tasks.release(pk)
        if isinstance(form.result, Progress):
            return redirect("jobs:detail", form.result.pk)
        messages.success(request, _("已%(act)s") % {"act": ACTS[act][0]})
        return redirect("mobilisations:detail", pk)
    return form_page(request, form, title, str(ACTS[act][0]), _page(pk), explain=explained(act))


def _ask_act(mobilisation: Mobilisation, act: str, user: User) -> None:
    if act == "close":
        return ask(check_closes, mobilisation, user)
    return ask(check_commands, mobilisation, user, *ACTS[act][1])


def explained(act: str) -> str:
    return {
        "order": _("按规则把名单定下来，一人一行；此后规则不再改。还不会发送。"),
        "start": _("消息按渠道顺序发出。随时可以暂停。"),
        "pause": _("手头这一包发完就停；可以继续。"),
        "resume": _("从停下的地方接着发；已送达的不会重发。"),
        "stop": _("不再发送，未送达的记为“停发前未送达”；已送达的仍可以回复。不能恢复。"),
        "end": _("不再接受回复。之后应按期关闭。不能恢复。"),
        "close": _("冻结总数，销毁名单上的个人信息，留下盖章的记录。不能恢复。"),
    }[act]


@allowed("mobilisation.order")
def wave_new(request: Request, pk: int) -> HttpResponse:
    mobilisation = find(request, pk)
    ask(check_commands, mobilisation, request.user, *GROWS)
    form = WaveForm(request.POST or None)
    if form.run(commands.add_wave, mobilisation=mobilisation, by=request.user):
        if mobilisation.state == Mobilisation.State.SENDING:
            tasks.release(pk)
        return redirect("mobilisations:detail", pk)
    return form_page(request, form, _("增补批次"), _("增补"), _page(pk))


@allowed("mobilisation.order")
def campaign_new(request: Request) -> HttpResponse:
    area, mine = viewing_of(request).place, Mobilisation.objects.visible_to(request.user)
    ask(check_orders, request.user, area.path)
    form = CampaignForm(request.POST or None, mobilisations=mine.order_by("-pk"))
    if form.run(commands.open_campaign, area=area, by=request.user):
        messages.success(request, _("承诺活动已开展"))
        return redirect("mobilisations:pledges")
    back = reverse("mobilisations:pledges")
    return form_page(request, form, _("开展承诺活动"), _("开展"), back)


@allowed("mobilisation.answer")
def deed_new(request: Request, pk: int) -> HttpResponse:
    rows = Pledge.objects.visible_to(request.user).select_related("area", "campaign")
    pledge = get_object_or_404(rows, pk=pk)
    ask(check_records_deed, pledge, request.user)
    form = DeedForm(request.POST or None)
    if form.run(commands.record_deed, pledge=pledge, by=request.user):
        messages.success(request, _("已记录践诺"))
        return redirect("mobilisations:pledges")
    title = _("记录践诺：%(item)s") % {"item": pledge.item}
    return form_page(request, form, title, _("记录"), reverse("mobilisations:pledges"))


@allowed("mobilisation.view")
def closing_record(request: Request, pk: int) -> HttpResponse:
    """The sealed record; the digest is made again from the totals that stand there."""
    mobilisation = find(request, pk)
    rows = Closing.objects.visible_to(request.user).select_related("closed_by")
    closing = get_object_or_404(rows, mobilisation=mobilisation)
    context = {
        "mobilisation": mobilisation,
        "closing": closing,
        "terms": [(title, closing.totals["whole"][name]) for name, title, _q in TERMS],
        "columns": [title for _name, title, _q in TERMS],
        "areas": [
            (each["name"] or _("本级"), [(title, each[name]) for name, title, _q in TERMS])
            for each in closing.totals["areas"]
        ],
        "is_same": digest_of(closing.totals) == closing.digest,
        "bad_link": verify_chain(CLOSINGS),
    }
    return render(request, "mobilisation/closing.html", context)


def _page(pk: int) -> str:
    return address("mobilisations:detail", pk)
