"""The reference city into the registers, part by part, by the same commands as any import.

Each part is one transaction and is noted; a load that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic

from django.db import connection

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.registers.areas import commands as areas
from sanqiao.registers.organisations import commands as organisations
from sanqiao.registers.people import commands as people

from . import check_ins, contributions, mobilisation, returns, squads
from .city import City
from .commands import record_part
from .grids import SPLIT_ON
from .part import Part, part_of
from .party import Host
from .posts import POSTS

BATCH = 30_000
MANY = 5_000
"""Rows after which the planner needs fresh statistics."""
SPLIT_DOCUMENT = "示例〔2020〕9号"
Report = Callable[[str], None]


def load_city(scale: float, by: User, report: Report) -> None:
    """Load what is not loaded yet, as `by`, who may import everywhere.

    `report` gets a line a part. Raises Refused: reference.other_scale.
    """
    city = City(scale)
    parts, done = parts_of(city), loaded_parts(scale, by)
    todo = [part for part in parts if part.name not in done]
    for n, part in enumerate(todo, len(parts) - len(todo) + 1):
        started = monotonic()
        count = _load(part, scale, by)
        seconds = monotonic() - started
        if count >= MANY:
            _analyse()
        report(f"[{n:2}/{len(parts)}] {part.name:<18} {count:>9,} rows {seconds:6.1f} s")
    if todo:
        _analyse()


def loaded_parts(scale: float, by: User) -> set[str]:
    """Names of parts already loaded. Raises Refused when they came at another scale."""
    with acting_as(by, scope=EVERYTHING):
        events = Event.objects.filter(kind="reference.part_loaded")
        found = [event.data for event in events]
    if any(data["scale"] != scale for data in found):
        raise Refused("reference.other_scale", f"Loaded at scale {found[0]['scale']} already.")
    return {data["name"] for data in found}


def _load(part: Part, scale: float, by: User) -> int:
    with acting_as(by, scope=EVERYTHING, request="reference"):
        count = part.load(by)
        record_part(name=part.name, scale=scale, by=by)
    return count


def _analyse() -> None:
    """Fresh statistics for the planner; needs the owner, and is passed over otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def parts_of(city: City) -> list[Part]:
    """In the order in which they need each other; rows are made when a part is loaded."""
    return [*parts_of_registers(city), *_work(city)]


def parts_of_registers(city: City) -> list[Part]:
    """Imports, which may be loaded again and then change nothing."""
    return [*_territory(city), *_organisations(city), *_people(city)]


def _territory(city: City) -> Iterator[Part]:
    split = partial(areas.split_grids, on=SPLIT_ON, document=SPLIT_DOCUMENT)
    yield part_of("areas", areas.import_areas, lambda: city.grids.rows)
    yield part_of("micro-grids", split, lambda: city.grids.microgrids)
    yield part_of("designations", areas.designate, lambda: city.marks.designations)
    yield part_of("tiers", areas.set_tiers, lambda: city.marks.tiers)
    yield part_of("compounds", areas.import_compounds, lambda: city.estates.compounds)
    yield part_of("buildings", areas.import_buildings, lambda: city.grids.buildings)
    yield part_of("closed units", areas.close_units, lambda: city.estates.closed_units)


def _organisations(city: City) -> Iterator[Part]:
    commands = organisations
    yield part_of("organisations", commands.import_organisations, lambda: city.party.rows)
    yield part_of("units", commands.import_units, lambda: city.units)
    yield part_of(
        "owners' committees", commands.import_owners_committees, lambda: city.estates.committees
    )
    yield part_of("work teams", commands.import_work_teams, lambda: city.service.work_teams)


def _people(city: City) -> Iterator[Part]:
    for n, hosts in enumerate(city.batches(BATCH), 1):
        yield Part(f"members {n}", partial(_load_members, city, hosts))
    yield part_of("others with posts", people.import_people, lambda: city.others)
    yield part_of("posts", people.import_posts, lambda: POSTS)
    yield part_of("appointments", people.import_appointments, lambda: city.service.appointments)
    yield part_of(
        "member households", people.import_member_households, lambda: city.service.households
    )


def _work(city: City) -> Iterator[Part]:
    """Each work domain brings its own parts."""
    for domain in (mobilisation, check_ins, squads, contributions, returns):
        yield from domain.parts(city)


def _load_members(city: City, hosts: list[Host], by: User) -> int:
    persons, memberships = city.members(hosts)
    people.import_people(rows=persons, by=by)
    people.import_memberships(rows=memberships, by=by)
    return len(persons)
