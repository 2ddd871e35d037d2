from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.commands import unmask
from sanqiao.registers.people.models import Person
from sanqiao.web.access import allowed
from sanqiao.web.actions import history_href
from sanqiao.web.addresses import address
from sanqiao.web.forms import CommandForm
from sanqiao.web.request import Request

from . import listings
from .pages import person_actions, person_facts, read_person

SECRET = {"phone": gettext_lazy("手机号"), "id_number": gettext_lazy("身份证号")}


class UnmaskForm(CommandForm):
    purpose = forms.CharField(
        label=gettext_lazy("查阅事由"), max_length=200,
        help_text=gettext_lazy("写明为哪件事查看。查看人、时间和事由会记录在案，本人可以看到。"),
    )  # fmt: skip


@allowed("people.view")
def member_list(request: Request) -> HttpResponseBase:
    return listings.MEMBERS.respond(request)


@allowed("people.view")
def appointment_list(request: Request) -> HttpResponseBase:
    return listings.APPOINTMENTS.respond(request)


@allowed("people.view")
def person_detail(request: Request, pk: int) -> HttpResponse:
    person, roles, crumbs = read_person(request.user, pk)
    if person is None:
        raise Http404
    context = {
        "person": person,
        "facts": person_facts(person, may_unmask="people.unmask" in request.user.acts),
        "roles": roles,
        "actions": person_actions(person, roles, request.user),
        "crumbs": crumbs,
        "history_href": history_href(person),
    }
    return render(request, "people/person_detail.html", context)


@allowed("people.unmask")
def person_unmask(request: Request, pk: int, field: str) -> HttpResponse:
    """The whole value once, on this page only, after the reason is logged."""
    if field not in SECRET:
        raise Http404
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    form = UnmaskForm(request.POST or None)
    context = {
        "form": form,
        "person": person,
        "label": SECRET[field],
        "title": _("查看%(name)s的%(label)s") % {"name": person, "label": SECRET[field]},
        "save": _("查看"),
        "back": address("people:detail", pk),
    }
    if form.run(unmask, record=person, field=field, by=request.user):
        answer = render(request, "people/unmasked.html", {**context, "value": form.result})
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return render(request, "form.html", context)
