"""Areas on paper and in coordinates: a choropleth of the level below, and points in polygons."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import shapely
from django.utils.safestring import SafeString, mark_safe

from sanqiao.registers.areas.models import Area
from sanqiao.reports.documents.charts import map_svg

Values = dict[str, Decimal | None]


def children_map(
    area: Area, title: str, unit: str, values: Values, hrefs: dict[str, str]
) -> SafeString | None:
    """SVG of the children that have boundaries, coloured by `values` (by key); None without any."""
    rows = area.children.exclude(boundary=None).order_by("key").values("key", "name", "boundary")
    features = [
        {"id": row["key"], "name": row["name"], "geometry": row["boundary"], "label_point": None}
        for row in rows
    ]
    if not features:
        return None
    return mark_safe(map_svg(title, features, values, unit=unit, hrefs=hrefs))  # noqa: S308


def collection(area: Area) -> dict[str, Any]:
    """The children of an area, itself included, as a GeoJSON FeatureCollection."""
    rows = (
        Area.objects.below(area.path).exclude(boundary=None).filter(parent__in=[area, area.parent])
    )
    fields = rows.values_list("key", "name", "level", "boundary")
    return {"type": "FeatureCollection", "features": [_feature(*row) for row in fields]}


def _feature(key: str, name: str, level: str, geometry: Any) -> dict[str, Any]:
    properties = {"key": key, "name": name, "level": level}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def areas_at(longitude: float, latitude: float) -> list[Area]:
    """From the city down to the smallest area whose boundary contains the point."""
    point, found = shapely.Point(longitude, latitude), []
    level = list(Area.objects.filter(parent=None).exclude(boundary=None)) or _below(
        Area.objects.filter(parent=None)
    )
    while level:
        here = next((area for area in level if _contains(area, point)), None)
        if here is None:
            break
        found.append(here)
        level = _below(Area.objects.filter(pk=here.pk))
    return found


def _below(parents: Any) -> list[Area]:
    return list(Area.objects.filter(parent__in=parents).exclude(boundary=None))


def _contains(area: Area, point: Any) -> bool:
    return bool(shapely.from_geojson(json.dumps(area.boundary)).covers(point))
