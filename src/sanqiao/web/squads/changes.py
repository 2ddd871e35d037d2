"""What may be done with a squad: forms that run one command each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.web.access import allowed, ask
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.forms import CommandForm, Versioned, form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.squads import commands, policies
from sanqiao.work.squads.models import Deployment, LogEntry, Squad, SquadMember

from .forms import (
    AppraiseForm,
    CaptainForm,
    ChangeForm,
    CorrectForm,
    DayForm,
    DeployForm,
    DissolveForm,
    FormForm,
    LogForm,
    MemberForm,
    RuleForm,
)


class Act(NamedTuple):
    """`runs` calls the command; `may` decides whether the button shows."""

    title: Promise
    icon: str
    form: type[CommandForm]
    runs: Callable[..., Any]
    may: Callable[[User, Squad], bool]


ACTS = {
    "log": Act(gettext_lazy("写日志"), "edit", LogForm, commands.write_log, policies.plans),
    "deploy": Act(gettext_lazy("派驻"), "move", DeployForm, commands.deploy_squad, policies.leads),
    "member": Act(
        gettext_lazy("增加成员"), "plus", MemberForm, commands.add_member, policies.leads
    ),
    "captain": Act(
        gettext_lazy("任命队长"), "person", CaptainForm, commands.name_captain, policies.leads
    ),
    "appraise": Act(
        gettext_lazy("群众评价"), "info", AppraiseForm, commands.appraise_squad, policies.plans
    ),
    "edit": Act(gettext_lazy("修改"), "edit", ChangeForm, commands.change_squad, policies.leads),
    "dissolve": Act(
        gettext_lazy("解散"), "stop", DissolveForm, commands.dissolve_squad, policies.leads
    ),
}
"""Acts by the word in their address."""


@allowed("squads.lead")
def squad_new(request: Request) -> HttpResponse:
    """In the area looked at, when that is a community."""
    area = viewing_of(request).area
    initial = {"area": area} if area and area.level == Area.Level.COMMUNITY else {}
    form = asked_by(FormForm(request.POST or None, initial=initial), request.user)
    if form.run(commands.form_squad, by=request.user):
        messages.success(request, _("已组建"))
        return redirect("squads:detail", form.result.pk)
    return form_page(request, form, _("组建突击队"), _("组建"), reverse("squads:list"))


@allowed("squads.lead")
def rule_new(request: Request) -> HttpResponse:
    form = RuleForm(request.POST or None)
    if form.run(commands.set_captain_rule, by=request.user):
        messages.success(request, _("已登记；以前组建的突击队仍按当时的规定"))
        return redirect("squads:list")
    return form_page(request, form, _("登记队长资格"), _("登记"), reverse("squads:list"))


@allowed("squads.lead", "squads.plan")
def squad_act(request: Request, pk: int, act: str) -> HttpResponse:
    squad = _squad(request, pk)
    chosen = ACTS.get(act)
    if chosen is None or squad.dissolved_on or not chosen.may(request.user, squad):
        raise Http404
    form = asked_by(_form(chosen.form, squad, request.POST or None), request.user)
    if form.run(chosen.runs, squad=squad, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("squads:detail", pk)
    back = address("squads:detail", pk)
    return form_page(request, form, f"{chosen.title} · {squad}", str(chosen.title), back)


@allowed("squads.lead")
def member_end(request: Request, pk: int) -> HttpResponse:
    rows = SquadMember.objects.visible_to(request.user).select_related("squad")
    member = get_object_or_404(rows, pk=pk)
    title = _("离队：%(name)s") % {"name": member}
    return _end(request, member.squad, title, commands.end_member, {"member": member})


@allowed("squads.lead")
def deployment_end(request: Request, pk: int) -> HttpResponse:
    rows = Deployment.objects.visible_to(request.user).select_related("squad")
    deployment = get_object_or_404(rows, pk=pk)
    title = _("结束派驻：%(place)s") % {"place": deployment}
    given = {"deployment": deployment}
    return _end(request, deployment.squad, title, commands.end_deployment, given)


@allowed("squads.plan")
def log_correct(request: Request, pk: int) -> HttpResponse:
    entry = get_object_or_404(LogEntry.objects.visible_to(request.user), pk=pk)
    ask(policies.check_plans, request.user, entry)
    initial = {"text": entry.text, "deeds": entry.deeds}
    form = CorrectForm(request.POST or None, initial=initial)
    if form.run(commands.correct_log, entry=entry, by=request.user):
        messages.success(request, _("已更正"))
        return redirect("squads:detail", entry.squad_id)
    back = address("squads:detail", entry.squad_id)
    return form_page(request, form, _("更正日志"), _("更正"), back)


def actions_of(squad: Squad, user: User) -> list[Action]:
    if squad.dissolved_on is not None:
        return []
    found = [(name, act) for name, act in ACTS.items() if act.may(user, squad)]
    return [
        Action(act.title, address("squads:act", squad.pk, name), act.icon, n == 0)
        for n, (name, act) in enumerate(found)
    ]


def _form(kind: type[CommandForm], squad: Squad, given: Any) -> CommandForm:
    return kind.over(squad, given) if issubclass(kind, Versioned) else kind(given)


def _end(
    request: Request, squad: Squad, title: str, command: Callable[..., Any], given: dict[str, Any]
) -> HttpResponse:
    ask(policies.check_leads, request.user, squad.area_path)
    form = DayForm(request.POST or None)
    if form.run(command, by=request.user, **given):
        messages.success(request, _("已保存"))
        return redirect("squads:detail", squad.pk)
    return form_page(request, form, title, _("保存"), address("squads:detail", squad.pk))


def _squad(request: Request, pk: int) -> Squad:
    rows = Squad.objects.visible_to(request.user).select_related("area")
    return get_object_or_404(rows, pk=pk)
