"""Marks, compounds, closed units and tiers, in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up, run
from sanqiao.registers.areas.imports import BAD_DATES, TWIN, note_import, placed
from sanqiao.registers.areas.models import (
    ClosedUnit,
    Compound,
    Designation,
    GovernanceTier,
)
from sanqiao.registers.areas.rows import (
    ClosedUnitRow,
    CompoundRow,
    DesignationRow,
    TierRow,
)

DESIGNATIONS = Upsert(
    Designation,
    key=("area_id", "kind", "valid_from"),
    given=(),
    optional=("valid_to", "document"),
    reasons={
        "designation_dates": BAD_DATES,
        "designation_once": Reason("areas.designated", "kind", _("该区划已有未出列的同类标识")),
    },
)
COMPOUNDS = Upsert(
    Compound,
    key=("area_id", "name"),
    given=("has_manager", "has_committee", "has_guard", "households", "valid_from"),
    optional=("built_year",),
    derived=("area_path",),
    reasons={"compound_households": Reason("areas.households", "households", _("户数不能为负"))},
)
CLOSED_UNITS = Upsert(
    ClosedUnit,
    key=("area_id", "name", "closed_on"),
    given=("kind", "gates"),
    optional=("opened_on",),
    derived=("area_path",),
    reasons={
        "closed_unit_dates": BAD_DATES._replace(field="opened_on"),
        "closed_unit_gates": Reason("areas.gates", "gates", _("出入口数应为正")),
        "closed_unit_kind": Reason("areas.unit_kind", "kind", _("没有这种单元")),
    },
)
TIERS = Upsert(
    GovernanceTier, key=("area_id", "order", "valid_from"), given=("name",),
    reasons={
        "tier_once": Reason("areas.tier_once", "order", _("同一区划的同一层级只能有一个现行名称"))
    },
)  # fmt: skip
UNKNOWN_KIND = Reason("areas.bad_designation", "kind", _("没有这种标识：%(value)s"))
UNKNOWN_COMPOUND = Reason("areas.unknown_compound", "compound_name", _("找不到小区：%(value)s"))


@transaction.atomic
def designate(*, rows: Sequence[DesignationRow], by: User) -> Imported:
    """Mark areas, or end marks, by area, kind and first day. Raises RowsRefused."""
    refusals = Refusals()
    kinds = {kind: kind for kind in Designation.Kind.values}
    look_up((row.kind for row in rows), kinds, "", refusals, UNKNOWN_KIND)
    areas = placed([row.area_key for row in rows], by, refusals)
    refusals.check()
    staged = DESIGNATIONS.stage(
        (area.id, row.kind, row.valid_from, row.valid_to, row.document or None)
        for area, row in zip(areas, rows, strict=True)
    )
    staged.refuse_twins(refusals, *DESIGNATIONS.key, reason=TWIN._replace(field="area_key"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("areas.areas_designated", DESIGNATIONS.run(staged), paths, by)


@transaction.atomic
def import_compounds(*, rows: Sequence[CompoundRow], by: User) -> Imported:
    """Create and change compounds by area and name. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    refusals.check()
    staged = COMPOUNDS.stage(
        (
            area.id, row.name, row.has_manager, row.has_committee, row.has_guard,
            row.households, row.valid_from, row.built_year, area.path,
        )
        for area, row in zip(areas, rows, strict=True)
    )  # fmt: skip
    staged.refuse_twins(refusals, *COMPOUNDS.key, reason=TWIN._replace(field="name"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("areas.compounds_imported", COMPOUNDS.run(staged), paths, by)


def compound_ids(area_keys: set[str]) -> dict[tuple[str, str], int]:
    """Ids by area key and name, as far as they are visible."""
    found = Compound.objects.filter(area__key__in=area_keys)
    return {(key, name): pk for key, name, pk in found.values_list("area__key", "name", "id")}


@transaction.atomic
def close_units(*, rows: Sequence[ClosedUnitRow], by: User) -> Imported:
    """Close units, or open them again, by area, name and first day. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    refusals.check()
    staged = CLOSED_UNITS.stage(
        (area.id, row.name, row.closed_on, row.kind, row.gates, row.opened_on, area.path)
        for area, row in zip(areas, rows, strict=True)
    )
    staged.refuse_twins(refusals, *CLOSED_UNITS.key, reason=TWIN._replace(field="name"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("areas.units_closed", CLOSED_UNITS.run(staged), paths, by)


@transaction.atomic
def set_tiers(*, rows: Sequence[TierRow], by: User) -> Imported:
    """Name the tiers of areas from a day on; the name before ends there. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    refusals.check()
    staged = TIERS.stage(
        (area.id, row.order, row.valid_from, row.name)
        for area, row in zip(areas, rows, strict=True)
    )
    staged.refuse_twins(refusals, "area_id", "order", reason=TWIN._replace(field="order"))
    refusals.check()
    _end_earlier_tiers()
    return note_import("areas.tiers_set", TIERS.run(staged), (area.path for area in areas), by)


def _end_earlier_tiers() -> None:
    run(
        SQL(
            "UPDATE areas_governancetier t SET valid_to = s.valid_from FROM staged_governancetier s"
            ' WHERE t.area_id = s.area_id AND t."order" = s."order"'
            " AND t.valid_to IS NULL AND t.valid_from < s.valid_from"
        )
    )
