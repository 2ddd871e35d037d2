"""One person, membership or appointment at a time, from its page."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.kernel.versions import check_version
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.models import Appointment, Membership, Person, Post
from sanqiao.registers.people.policies import (
    check_can_confirm,
    check_can_end,
    check_can_join,
    check_can_transfer,
    check_may,
    check_may_change,
)
from sanqiao.registers.spelling import spelled_name

from .appointments import APPOINTMENTS
from .members import MEMBERSHIPS
from .people import BORN_LATER

REASONS = {
    "people_person_id_number_key_key": Reason(
        "people.id_number_taken", "id_number", gettext_lazy("该身份证号已登记（可能在您的范围外）")
    )
}


class PersonFacts(TypedDict):
    name: str
    gender: str
    born_on: date | None
    education: str
    id_number: str
    phone: str


class AppointmentFacts(TypedDict):
    organisation: Organisation | None
    unit: Unit | None
    rank: str
    title: str
    valid_from: date
    document: str


@transaction.atomic
def create_person(*, area: Area, by: User, **facts: Unpack[PersonFacts]) -> Person:
    """Raises Refused: people.not_allowed, id_number_taken."""
    check_may(by, "people.change", area=area.path)
    person = Person(area=area, **facts)
    _save(person)
    note("people.person_created", subject=person, by=by)
    return person


@transaction.atomic
def change_person(
    *, person: Person, area: Area, known_version: int, by: User, **facts: Unpack[PersonFacts]
) -> Person:
    """A new area must lie where `by` may change people, as the old one or the organisation does.

    Raises Refused: people.not_allowed, changed_meanwhile, id_number_taken.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    check_may_change(person, by)
    if area.pk != person.area_id and not by.may("people.change", area=area.path):
        words = _("“%(area)s”不在您的管理范围内") % {"area": area.name}
        raise Refused("people.not_allowed", words, field="area")
    check_version(person, known_version)

    for name, value in facts.items():
        setattr(person, name, value)
    person.area = area
    _save(person)
    note("people.person_changed", subject=person, by=by)
    return person


@transaction.atomic
def admit_member(
    *, person: Person, organisation: Organisation, kind: str, joined_on: date,
    full_on: date | None, valid_from: date, by: User,
) -> Membership:  # fmt: skip
    """Enter a membership. Raises Refused: people.not_allowed, organisation_dissolved, overlap, …"""
    check_can_join(by, organisation, valid_from)
    with refusing(MEMBERSHIPS.reasons):
        membership = _join(
            person, organisation, kind=kind, joined_on=joined_on, full_on=full_on,
            valid_from=valid_from,
        )  # fmt: skip
    note("people.member_admitted", subject=membership, by=by)
    return membership


@transaction.atomic
def transfer_membership(
    *, membership: Membership, to: Organisation, on: date, by: User
) -> Membership:
    """组织关系转接: the membership ends on the day `on`, and one in `to` begins; returns that.

    Raises Refused: people.not_allowed, membership_ended, same_organisation, transfer_too_early.
    """
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    check_can_transfer(membership, to, on, by)

    membership.valid_to = on
    membership.save(update_fields=["valid_to"])
    with refusing(MEMBERSHIPS.reasons):
        after = _join(
            membership.person, to, kind=membership.kind, joined_on=membership.joined_on,
            full_on=membership.full_on, valid_from=on,
        )  # fmt: skip
    note(
        "people.membership_transferred", subject=after, by=by,
        before=membership.organisation.name, to=to.name, on=str(on),
    )  # fmt: skip
    return after


@transaction.atomic
def confirm_full(*, membership: Membership, on: date, by: User) -> Membership:
    """转正. Raises Refused: people.not_allowed, not_probationary, confirmed_too_early."""
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    check_can_confirm(membership, on, by)
    membership.kind, membership.full_on = Membership.Kind.FULL, on
    membership.save(update_fields=["kind", "full_on"])
    note("people.member_confirmed", subject=membership, by=by, on=str(on))
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, on: date, reason: str, by: User) -> Membership:
    """A membership ends without another. Raises Refused: people.not_allowed, membership_ended, …"""
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    check_can_end(membership, reason, by)
    membership.valid_to = on
    with refusing(MEMBERSHIPS.reasons):
        membership.save(update_fields=["valid_to"])
    note("people.membership_ended", subject=membership, by=by, on=str(on), reason=reason)
    return membership


@transaction.atomic
def appoint(
    *, person: Person, post: Post, area: Area, by: User, **facts: Unpack[AppointmentFacts]
) -> Appointment:
    """Raises Refused: people.not_allowed, double_appointment, post_held."""
    check_may(by, "people.change", area=area.path)
    with refusing(APPOINTMENTS.reasons):
        appointment = Appointment.objects.create(
            person=person, post=post, is_single=post.single_holder,
            area=area, area_path=area.path, **facts,
        )  # fmt: skip
    note("people.appointed", subject=appointment, by=by)
    return appointment


@transaction.atomic
def end_appointment(*, appointment: Appointment, on: date, document: str, by: User) -> Appointment:
    """Raises Refused: people.not_allowed, appointment_ended, import.dates."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    check_may(by, "people.change", area=appointment.area_path)
    if appointment.valid_to is not None:
        raise Refused("people.appointment_ended", _("该任职已结束"))
    appointment.valid_to = on
    appointment.document = document or appointment.document
    with refusing(APPOINTMENTS.reasons):
        appointment.save(update_fields=["valid_to", "document"])
    note("people.appointment_ended", subject=appointment, by=by, on=str(on))
    return appointment


def _save(person: Person) -> None:
    """With the keys by which the person is found. Raises Refused: people.born_later, …"""
    if person.born_on and person.born_on > timezone.localdate():
        raise Refused(BORN_LATER.code, str(BORN_LATER.message), field=BORN_LATER.field)
    number, phone = str(person.id_number), str(person.phone)
    person.place()
    person.pinyin, person.initials = spelled_name(person.name)
    person.id_number_key, person.id_tail_key = find_key(number), find_key(number[-4:])
    person.phone_key, person.phone_tail_key = find_key(phone), find_key(phone[-4:])
    with refusing(REASONS):
        person.save()


def _join(
    person: Person, organisation: Organisation, *, kind: str, joined_on: date,
    full_on: date | None, valid_from: date,
) -> Membership:  # fmt: skip
    return Membership.objects.create(
        person=person, kind=kind, joined_on=joined_on, full_on=full_on, valid_from=valid_from,
        organisation=organisation, organisation_path=organisation.path,
        area_id=organisation.area_id, area_path=organisation.area_path,
    )  # fmt: skip
