"""What the bulk commands of this register take: one tuple a row; keys instead of ids."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple


class AreaRow(NamedTuple):
    """`boundary` is a GeoJSON geometry; it and `households` leave what is there when None."""

    key: str
    official_code: str | None
    name: str
    official_name: str
    level: str
    kind: str
    parent_key: str | None
    households: int | None
    boundary: dict[str, Any] | None
    valid_from: date


class DesignationRow(NamedTuple):
    area_key: str
    kind: str
    valid_from: date
    valid_to: date | None
    document: str


class CompoundRow(NamedTuple):
    area_key: str
    name: str
    has_manager: bool
    has_committee: bool
    has_guard: bool
    households: int
    built_year: int | None
    valid_from: date


class BuildingRow(NamedTuple):
    """`area_key` is the grid or micro-grid in which the building stands; None for that of its
    point (degrees), or where there is none, that of the compound."""

    compound_area_key: str
    compound_name: str
    name: str
    stairwells: int
    households: int
    area_key: str | None
    longitude: float | None = None
    latitude: float | None = None


class ClosedUnitRow(NamedTuple):
    area_key: str
    name: str
    kind: str
    gates: int
    closed_on: date
    opened_on: date | None


class TierRow(NamedTuple):
    order: int
    name: str
    area_key: str
    valid_from: date


class SplitRow(NamedTuple):
    """One part of a grid. `buildings` go to it: names, after that of the compound where two
    buildings share one. Those that no part names stay with the grid."""

    grid_key: str
    key: str
    name: str
    households: int | None
    boundary: dict[str, Any] | None
    buildings: tuple[str, ...] = ()


class SplitLine(NamedTuple):
    """A part of a grid on a sheet; `buildings` are names with 、 between them."""

    grid_key: str
    key: str
    name: str
    households: int | None
    buildings: str
    on: date
    document: str
