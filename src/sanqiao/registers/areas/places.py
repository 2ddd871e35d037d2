"""Where areas lie: outlines as GeoJSON, and the grid in which a point is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL
from shapely import Point, STRtree
from shapely.errors import ShapelyError
from shapely.geometry import shape

from sanqiao.kernel.staging import Reason, run

from .models import Area

Json = dict[str, Any]
OUTLINES = frozenset({"Polygon", "MultiPolygon"})
BAD_OUTLINE = Reason(
    "areas.bad_outline", "boundary", _("边界应为不自交的面（Polygon 或 MultiPolygon）")
)
BAD_COORDINATES = Reason("areas.bad_coordinates", "boundary", _("坐标应为经度、纬度（度）"))


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


def grid_at(longitude: float, latitude: float, on: date | None = None) -> Area | None:
    """The deepest grid or micro-grid whose outline covers the point (degrees), as of the day."""
    day = on or timezone.localdate()
    map_ = _map(day, _version())
    found = map_.tree.query(Point(longitude, latitude), predicate="intersects")
    ids = [map_.ids[place] for place in found]
    candidates = Area.objects.filter(pk__in=ids).defer("boundary")
    return max(candidates, key=lambda area: (area.path.count("."), -area.pk), default=None)


class _Map(NamedTuple):
    tree: STRtree
    ids: list[int]


def _version() -> tuple[int, int]:
    """Different whenever any area is: number of areas, and the last transaction that wrote one."""
    ((count, last),) = run(SQL("SELECT count(*), max(xmin::text::bigint) FROM areas_area"))
    return int(count), int(last or 0)


@lru_cache(maxsize=4)
def _map(day: date, _version: tuple[int, int]) -> _Map:
    """Outlines of the day's grids; built once a process for each state of the register."""
    levels = (Area.Level.GRID, Area.Level.MICROGRID)
    rows = Area.objects.on(day).filter(level__in=levels).exclude(boundary=None)
    outlines = list(rows.values_list("id", "boundary"))
    return _Map(STRtree([shape(outline) for _id, outline in outlines]), [pk for pk, _o in outlines])
