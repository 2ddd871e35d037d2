"""What the page of a person shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sanqiao.kernel.models import Grant, Look, User
from sanqiao.kernel.models.events import reference
from sanqiao.kernel.prepared import Question, answers, question
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.scope import acting_as
from sanqiao.registers.people.models import Appointment, MemberHousehold, Membership, Person
from sanqiao.web.actions import Action, permitted
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import Crumb, around, crumbs

from .masking import masked_id, masked_phone

Facts = list[tuple[str, Any]]
ACT = "people.change"
OF_AREA = ("area__name", "area__key", "area__path")
SHOWN = ("name", "gender", "born_on", "education", "area_path", "phone", "id_number")


@dataclass(frozen=True)
class Role:
    """One line of what somebody is: a member, a post holder, a member household."""

    what: str
    where: str
    href: str
    more: str
    since: date
    until: date | None
    actions: list[Action] = field(default_factory=list)

    is_membership: bool = False

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until <= timezone.localdate()


def person_of(user: User, *, pk: int) -> QuerySet[Person]:
    rows = Person.objects.visible_to(user, one=True).filter(pk=pk)
    return rows.select_related("area").only(*SHOWN, *OF_AREA)


def memberships_of(user: User, *, person: int) -> QuerySet[Membership]:
    rows = Membership.objects.visible_to(user).filter(person_id=person)
    return rows.select_related("organisation").only(
        "kind", "joined_on", "valid_from", "valid_to", "area_path", "organisation_path",
        "organisation__name", "organisation__code",
    )  # fmt: skip


def appointments_of(user: User, *, person: int) -> QuerySet[Appointment]:
    rows = Appointment.objects.visible_to(user).filter(person_id=person)
    return rows.select_related("post", "area", "unit").only(
        "title", "rank", "valid_from", "valid_to", "area_path", "post__name", "unit__name", *OF_AREA
    )


def households_of(user: User, *, person: int) -> QuerySet[MemberHousehold]:
    rows = MemberHousehold.objects.visible_to(user).filter(person_id=person)
    return rows.select_related("area").only("name", "valid_from", "valid_to", "area_path", *OF_AREA)


def looks_at(person: Person, user: User) -> list[Look]:
    """The latest looks at the reader's own data; the log of them belongs to the reader too
    (个人信息保护法 第四十四条), so for this one question the scope is an auditor's."""
    rows = Look.objects.filter(subject=reference(person)).select_related("user")
    with acting_as(user, scope=replace(user.scope, audit=True)):
        return list(rows.order_by("-id")[:100]) if person.pk == user.person_id else []


def person_facts(person: Person, *, may_unmask: bool) -> Facts:
    return [
        (_("性别"), person.get_gender_display()),
        (_("出生日期"), person.born_on),
        (_("学历"), person.education),
        (_("居住区划"), person.area.name),
        (_("手机号"), _secret(person, "phone", masked_phone(person.phone), may_unmask)),
        (_("身份证号"), _secret(person, "id_number", masked_id(person.id_number), may_unmask)),
    ]


def _secret(person: Person, field: str, masked: str, may_unmask: bool) -> SafeString | str:
    if not masked or not may_unmask:
        return masked
    href = address("people:unmask", person.pk, field)
    link = '{} <a class="text-decoration-underline" href="{}">{}</a>'
    return format_html(link, masked, href, _("查看"))


def own_roles(person: int, user: User) -> list[Role]:
    """All that the reader is, in force first; the names of the reader's own organisations and
    units lie outside a member's scope, so they are read past it."""
    with past_scope(user):
        return _roles(user, *answers(*_role_questions(person, user)))


def read_person(user: User, pk: int) -> tuple[Person | None, list[Role], list[Crumb]]:
    """Who it is, all that the reader may see of what the person is, and the way down to the
    person's home."""
    asked = [question(person_of, user, pk=pk), question(around, person=pk)]
    found, areas, *roles = answers(*asked, *_role_questions(pk, user))
    return (found[0], _roles(user, *roles), crumbs(areas)) if found else (None, [], [])


def _role_questions(person: int, user: User) -> list[Question[Any]]:
    return [
        question(build, user, person=person)
        for build in (memberships_of, appointments_of, households_of)
    ]


def _roles(
    user: User,
    memberships: list[Membership],
    appointments: list[Appointment],
    households: list[MemberHousehold],
) -> list[Role]:
    roles = [
        *_memberships(memberships, user), *_appointments(appointments, user),
        *_households(households, user),
    ]  # fmt: skip
    return sorted(roles, key=lambda role: (role.is_over, -role.since.toordinal()))


def _memberships(rows: list[Membership], user: User) -> list[Role]:
    return [
        Role(
            what=row.get_kind_display(),
            where=row.organisation.name,
            href=address("organisations:detail", row.organisation.code),
            more=_("%(day)s 入党") % {"day": row.joined_on},
            since=row.valid_from,
            until=row.valid_to,
            actions=_membership_actions(row, user),
            is_membership=True,
        )
        for row in rows
    ]


def _appointments(rows: list[Appointment], user: User) -> list[Role]:
    return [
        Role(
            what=row.post.name,
            where=row.area.name,
            href=address("areas:detail", row.area.key),
            more=_details(row),
            since=row.valid_from,
            until=row.valid_to,
            actions=_appointment_actions(row, user),
        )
        for row in rows
    ]


def _membership_actions(row: Membership, user: User) -> list[Action]:
    if row.valid_to is not None:
        return []
    titles = [(_("转接"), "transfer"), (_("结束"), "end")]
    if row.kind == Membership.Kind.PROBATIONARY:
        titles.insert(0, (_("转正"), "confirm"))
    offers = [(ACT, Action(t, address(f"members:{name}", row.pk))) for t, name in titles]
    return permitted(user, row, *offers)


def _appointment_actions(row: Appointment, user: User) -> list[Action]:
    if row.valid_to is not None:
        return []
    href = address("appointments:end", row.pk)
    return permitted(user, row, (ACT, Action(_("免职"), href)))


def _household_actions(row: MemberHousehold, user: User) -> list[Action]:
    if row.valid_to is not None:
        return []
    href = address("households:close", row.pk)
    return permitted(user, row, (ACT, Action(_("摘牌"), href)))


def person_actions(person: Person, roles: list[Role], user: User) -> list[Action]:
    """By where the person lives, or by a membership that the reader may change."""
    of_area = user.paths_for(ACT, Grant.Tree.AREA)
    titles = [(_("修改"), "people:edit", "edit")]
    if of_area:
        titles.append((_("登记任职"), "people:appoint", "plus"))
    if not any(role.is_membership and role.until is None for role in roles):
        titles.append((_("登记党员关系"), "people:admit", "plus"))
    elif of_area:
        titles.append((_("登记党员中心户"), "households:new", "plus"))
    may = user.may(ACT, area=person.area_path) or any(
        role.is_membership and role.actions for role in roles
    )
    pk = person.pk
    return [Action(t, address(view, pk), i) for t, view, i in titles] if may else []


def _details(row: Appointment) -> str:
    rank = row.get_rank_display() if row.rank else ""
    parts = (row.title, rank, row.unit.name if row.unit else "")
    return " · ".join(part for part in parts if part)


def _households(rows: list[MemberHousehold], user: User) -> list[Role]:
    return [
        Role(
            what=_("党员中心户"),
            where=row.area.name,
            href=address("areas:detail", row.area.key),
            more=row.name,
            since=row.valid_from,
            until=row.valid_to,
            actions=_household_actions(row, user),
        )
        for row in rows
    ]
