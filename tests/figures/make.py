"""A small city with a past: areas that moved, ended or came later, and records at every level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db import connection
from django.db.models import Model
from hypothesis import Phase, settings

from sanqiao.kernel.scope import path_of
from sanqiao.registers.areas.models import (
    Area,
    AreaEdge,
    Building,
    ClosedUnit,
    Compound,
    Designation,
    GovernanceTier,
)
from sanqiao.registers.organisations.models import Organisation, OwnersCommittee, Unit, WorkTeam
from sanqiao.registers.people.models import Appointment, MemberHousehold, Membership, Person, Post

FOUNDED = date(2000, 1, 1)
FIRST, LAST = date(2018, 1, 1), date(2021, 12, 31)
POSTS = (
    "leader", "township_cadre", "community_cadre", "secretary", "first_secretary", "team_member",
    "team_leader", "graduate", "building_head", "volunteer", "squad_member", "grid_worker",
    "grid_head", "auxiliary",
)  # fmt: skip
LADDER = (
    ("county", ("statutory", "functional"), 3),
    ("township", ("town", "subdistrict"), 2),
    ("community", ("residents", "village"), 2),
    ("grid", ("urban_grid", "compound_grid"), 2),
    ("microgrid", ("micro",), 2),
)
number = count(1)


def few(examples: int) -> settings:
    """Random cities; a seed does not shrink."""
    return settings(max_examples=examples, phases=[Phase.explicit, Phase.generate])


@dataclass
class City:
    """`root` and every area below it, in the order of making."""

    root: Area
    areas: list[Area]
    random: Random
    people: list[Person] = field(default_factory=list)

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        return first + timedelta(days=self.random.randrange((last - first).days))

    def span(self) -> tuple[date, date | None]:
        start = self.day()
        end = self.day(start + timedelta(days=1), LAST + timedelta(days=400))
        return start, end if self.random.random() < 0.5 else None

    def area(self) -> Area:
        return self.random.choice(self.areas)


def ids(model: type[Model], many: int) -> list[int]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, many],
        )
        return [pk for (pk,) in cursor.fetchall()]


def make_city(seed: int, *, records: int = 30) -> City:
    """Twenty to a hundred areas, and `records` of each kind spread over all of them and all days."""
    random = Random(seed)
    root = _area(None, "city", "statutory", random)
    areas = [root, *_below([root], random)]
    edges = [edge for area in areas[1:] for edge in _links(area, areas, random)]
    for area in areas:  # a moved area comes after its parents: levels were made one by one
        area.path = path_of(area.parent, area.pk)
    Area.objects.bulk_create(areas)
    AreaEdge.objects.bulk_create(edges)
    city = City(root, areas, random)
    for fill in FILLS:
        fill(city, records)
    return city


def _area(parent: Area | None, level: str, kind: str, random: Random, pk: int = 0) -> Area:
    pk = pk or ids(Area, 1)[0]
    later = random.random() < 0.2 and parent is not None
    return Area(
        id=pk, key=f"K{pk}", official_code=f"{pk:012}" if random.random() < 0.8 else None,
        name=f"{level}{pk}", level=level, kind=kind, parent=parent, households=random.randrange(90),
        valid_from=date(2019, 6, 1) + timedelta(days=random.randrange(400)) if later else FOUNDED,
    )  # fmt: skip


def _below(level_above: list[Area], random: Random) -> list[Area]:
    found: list[Area] = []
    for level, kinds, many in LADDER:
        above = [a for a in level_above if a.kind not in {"compound_grid"}]
        pks = ids(Area, many * len(above))
        level_above = [
            _area(parent, level, random.choice(kinds), random, pks.pop())
            for parent in above
            for _n in range(random.randrange(many - 1, many + 1))
        ]
        found += level_above
    return found


def _links(area: Area, areas: list[Area], random: Random) -> list[AreaEdge]:
    """One link; or two, of an area that moved; or one that ended with the area."""
    assert area.parent is not None
    chance = random.random()
    if chance < 0.1:
        area.valid_to = area.valid_from + timedelta(days=random.randrange(1, 8000))
        return [_edge(area, area.parent, area.valid_from, area.valid_to)]
    beside = [a for a in areas if a.level == area.parent.level and a is not area.parent]
    if chance < 0.25 and beside:
        moved = area.valid_from + timedelta(days=random.randrange(7000, 7600))
        before, area.parent = area.parent, random.choice(beside)
        first = _edge(area, before, area.valid_from, moved)
        return [first, _edge(area, area.parent, moved, None)]
    return [_edge(area, area.parent, area.valid_from, None)]


def _edge(child: Area, parent: Area, start: date, end: date | None) -> AreaEdge:
    return AreaEdge(child=child, parent=parent, valid_from=start, valid_to=end)


def _placed(city: City, **given: Any) -> dict[str, Any]:
    area = given.pop("area", None) or city.area()
    return {"area": area, "area_path": area.path, **given}


def _people(city: City, many: int) -> None:
    people = [Person(name="张三", gender="male", **_placed(city)) for _n in range(many)]
    city.people = Person.objects.bulk_create(people)


def _appointments(city: City, many: int) -> None:
    """Few persons and many posts, so that one has several in several places."""
    posts = [
        Post.objects.get_or_create(code=code, defaults={"name": code, "group": "grid"})[0]
        for code in POSTS
    ]
    few = city.people[: many // 3]
    held = {
        (city.random.choice(few), city.random.choice(posts), city.area()) for _n in range(many * 4)
    }
    Appointment.objects.bulk_create(
        Appointment(
            person=person, post=post, valid_from=start, valid_to=end, **_placed(city, area=area)
        )
        for (person, post, area), (start, end) in ((held, city.span()) for held in held)
    )


def _organisations(city: City, many: int) -> None:
    found = []
    for pk in ids(Organisation, many):
        start, end = city.span()
        found.append(
            Organisation(
                id=pk, path=path_of(None, pk), name=f"党组织{pk}", code=f"O{pk}",
                kind=city.random.choice(Organisation.Kind.values),
                setting=city.random.choice(("compound", "residents")),
                founded_on=start, dissolved_on=end, term_ends_on=city.day(), **_placed(city),
            )
        )  # fmt: skip
    made = Organisation.objects.bulk_create(found)
    Membership.objects.bulk_create(_membership(city, person, made) for person in city.people)


def _membership(city: City, person: Person, organisations: list[Organisation]) -> Membership:
    organisation = city.random.choice(organisations)
    start, end = city.span()
    full = city.random.random() < 0.8
    return Membership(
        person=person, organisation=organisation, organisation_path=organisation.path,
        kind="full" if full else "probationary", joined_on=start,
        full_on=start + timedelta(days=365) if full else None, valid_from=start, valid_to=end,
        **_placed(city, area=organisation.area),
    )  # fmt: skip


def _households(city: City, many: int) -> None:
    MemberHousehold.objects.bulk_create(
        MemberHousehold(
            person=city.random.choice(city.people), name="中心户", valid_from=start, valid_to=end,
            **_placed(city),
        )
        for start, end in (city.span() for _n in range(many))
    )  # fmt: skip


def _compounds(city: City, many: int) -> None:
    def flag() -> bool:
        return city.random.random() < 0.4

    compounds = []
    for _n in range(many):
        start, end = city.span()
        compounds.append(
            Compound(
                name=f"小区{next(number)}", has_manager=flag(), has_committee=flag(),
                has_guard=flag(), valid_from=start, valid_to=end, **_placed(city),
            )
        )  # fmt: skip
    made = Compound.objects.bulk_create(compounds)
    Building.objects.bulk_create(
        Building(compound=compound, name=f"{n}号楼", **_placed(city))
        for compound in made
        for n in (1, 2)
    )
    OwnersCommittee.objects.bulk_create(_committee(city, compound) for compound in made)
    ClosedUnit.objects.bulk_create(
        ClosedUnit(name="单元", closed_on=start, opened_on=end, **_placed(city))
        for start, end in (city.span() for _n in range(many))
    )


def _committee(city: City, compound: Compound) -> OwnersCommittee:
    start, end = city.span()
    seats = city.random.randrange(1, 10)
    return OwnersCommittee(
        compound=compound, founded_on=start, dissolved_on=end, seats=seats,
        party_seats=city.random.randrange(seats + 1), **_placed(city, area=compound.area),
    )  # fmt: skip


def _marks(city: City, many: int) -> None:
    """Some areas twice marked; only one mark of a kind is open."""
    open_marks = set()
    for _n in range(many):
        area, kind = city.area(), city.random.choice(Designation.Kind.values)
        start, end = city.span()
        if end is None and (area, kind) in open_marks:
            continue
        if end is None:
            open_marks.add((area, kind))
        Designation.objects.create(area=area, kind=kind, valid_from=start, valid_to=end)
    for order in (1, 2, 3, 4):
        for area in (city.root, city.area()):
            GovernanceTier.objects.get_or_create(
                area=area,
                order=order,
                valid_to=None,
                defaults={"name": "层", "valid_from": city.day()},
            )


def _units(city: City, many: int) -> None:
    Unit.objects.bulk_create(
        Unit(
            name="局", credit_code=f"T{next(number):017}", kind="office", rank="county",
            valid_from=start, valid_to=end, **_placed(city),
        )
        for start, end in (city.span() for _n in range(many))
    )  # fmt: skip
    WorkTeam.objects.bulk_create(
        WorkTeam(valid_from=start, valid_to=end, **_placed(city))
        for start, end in (city.span() for _n in range(many))
    )


FILLS: tuple[Callable[[City, int], None], ...] = (
    _people, _appointments, _organisations, _compounds, _marks, _units, _households,
)  # fmt: skip
