"""Areas on paper and in coordinates: a choropleth of the level below, what lies in a grid, and
points in polygons."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import shapely
from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area, Building
from sanqiao.registers.areas.places import outside_of
from sanqiao.reports.documents.charts import Dot, map_svg
from sanqiao.web.addresses import address

LEVELS = (Area.Level.COMMUNITY, Area.Level.GRID, Area.Level.MICROGRID)
"""Areas small enough to be drawn with their buildings."""
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


def terrain(area: Area, user: User, day: date) -> SafeString | None:
    """SVG of a small area as of the day, its parts by households, with the buildings that the
    user may see; None without an outline."""
    parts = Area.objects.on(day).filter(parent=area).exclude(boundary=None).order_by("key")
    drawn = list(parts) or [one for one in (area,) if one.boundary]
    if not drawn:
        return None
    features = [
        {"id": one.key, "name": _brief(one, area), "geometry": one.boundary, "label_point": None}
        for one in drawn
    ]
    known = {one.key: one.households for one in drawn}
    values: Values = {key: None if n is None else Decimal(n) for key, n in known.items()}
    hrefs = {one.key: address("areas:detail", one.key) for one in drawn if one != area}
    title, dots = _("%(area)s的户数和楼栋") % {"area": area.name}, _dots(area, user)
    return mark_safe(map_svg(title, features, values, unit=_("户"), hrefs=hrefs, dots=dots))  # noqa: S308


def _brief(part: Area, whole: Area) -> str:
    """The part's name without what the heading says: 第1网格 of 三桥社区第1网格."""
    above = (whole.name, whole.parent.name if whole.parent else "")
    return (
        next((part.name[len(n) :] for n in above if n and part.name.startswith(n)), "") or part.name
    )


def _dots(area: Area, user: User) -> list[Dot]:
    return [
        Dot(str(one), one.longitude or 0.0, one.latitude or 0.0,
            address("compounds:detail", one.compound_id))
        for one in _placed(area, user)
    ]  # fmt: skip


def strays_in(area: Area, user: User) -> list[tuple[str, str]]:
    """Name and address of the buildings whose point lies outside of their own grid."""
    found = list(_placed(area, user))
    out = outside_of([(b.area.key, b.longitude or 0.0, b.latitude or 0.0) for b in found])
    return [(str(found[n]), address("compounds:detail", found[n].compound_id)) for n in out]


def _placed(area: Area, user: User) -> QuerySet[Building]:
    """Buildings of the area that have a point."""
    rows = Building.objects.visible_to(user).exclude(longitude=None)
    inside = rows.filter(area_path__gte=area.path, area_path__lt=f"{area.path}~")
    return inside.select_related("compound", "area").order_by("area_path", "name")


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
