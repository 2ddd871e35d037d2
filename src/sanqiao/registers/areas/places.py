"""Where areas lie: outlines as GeoJSON, the grid in which a point is, and the city's own ground."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL
from shapely import Point, STRtree, box, prepare, unary_union
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from sanqiao.kernel.staging import Reason, run

from .models import Area

Json = dict[str, Any]
OUTLINES = frozenset({"Polygon", "MultiPolygon"})
BAD_OUTLINE = Reason(
    "areas.bad_outline", "boundary", _("边界应为不自交的面（Polygon 或 MultiPolygon）")
)
BAD_COORDINATES = Reason("areas.bad_coordinates", "boundary", _("坐标应为经度、纬度（度）"))
HALF_A_POINT = Reason("areas.half_a_point", "", _("经度和纬度要么都填，要么都不填"))
SWAPPED = Reason("areas.swapped_point", "longitude", _("经度和纬度像是写反了"))
OUTSIDE_CITY = Reason("areas.point_outside", "longitude", _("这个坐标不在本市范围内"))
CHINA = box(73, 3, 136, 54)
"""Degrees; for a city whose own outline is not known."""
NEAR = 0.02
"""Degrees, about 2 km, by which published outlines may be off."""


def feature_collection(areas: Iterable[Area]) -> Json:
    """Areas that have an outline, as GeoJSON (RFC 7946) with key, name and level."""
    features = [
        {
            "type": "Feature",
            "id": area.key,
            "properties": {"key": area.key, "name": area.name, "level": area.level},
            "geometry": area.boundary,
        }
        for area in areas
        if area.boundary
    ]
    return {"type": "FeatureCollection", "features": features}


def outline_fault(geometry: Mapping[str, Any] | None) -> Reason | None:
    """Why a geometry cannot be an outline; None when it can."""
    if not geometry or geometry.get("type") not in OUTLINES:
        return BAD_OUTLINE
    try:
        outline = shape(geometry)
        west, south, east, north = outline.bounds
    except (ShapelyError, TypeError, ValueError, IndexError, KeyError):
        return BAD_OUTLINE
    if not outline.is_valid or outline.is_empty:
        return BAD_OUTLINE
    is_on_earth = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return None if is_on_earth else BAD_COORDINATES


class Outlined(NamedTuple):
    """A grid or micro-grid with its outline."""

    id: int
    key: str
    path: str
    outline: BaseGeometry


@dataclass(frozen=True)
class Ground:
    """What is known of a day about where things are; built once a process for each state of the
    register."""

    city: BaseGeometry
    grids: Sequence[Outlined]
    tree: STRtree

    def grid_at(self, longitude: float, latitude: float) -> Outlined | None:
        """The deepest grid or micro-grid whose outline covers the point (degrees)."""
        found = self.tree.query(Point(longitude, latitude), predicate="intersects")
        rows = (self.grids[n] for n in found)
        return max(rows, key=lambda grid: (grid.path.count("."), -grid.id), default=None)

    def fault(self, longitude: float | None, latitude: float | None) -> Reason | None:
        """Why this cannot be the point of something in the city; None when it can, or is none."""
        if longitude is None or latitude is None:
            missing = "longitude" if longitude is None else "latitude"
            return None if longitude == latitude else HALF_A_POINT._replace(field=missing)
        if self.city.covers(Point(longitude, latitude)):
            return None
        return SWAPPED if self.city.covers(Point(latitude, longitude)) else OUTSIDE_CITY


def ground_on(day: date | None = None) -> Ground:
    """Of today without a day."""
    return _ground(day or timezone.localdate(), _version())


def outside_of(places: Sequence[tuple[str, float, float]]) -> list[int]:
    """From (area key, longitude, latitude), the numbers of points outside of their area's outline;
    an area without one has no outside. One query."""
    known = Area.objects.filter(key__in={key for key, _x, _y in places}).exclude(boundary=None)
    outlines = {key: shape(outline) for key, outline in known.values_list("key", "boundary")}
    return [
        n
        for n, (key, longitude, latitude) in enumerate(places)
        if key in outlines and not outlines[key].covers(Point(longitude, latitude))
    ]


def _version() -> tuple[int, int]:
    """Different whenever any area is: number of areas, and the last transaction that wrote one."""
    ((count, last),) = run(SQL("SELECT count(*), max(xmin::text::bigint) FROM areas_area"))
    return int(count), int(last or 0)


@lru_cache(maxsize=4)
def _ground(day: date, _version: tuple[int, int]) -> Ground:
    levels = (Area.Level.GRID, Area.Level.MICROGRID)
    rows = Area.objects.on(day).filter(level__in=levels).exclude(boundary=None)
    columns = rows.values_list("id", "key", "path", "boundary")
    grids = [Outlined(pk, key, path, shape(outline)) for pk, key, path, outline in columns]
    return Ground(_city(day), grids, STRtree([grid.outline for grid in grids]))


def _city(day: date) -> BaseGeometry:
    """The outline of the roots, or where one has none, of what lies right below them."""
    areas = Area.objects.on(day)
    for level in (areas.filter(parent=None), areas.filter(parent__in=areas.filter(parent=None))):
        outlines = list(level.values_list("boundary", flat=True))
        if outlines and all(outlines):
            found = unary_union([shape(outline) for outline in outlines]).buffer(NEAR)
            prepare(found)
            return found
    return CHINA
