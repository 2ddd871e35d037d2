"""A squad of a municipal bureau in 三桥社区, its people, and valid, dull records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area, ClosedUnit, Compound
from sanqiao.registers.organisations.models import Unit
from sanqiao.registers.people.models import Person
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import (
    CaptainRule,
    Claim,
    Deployment,
    Gate,
    Shift,
    Squad,
    SquadMember,
)
from tests.make import (
    Town,
    make_appointment,
    make_compound,
    make_grant,
    make_person,
    make_post,
    make_unit,
    make_user,
)

JANUARY, FEBRUARY, MARCH = date(2020, 1, 28), date(2020, 2, 3), date(2020, 3, 2)
MORNING, NOON, NIGHT = time(8), time(16), time(0)
COUNTY_DEPUTY, SECTION_HEAD = "3", "2"
number = count(1)


@dataclass
class Team:
    """第一支队: captain, two members, sent to 老油库小区 since 3 February."""

    unit: Unit
    squad: Squad
    captain: Person
    members: list[Person]
    compound: Compound
    deployment: Deployment
    officer: User


def make_posts() -> None:
    make_post("squad_captain", name="突击队队长", group="squad")
    make_post("squad_member", name="突击队队员", group="squad")
    make_post("unit_head", name="单位主要负责人", group="unit")


def make_rule(**given: Any) -> CaptainRule:
    """Heads of municipal units, or county deputy rank and above, since 2019."""
    usual = {
        "name": f"队长资格{next(number)}", "least_rank": COUNTY_DEPUTY,
        "valid_from": date(2019, 1, 1),
    }  # fmt: skip
    return CaptainRule.objects.create(**usual | given)


def make_head(unit: Unit, person: Person, **given: Any) -> None:
    make_posts()
    post = make_post("unit_head")
    make_appointment(person=person, post=post, unit=unit, area=unit.area, **given)


def make_officer(town: Town) -> User:
    return make_grant(role="city_officer", area=town.city, user=make_user()).user


def facts(**given: Any) -> dict[str, Any]:
    n = next(number)
    usual = {
        "number": f"TJ{n:03}", "name": f"第{n}突击队", "kind": "municipal", "formed_on": JANUARY,
        "until": date(2020, 9, 30), "task": "", "document": "",
    }  # fmt: skip
    return usual | given


def make_team(town: Town, officer: User | None = None, **given: Any) -> Team:
    by = officer or make_officer(town)
    make_posts()
    if not CaptainRule.objects.exists():
        make_rule()
    unit = make_unit(area=town.other_community)
    captain = make_person(area=town.far_grid)
    make_head(unit, captain)
    squad = commands.form_squad(
        unit=unit, area=town.community, captain=captain, by=by, **facts(**given)
    )
    people = [make_person(area=town.far_grid) for _n in range(2)]
    for person in people:
        commands.add_member(squad=squad, person=person, role="member", on=FEBRUARY, by=by)
    compound = make_compound(area=town.grid, name=f"老油库小区{next(number)}")
    deployment = commands.deploy_squad(
        squad=squad, area=town.grid, compound=compound, on=FEBRUARY, by=by
    )
    return Team(unit, squad, captain, people, compound, deployment, by)


def make_member(squad: Squad, person: Person, **given: Any) -> SquadMember:
    """A row alone, without appointment."""
    usual = {"role": "member", "valid_from": FEBRUARY, "name": person.name}
    return SquadMember.objects.create(
        squad=squad, person=person, area=squad.area, area_path=squad.area_path, **usual | given
    )


def make_closed(area: Area, gates: int = 1, **given: Any) -> ClosedUnit:
    usual = {"name": f"第{next(number)}单元", "closed_on": JANUARY, "gates": gates}
    return ClosedUnit.objects.create(area=area, area_path=area.path, **usual | given)


def make_gate(unit: ClosedUnit, n: int = 1, name: str = "东门") -> Gate:
    return Gate.objects.create(
        closed_unit=unit, number=n, name=name, area=unit.area, area_path=unit.area_path
    )


def make_shift(place: Deployment | Gate, **given: Any) -> Shift:
    """Tomorrow from eight to sixteen, two places."""
    at: dict[str, Any] = {"deployment": place} if isinstance(place, Deployment) else {"gate": place}
    usual = {
        "day": timezone.localdate() + timedelta(days=1), "begins": MORNING, "ends": NOON,
        "capacity": 2, "place_name": str(place),
    }  # fmt: skip
    given = at | usual | given
    return Shift.objects.create(area=place.area, area_path=place.area_path, **given)


def make_claim(shift: Shift, person: Person, **given: Any) -> Claim:
    seats = Claim.objects.standing().filter(shift=shift).count()
    usual = {
        "seat": seats + 1, "capacity": shift.capacity, "day": shift.day, "begins": shift.begins,
        "ends": shift.ends, "claimed_at": timezone.now(), "name": person.name,
    }  # fmt: skip
    return Claim.objects.create(
        shift=shift, person=person, area=shift.area, area_path=shift.area_path, **usual | given
    )


def as_person(person: Person, town: Town) -> User:
    """The account of a member."""
    user = make_user(username=f"me{person.pk}", person_id=person.pk)
    return make_grant(role="member", area=town.community, user=user).user
