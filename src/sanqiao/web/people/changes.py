"""One person, membership or appointment at a time: forms that run the commands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.registers.people.commands import (
    admit_member,
    appoint,
    change_person,
    confirm_full,
    create_person,
    end_appointment,
    end_membership,
    transfer_membership,
)
from sanqiao.registers.people.models import Appointment, Membership, Person
from sanqiao.registers.people.policies import check_admits, check_may, check_may_change
from sanqiao.web.access import allowed, ask, ask_area
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.references import asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .forms import (
    AdmitForm,
    AppointForm,
    ChangePersonForm,
    ConfirmForm,
    CreatePersonForm,
    EndAppointmentForm,
    EndMembershipForm,
    TransferForm,
)

ACT = "people.change"


@allowed(ACT)
def person_new(request: Request) -> HttpResponse:
    """In the area looked at."""
    ask_area(request.user, ACT)
    initial = {"area": viewing_of(request).area}
    form = asked_by(CreatePersonForm(request.POST or None, initial=initial), request.user)
    if form.run(create_person, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("people:detail", form.result.pk)
    return form_page(request, form, _("登记人员"), _("登记"), reverse("members:list"))


@allowed(ACT)
def person_edit(request: Request, pk: int) -> HttpResponse:
    person = _person(request, pk)
    ask(check_may_change, person, request.user)
    form = asked_by(ChangePersonForm.over(person, request.POST or None), request.user)
    if form.run(change_person, person=person, by=request.user):
        return _done(request, person, _("已保存"))
    title = _("修改“%(name)s”") % {"name": person}
    return form_page(request, form, title, _("保存"), _page(person))


@allowed(ACT)
def person_admit(request: Request, pk: int) -> HttpResponse:
    person = _person(request, pk)
    ask(check_admits, request.user)
    form = asked_by(AdmitForm(request.POST or None), request.user)
    if form.run(admit_member, person=person, by=request.user):
        return _done(request, person, _("已登记党员关系"))
    title = _("登记“%(name)s”的党员关系") % {"name": person}
    return form_page(request, form, title, _("登记"), _page(person))


@allowed(ACT)
def person_appoint(request: Request, pk: int) -> HttpResponse:
    person = _person(request, pk)
    ask_area(request.user, ACT)
    form = asked_by(AppointForm(request.POST or None), request.user)
    if form.run(appoint, person=person, by=request.user):
        return _done(request, person, _("已登记任职"))
    title = _("登记“%(name)s”的任职") % {"name": person}
    return form_page(request, form, title, _("登记"), _page(person))


@allowed(ACT)
def membership_transfer(request: Request, pk: int) -> HttpResponse:
    membership = _membership(request, pk)
    form = asked_by(TransferForm(request.POST or None), request.user)
    if form.run(transfer_membership, membership=membership, by=request.user):
        return _done(request, membership.person, _("已转接组织关系"))
    title = _("转接“%(name)s”的组织关系") % {"name": membership.person}
    return form_page(request, form, title, _("转接"), _page(membership.person))


@allowed(ACT)
def membership_confirm(request: Request, pk: int) -> HttpResponse:
    membership = _membership(request, pk)
    form = ConfirmForm(request.POST or None)
    if form.run(confirm_full, membership=membership, by=request.user):
        return _done(request, membership.person, _("已转正"))
    title = _("“%(name)s”转正") % {"name": membership.person}
    return form_page(request, form, title, _("转正"), _page(membership.person))


@allowed(ACT)
def membership_end(request: Request, pk: int) -> HttpResponse:
    membership = _membership(request, pk)
    form = EndMembershipForm(request.POST or None)
    if form.run(end_membership, membership=membership, by=request.user):
        return _done(request, membership.person, _("已结束党员关系"))
    title = _("结束“%(name)s”的党员关系") % {"name": membership.person}
    return form_page(request, form, title, _("结束"), _page(membership.person))


@allowed(ACT)
def appointment_end(request: Request, pk: int) -> HttpResponse:
    rows = Appointment.objects.visible_to(request.user).select_related("person", "post")
    appointment = get_object_or_404(rows, pk=pk)
    ask(check_may, request.user, ACT, area=appointment.area_path)
    person, form = appointment.person, EndAppointmentForm(request.POST or None)
    if form.run(end_appointment, appointment=appointment, by=request.user):
        return _done(request, person, _("已免职"))
    words = {"name": person, "post": appointment.post}
    title = _("免去“%(name)s”的%(post)s") % words
    return form_page(request, form, title, _("免职"), _page(person))


def _person(request: Request, pk: int) -> Person:
    rows = Person.objects.visible_to(request.user).select_related("area")
    return get_object_or_404(rows, pk=pk)


def _membership(request: Request, pk: int) -> Membership:
    """To be changed."""
    rows = Membership.objects.visible_to(request.user).select_related("person")
    found = get_object_or_404(rows, pk=pk)
    places = {"area": found.area_path, "organisation": found.organisation_path}
    ask(check_may, request.user, ACT, **places)
    return found


def _page(person: Person) -> str:
    return address("people:detail", person.pk)


def _done(request: Request, person: Person, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(_page(person))
