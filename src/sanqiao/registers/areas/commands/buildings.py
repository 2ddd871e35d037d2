"""Buildings, in bulk and one at a time: where they stand, and in which grid that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up, refusing
from sanqiao.kernel.versions import check_version
from sanqiao.registers.areas.imports import TWIN, note_import, placed
from sanqiao.registers.areas.models import Area, Building, Compound
from sanqiao.registers.areas.places import Ground, ground_on
from sanqiao.registers.areas.policies import check_may
from sanqiao.registers.areas.rows import BuildingRow

from .estates import UNKNOWN_COMPOUND, compound_ids

BUILDINGS = Upsert(
    Building,
    key=("compound_id", "name"),
    given=("stairwells", "households", "area_id"),
    optional=("longitude", "latitude"),
    derived=("area_path",),
    reasons={
        "building_counts": Reason(
            "areas.building_counts", "stairwells", _("单元数应为正，户数不能为负")
        )
    },
)
REASONS = {
    **BUILDINGS.reasons,
    "building_name": Reason("areas.name_taken", "name", _("该小区已有同名楼栋")),
}


class BuildingFacts(TypedDict):
    """Without `area`, the grid of the point, or where there is none, that of the compound."""

    name: str
    stairwells: int
    households: int
    area: Area | None
    longitude: float | None
    latitude: float | None


@transaction.atomic
def import_buildings(*, rows: Sequence[BuildingRow], by: User) -> Imported:
    """Create and change buildings by compound and name. Raises RowsRefused: areas.half_a_point,
    swapped_point, point_outside, unknown_compound, …"""
    refusals, ground = Refusals(), ground_on()
    for n, row in enumerate(rows):
        fault = ground.fault(row.longitude, row.latitude)
        if fault:
            refusals.add(n, fault)
    areas = placed([_grid_of(row, ground) for row in rows], by, refusals)
    keys = [(row.compound_area_key, row.compound_name) for row in rows]
    compounds = look_up(
        keys, compound_ids({key for key, _name in keys}), 0, refusals, UNKNOWN_COMPOUND
    )
    refusals.check()
    staged = BUILDINGS.stage(
        (
            compound, row.name, row.stairwells, row.households, area.id,
            row.longitude, row.latitude, area.path,
        )
        for compound, area, row in zip(compounds, areas, rows, strict=True)
    )  # fmt: skip
    staged.refuse_twins(refusals, *BUILDINGS.key, reason=TWIN._replace(field="name"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("areas.buildings_imported", BUILDINGS.run(staged), paths, by)


@transaction.atomic
def create_building(*, compound: Compound, by: User, **facts: Unpack[BuildingFacts]) -> Building:
    """Raises Refused: areas.not_allowed, name_taken, half_a_point, swapped_point, …"""
    building = Building(compound=compound)
    _take(building, facts, by)
    note("areas.building_created", subject=building, by=by)
    return building


@transaction.atomic
def change_building(
    *, building: Building, known_version: int, by: User, **facts: Unpack[BuildingFacts]
) -> Building:
    """Raises Refused: areas.not_allowed, changed_meanwhile, name_taken, half_a_point, …"""
    building = Building.objects.select_for_update().get(pk=building.pk)
    check_may(by, "areas.change", building.area)
    check_version(building, known_version)
    _take(building, facts, by)
    note("areas.building_changed", subject=building, by=by)
    return building


def _take(building: Building, facts: BuildingFacts, by: User) -> None:
    """Put the facts into the building and save it."""
    ground = ground_on()
    fault = ground.fault(facts["longitude"], facts["latitude"])
    if fault:
        raise Refused(fault.code, str(fault.message), field=fault.field)
    area = facts["area"] or _area_at(ground, facts) or building.compound.area
    check_may(by, "areas.change", building.compound.area, area)
    for name, value in {**facts, "area": area, "area_path": area.path}.items():
        setattr(building, name, value)
    with refusing(REASONS):
        building.save()


def _area_at(ground: Ground, facts: BuildingFacts) -> Area | None:
    longitude, latitude = facts["longitude"], facts["latitude"]
    if longitude is None or latitude is None:
        return None
    found = ground.grid_at(longitude, latitude)
    return Area.objects.get(pk=found.id) if found else None


def _grid_of(row: BuildingRow, ground: Ground) -> str:
    """The key of the area in which the building of a row stands."""
    if row.area_key or row.longitude is None or row.latitude is None:
        return row.area_key or row.compound_area_key
    found = ground.grid_at(row.longitude, row.latitude)
    return found.key if found else row.compound_area_key
