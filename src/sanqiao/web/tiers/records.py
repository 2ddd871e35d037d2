"""The records of the four tiers in one micro-grid, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import AreaEdge, in_force
from sanqiao.registers.organisations.models import Organisation, OwnersCommittee
from sanqiao.registers.people.models import Appointment, MemberHousehold, Membership
from sanqiao.web.addresses import address
from sanqiao.web.viewing import Viewing
from sanqiao.work.service.models import MemberCheckIn


@dataclass(frozen=True)
class Record:
    """What is there; `what` says as what, `href` where it is shown in full."""

    name: str
    what: str
    href: str = ""


def records_of(user: User, viewing: Viewing) -> list[list[Record]]:
    """By tier, in their order; a domain that the role doesn't open stays empty. Six queries."""
    posts = list(_posts(user, viewing)) if "people.view" in user.acts else []
    return [
        _groups(user, viewing) if "organisations.view" in user.acts else [],
        [*_committees(user, viewing), *_households(user, viewing)],
        [*_placed(user, viewing), *_held(post for post in posts if post.is_member)],
        list(_held(post for post in posts if post.post.code == "building_head")),
    ]


def _groups(user: User, viewing: Viewing) -> list[Record]:
    """Of the micro-grid, and of the grid of which it was a part."""
    day, area = viewing.as_of, viewing.place
    parents = AreaEdge.objects.filter(in_force(day), child=area).values("parent")
    groups = Organisation.objects.visible_to(user).on(day).filter(kind="grid_group")
    found = groups.filter(area=area) | groups.filter(area__in=parents)
    return [
        Record(group.name, group.area.name, address("organisations:detail", group.code))
        for group in found.select_related("area").order_by("path")
    ]


def _committees(user: User, viewing: Viewing) -> list[Record]:
    if "organisations.view" not in user.acts:
        return []
    rows = OwnersCommittee.objects.visible_to(user).filter(
        in_force(viewing.as_of, start="founded_on", end="dissolved_on"),
        compound__buildings__area=viewing.place,
    )
    words = _("委员 %(seats)d 人，党员 %(party)d 人")
    return [
        Record(
            str(one), words % {"seats": one.seats, "party": one.party_seats},
            address("compounds:detail", one.compound_id),
        )
        for one in rows.distinct().select_related("compound").order_by("pk")
    ]  # fmt: skip


def _households(user: User, viewing: Viewing) -> list[Record]:
    if "people.view" not in user.acts:
        return []
    rows = MemberHousehold.objects.visible_to(user).filter(
        in_force(viewing.as_of), area=viewing.place
    )
    return [
        Record(one.name, one.person.name, _person(one.person_id))
        for one in rows.select_related("person").order_by("pk")
    ]


def _placed(user: User, viewing: Viewing) -> list[Record]:
    """Members who checked in and were placed here."""
    if "service.view" not in user.acts:
        return []
    rows = MemberCheckIn.objects.visible_to(user).placed_on(viewing.as_of).filter(
        area=viewing.place, standing=MemberCheckIn.Standing.MEMBER
    )  # fmt: skip
    return [
        Record(slip.name, slip.unit_name, address("service:check_in", slip.pk))
        for slip in rows.order_by("pk")[:50]
    ]


def _posts(user: User, viewing: Viewing) -> QuerySet[Any]:
    """Posts of the grids held here, with `is_member` on the day."""
    held = Membership.objects.filter(in_force(viewing.as_of), person=OuterRef("person"))
    rows = Appointment.objects.visible_to(user).on(viewing.as_of)
    here = rows.filter(area=viewing.place, post__group="grid").annotate(is_member=Exists(held))
    return here.select_related("person", "post").order_by("post__order", "pk")


def _held(posts: Iterable[Any]) -> Iterable[Record]:
    return (Record(p.person.name, p.post.name, _person(p.person_id)) for p in posts)


def _person(pk: int) -> str:
    return address("people:detail", pk)
