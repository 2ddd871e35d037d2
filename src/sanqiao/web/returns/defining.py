"""Pages of definitions: what is reported, and asking for it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.web.access import allowed, ask_area
from sanqiao.web.actions import Action, history_href
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.returns.commands import ask_round, define_form, open_edition
from sanqiao.work.returns.models import ReturnForm

from . import listings
from .definition_forms import DefineForm, EditionForm, initial_of
from .forms import AskForm


@allowed("returns.view")
def form_list(request: Request) -> HttpResponseBase:
    return listings.FORMS.respond(request)


@allowed("returns.view")
def form_detail(request: Request, code: str) -> HttpResponse:
    form = get_object_or_404(ReturnForm.objects.visible_to(request.user), code=code)
    editions = form.editions.prefetch_related("lines", "identities").order_by("-number")
    context = {
        "form": form,
        "facts": [
            (_("主管单位"), form.competent_body),
            (_("依据"), form.basis),
            (_("填报层级"), form.get_level_display()),
            (_("期别"), form.get_period_kind_display()),
        ],
        "editions": editions,
        "rounds": form.rounds.select_related("form").order_by("-period_first")[:12],
        "actions": _actions(request, form),
        "history_href": history_href(form),
    }
    return render(request, "returns/form_detail.html", context)


def _actions(request: Request, form: ReturnForm) -> list[Action]:
    offers = (
        (
            "returns.ask",
            Action(_("布置填报"), address("returns:ask", form.code), "plus", True),
        ),
        ("returns.define", Action(_("新版本"), address("returns:edition_new", form.code))),
    )
    return [action for act, action in offers if act in request.user.acts]


@allowed("returns.define")
def form_new(request: Request) -> HttpResponse:
    form = DefineForm(request.POST or None)
    if form.run(define_form, by=request.user):
        messages.success(request, _("已建报表"))
        return redirect("returns:form", form.result.code)
    explain = _("能由登记得出的数不要填报；这里只收只能填报的数，不收任何个人信息。")
    return form_page(request, form, _("新建报表"), _("新建"), reverse("returns:forms"), explain)


@allowed("returns.define")
def edition_new(request: Request, code: str) -> HttpResponse:
    record = get_object_or_404(ReturnForm.objects.visible_to(request.user), code=code)
    last = record.editions.latest("number")
    form = EditionForm(request.POST or None, initial=initial_of(last))
    if form.run(open_edition, form=record, by=request.user):
        messages.success(request, _("已起用第 %(n)d 版") % {"n": form.result.number})
        return redirect("returns:form", code)
    title = _("“%(name)s”新版本") % {"name": record}
    explain = _("旧版本到起用日期为止，已报的各期仍按旧版本。")
    return form_page(request, form, title, _("起用"), address("returns:form", code), explain)


@allowed("returns.ask")
def ask(request: Request, code: str) -> HttpResponse:
    record = get_object_or_404(ReturnForm.objects.visible_to(request.user), code=code)
    ask_area(request.user, "returns.ask")
    form = AskForm(request.POST or None, initial={"within": viewing_of(request).place.key})
    form.level = record.level
    if form.run(ask_round, form=record, by=request.user):
        messages.success(request, _("已布置 %(period)s") % {"period": form.result.period})
        return redirect("returns:form", code)
    title = _("布置“%(name)s”") % {"name": record}
    return form_page(request, form, title, _("布置"), address("returns:form", code))
