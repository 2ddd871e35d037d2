"""A unit of the city with its branch, its people who live in 三桥社区, and valid, dull records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.models import Person
from sanqiao.work.service.models import MemberCheckIn, MemberReport, Pairing, ServiceTeam
from sanqiao.work.service.rows import CheckInRow
from tests.make import (
    Town,
    make_grant,
    make_membership,
    make_organisation,
    make_person,
    make_unit,
    make_user,
)

FEBRUARY = date(2020, 2, 3)
MARCH = date(2020, 3, 2)


@dataclass
class Bureau:
    """市财政局, which stands in 五堰, with a branch below the city's committee and a liaison."""

    unit: Unit
    branch: Organisation
    liaison: User
    member: Person
    staff: Person


def make_bureau(town: Town, name: str = "市财政局", **given: Any) -> Bureau:
    branch = make_organisation(
        name=f"{name}党支部", area=town.other_community, parent=town.city_committee, setting="unit"
    )
    unit = make_unit(name=name, area=town.other_community, organisation=branch, **given)
    user = make_user(username=f"liaison{unit.pk}")
    liaison = make_grant(role="unit_liaison", organisation=branch, user=user).user
    member = make_person(area=town.grid, name="林")
    make_membership(organisation=branch, person=member)
    staff = make_person(area=town.other_grid, name="何")
    return Bureau(unit, branch, liaison, member, staff)


def of_unit(unit: Unit) -> dict[str, Any]:
    organisation = unit.organisation
    path = organisation.path if organisation else None
    return {
        "unit": unit, "unit_name": unit.name, "unit_rank": unit.rank, "organisation_path": path
    }  # fmt: skip


def make_pairing(unit: Unit, area: Area, **given: Any) -> Pairing:
    """Signed by both on the day from which it holds."""
    since = given.pop("valid_from", MARCH)
    usual = {"unit_signed_on": since, "community_signed_on": since, "valid_from": since}
    return Pairing.objects.create(area=area, area_path=area.path, **of_unit(unit), **usual | given)


def make_check_in(person: Person, unit: Unit, community: Area, **given: Any) -> MemberCheckIn:
    """A slip of 3 February that waits."""
    area = given.pop("area", community)
    usual = {"standing": "member", "checked_in_on": FEBRUARY}
    return MemberCheckIn.objects.create(
        person=person, name=person.name, community=community, area=area, area_path=area.path,
        **of_unit(unit), **usual | given,
    )  # fmt: skip


def make_placed(
    person: Person, unit: Unit, community: Area, by: User, **given: Any
) -> MemberCheckIn:
    usual = {"accepted_on": FEBRUARY, "accepted_by": by}
    return make_check_in(person, unit, community, **usual | given)


def make_team(community: Area, name: str = "先锋服务队") -> ServiceTeam:
    return ServiceTeam.objects.create(
        area=community, area_path=community.path, name=name, valid_from=FEBRUARY
    )


def make_report(slip: MemberCheckIn, **given: Any) -> MemberReport:
    """A draft for the first half of 2020."""
    last = date(2020, 6, 30)
    usual = {"period_first": date(2020, 1, 1), "period_last": last, "due_on": last}
    return MemberReport.objects.create(
        check_in=slip, community=slip.community, person=slip.person, name=slip.name,
        area=slip.area, area_path=slip.area_path, **of_unit(slip.unit), **usual | given,
    )  # fmt: skip


def as_person(person: Person, town: Town) -> User:
    """The account of a member."""
    user = make_user(username=f"me{person.pk}", person_id=person.pk)
    return make_grant(role="member", area=town.community, user=user).user


def check_in_row(person: Person, unit: Unit, **given: Any) -> CheckInRow:
    usual: dict[str, Any] = {
        "name": person.name, "id_number": person.id_number, "phone": "", "area_key": None,
        "home": "", "skill": "", "wish": "", "checked_in_on": FEBRUARY,
        "credit_code": unit.credit_code,
    }  # fmt: skip
    return CheckInRow(**usual | given)
