"""The two charts of the product, as SVG for screen and paper: bars and a choropleth.

Colours are CSS variables with fallbacks; every shape may be a link. 620 units are 156 mm on
paper, so 14 units of type are 10 points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import shapely
from django.utils.translation import gettext as _
from shapely.errors import GEOSException
from shapely.geometry import shape as shape_from

INK = "fill:var(--chart-ink, #1d2b2f)"
QUIET = "fill:var(--chart-quiet, #5b6b70)"
BAR = "fill:var(--chart-bar, #1f6f78)"
TRACK = "fill:var(--chart-track, #e9eeee)"
FONT = "font-family:var(--chart-font, 'Noto Sans SC', 'Microsoft YaHei', sans-serif)"
ROW, TOP, TYPE = 30, 38, 14

MAP_SHADES = tuple(
    f"var(--map-{n}, {colour})"
    for n, colour in enumerate(
        ("#e3efef", "#b9d9d9", "#82bcbf", "#479aa0", "#1f6f78", "#114b54", "#0a343b"), 1
    )
)
CLASSES = 5
LEGEND = 24
LINE = "stroke:var(--map-line, #ffffff);stroke-width:1.2;stroke-linejoin:round"
EMPTY = "var(--map-empty, #f2f2f0)"
HALO = "paint-order:stroke;stroke-width:3px;stroke-linejoin:round"
PALE = "fill:var(--map-pale, #ffffff)"
DARK = 3
DOT = "fill:var(--chart-ink, #1d2b2f);stroke:var(--map-line, #ffffff);stroke-width:1.5"


Bar = tuple[str, Decimal, str | None]
Spot = tuple[float, float]
Feature = Mapping[str, Any]
Values = Mapping[str, Decimal | None]


class Dot(NamedTuple):
    """Something at a point (degrees)."""

    name: str
    longitude: float
    latitude: float
    href: str


@dataclass(frozen=True, kw_only=True)
class Plane:
    """Degrees to drawing units: equirectangular around the mean latitude."""

    west: float
    north: float
    scale: float
    squeeze: float

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = (longitude - self.west) * self.squeeze * self.scale
        return x, TOP + (self.north - latitude) * self.scale


def bars_svg(title: str, items: Sequence[Bar], unit: str, width: int = 620) -> str:
    """Horizontal bars from zero, in the given order. Items are (label, value, link or None)."""
    values = [value for _, value, _ in items]
    highest = max((abs(value) for value in values), default=Decimal(0)) or Decimal(1)
    left = 12 + max((_text_width(label) for label, _, _ in items), default=0)
    right = 12 + max((_text_width(_shown(value)) for value in values), default=0)
    room = max(60.0, width - left - right)
    rows = "".join(
        _bar(item, TOP + n * ROW, left, room * float(abs(item[1]) / highest), room)
        for n, item in enumerate(items)
    )
    height = TOP + len(items) * ROW + 6
    return _frame(title, width, height, _heading(title, unit, width) + rows)


def map_svg(
    title: str,
    features: Sequence[Feature],
    values: Values,
    *,
    unit: str = "",
    width: int = 620,
    hrefs: Mapping[str, str] | None = None,
    dots: Sequence[Dot] = (),
) -> str:
    """Features are {id, name, geometry (GeoJSON), label_point ([lon, lat] or None)}. Dots off the
    drawing are left out."""
    shapes = [shape_from(feature["geometry"]) for feature in features]
    plane, height = _plane(shapes, width)
    outlines = _simplified(shapes, 0.7 / plane.scale)
    shades = _shades({f["id"]: values.get(f["id"]) for f in features}, CLASSES)
    areas = "".join(
        _area(feature, outline, plane, values.get(feature["id"]), shades, (hrefs or {}))
        for feature, outline in zip(features, outlines, strict=True)
    )
    spots = _spots(features, outlines, plane, width)
    labels = "".join(
        _label(feature["name"], spot, values.get(feature["id"]), shades)
        for feature, spot in zip(features, spots, strict=True)
    )
    gaps = any(values.get(feature["id"]) is None for feature in features)
    legend, depth = _legend(shades, CLASSES, height + 14, width, gaps=gaps)
    head = _heading(title, unit, width)
    spread = "".join(_dot(dot, plane) for dot in _dots_on(dots, shapes))
    return _frame(title, width, round(height + 14 + depth), head + areas + spread + labels + legend)


def _dots_on(dots: Sequence[Dot], shapes: Sequence[Any]) -> list[Dot]:
    west, south, east, north = shapely.total_bounds(shapes)
    return [d for d in dots if west <= d.longitude <= east and south <= d.latitude <= north]


def _dot(dot: Dot, plane: Plane) -> str:
    x, y = plane.point(dot.longitude, dot.latitude)
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" style="{DOT}"/>'
    return _linked(circle, dot.name, dot.href)


def _heading(title: str, unit: str, width: int) -> str:
    label = _text(0, 18, title, f"{INK};font-weight:600", size=16)
    return label + _text(
        width, 18, unit and _("单位：%(unit)s") % {"unit": unit}, QUIET, size=13, anchor="end"
    )


def _frame(title: str, width: int, height: float, content: str) -> str:
    """A picture, or with links in it a group, since a reader of screens goes into no picture."""
    role = "group" if "<a " in content else "img"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" viewBox="0 0 {width} {height:g}"'
        f' width="{width}" height="{height:g}" style="{FONT};max-width:100%;height:auto">'
        f"<title>{escape(title)}</title>{content}</svg>"
    )


def _text(
    x: float, y: float, words: str, style: str, *, size: int = TYPE, anchor: str = "start"
) -> str:
    placed = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {placed} style="{style}">{escape(words)}</text>' if words else ""


def _linked(shape: str, label: str, href: str | None) -> str:
    """The shape with its own title, inside a link when there is one."""
    titled = f"<g><title>{escape(label)}</title>{shape}</g>"
    return f"<a href={quoteattr(href)}>{titled}</a>" if href else titled


def _shown(value: Decimal) -> str:
    return f"{value:,f}"


def _text_width(words: str, size: int = TYPE) -> float:
    """Approximate width of a text in units: full-width characters count one em."""
    return sum(size * (0.58 if ord(letter) < 256 else 1.0) for letter in words)


def _bar(item: Bar, y: float, left: float, length: float, room: float) -> str:
    label, value, href = item
    shape = (
        _text(left - 8, y + 20, label, INK, anchor="end")
        + f'<rect x="{left:.1f}" y="{y + 5}" width="{room:.1f}" height="20" style="{TRACK}"/>'
        f'<rect x="{left:.1f}" y="{y + 5}" width="{length:.1f}" height="20" style="{BAR}"/>'
        + _text(left + room + 8, y + 20, _shown(value), INK)
    )
    return _linked(shape, f"{label} {_shown(value)}", href)


def _shades(values: Mapping[str, Decimal | None], classes: int) -> dict[Decimal, int]:
    """{value: class from 0}, classes of about equal numbers of areas, equal values together."""
    known = sorted(value for value in values.values() if value is not None)
    ranks = {value: known.index(value) for value in known}
    return {value: rank * classes // len(known) for value, rank in ranks.items()}


def _simplified(shapes: Sequence[Any], tolerance: float) -> Sequence[Any]:
    """Neighbours together, so that no gaps open; each alone where they are no clean coverage."""
    try:
        snapped = shapely.set_precision(shapes, tolerance / 5)
        return list(shapely.coverage_simplify(snapped, tolerance))
    except GEOSException:
        return list(shapely.simplify(shapes, tolerance))


def _plane(shapes: Sequence[Any], width: int) -> tuple[Plane, float]:
    """The plane that fills `width`, and where the drawing ends below."""
    west, south, east, north = shapely.total_bounds(shapes)
    squeeze = cos(radians((south + north) / 2))
    scale = width / ((east - west) * squeeze)
    plane = Plane(west=west, north=north, scale=scale, squeeze=squeeze)
    return plane, TOP + (north - south) * scale


def _area(
    feature: Feature,
    outline: Any,
    plane: Plane,
    value: Decimal | None,
    shades: Mapping[Decimal, int],
    hrefs: Mapping[str, str],
) -> str:
    path = f'<path d="{_path(outline, plane)}" style="fill:{_colour(value, shades)};{LINE}"/>'
    label = f"{feature['name']} {_('无数据') if value is None else _shown(value)}"
    return _linked(path, label, hrefs.get(feature["id"]))


def _path(outline: Any, plane: Plane) -> str:
    polygons = getattr(outline, "geoms", [outline])
    rings = [ring for p in polygons if not p.is_empty for ring in (p.exterior, *p.interiors)]
    return "".join(
        "M" + "L".join(_pair(plane, at) for at in ring.coords[:-1]) + "Z" for ring in rings
    )


def _pair(plane: Plane, at: Sequence[float]) -> str:
    x, y = plane.point(at[0], at[1])
    return f"{x:.1f},{y:.1f}"


def _spots(
    features: Sequence[Feature], outlines: Sequence[Any], plane: Plane, width: int
) -> list[Spot]:
    """Where labels stand: at their own point, or beside it where another label already is."""
    spots: list[Spot] = []
    for feature, outline in zip(features, outlines, strict=True):
        inside = outline.representative_point().coords[0]
        half = _text_width(feature["name"]) / 2 + 2
        points = [plane.point(*at) for at in (feature.get("label_point") or inside, inside)]
        points += [(x, y + step) for x, y in points for step in (34, -34)]
        tries = [(min(max(x, half), width - half), y) for x, y in points]
        spots.append(next((spot for spot in tries if _is_free(spot, spots)), tries[0]))
    return spots


def _is_free(spot: Spot, taken: Sequence[Spot]) -> bool:
    return all(abs(spot[0] - x) > 62 or abs(spot[1] - y) > 32 for x, y in taken)


def _label(name: str, spot: Spot, value: Decimal | None, shades: Mapping[Decimal, int]) -> str:
    """Name and value, drawn after all areas, with a halo of the area's own colour."""
    x, y = spot
    ink = PALE if value is not None and shades[value] >= DARK else INK
    style = f"{ink};{HALO};stroke:{_colour(value, shades)}"
    number = "" if value is None else _shown(value)
    return _text(x, y, name, style, anchor="middle") + _text(
        x, y + 16, number, style, size=13, anchor="middle"
    )


def _colour(value: Decimal | None, shades: Mapping[Decimal, int]) -> str:
    return EMPTY if value is None else MAP_SHADES[shades[value]]


def _legend(
    shades: Mapping[Decimal, int], classes: int, top: float, width: int, *, gaps: bool
) -> tuple[str, float]:
    """A box and the least and greatest value of each class, and the depth that it takes."""
    entries = [(EMPTY, _("无数据"))] if gaps else []
    for shade in range(classes):
        inside = sorted(value for value, one in shades.items() if one == shade)
        if inside:
            ends = dict.fromkeys((_shown(inside[0]), _shown(inside[-1])))
            entries.append((MAP_SHADES[shade], "–".join(ends)))
    across = max(1, width // 150)
    boxes = [
        f'<rect x="{x}" y="{y:.1f}" width="20" height="14"'
        f' style="fill:{colour};stroke:#8a9699;stroke-width:.6"/>'
        + _text(x + 26, y + 12, words, QUIET, size=13)
        for n, (colour, words) in enumerate(entries)
        for x, y in [(n % across * 150, top + n // across * LEGEND)]
    ]
    return "".join(boxes), LEGEND * -(-len(entries) // across)
