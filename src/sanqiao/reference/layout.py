"""Schematic shapes: counties from their outlines, urban grids as cells of a lattice inside them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from shapely import get_parts, make_valid, unary_union
from shapely.geometry import Point, box, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.prepared import prep

from .draw import DATA

CELL = 0.006
"""Degrees; about 600 m."""
MARGIN = 0.03
"""Degrees of open land that the development zone has around its grids."""
STRIP = 3
"""Rows of cells that are walked together, so that a community is a patch and not a line."""
WUDANGSHAN = box(110.93, 32.36, 111.16, 32.56)
HEARTS: dict[str, tuple[str, float, float]] = {
    "420302": ("420302", 110.80, 32.63),
    "420303": ("420303", 110.76, 32.65),
    "4203KF": ("420302", 110.88, 32.60),
}
"""{urban county: (whose outline its grids lie in, and near which longitude and latitude)}."""


class Cell(NamedTuple):
    column: int
    row: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        left, low = self.column * CELL, self.row * CELL
        return round(left, 6), round(low, 6), round(left + CELL, 6), round(low + CELL, 6)


@cache
def outlines() -> dict[str, BaseGeometry]:
    """{county code: outline}."""
    text = (DATA / "counties.geojson").read_text("utf-8")
    features = json.loads(text)["features"]
    return {f["properties"]["code"]: polygonal(shape(f["geometry"])) for f in features}


def polygonal(area: BaseGeometry) -> BaseGeometry:
    """The same ground as valid polygons; published outlines cross themselves here and there."""
    parts = get_parts(make_valid(area))
    return unary_union([part for part in parts if part.area > 0])


def boundary(area: BaseGeometry) -> dict[str, Any]:
    """A GeoJSON geometry of plain lists."""
    return dict(json.loads(json.dumps(mapping(polygonal(area)))))


def county_boundary(code: str, *, without: BaseGeometry | None = None) -> dict[str, Any]:
    """The published outline, less the ground of a functional area."""
    outline = outlines()[code]
    return boundary(outline.difference(without) if without else outline)


def around(own: Iterable[Cell], others: Iterable[Cell]) -> BaseGeometry:
    """Cells with a margin, inside 茅箭区 and off the cells of others: the development zone."""
    wide = ground(own).buffer(MARGIN, join_style="mitre").intersection(outlines()["420302"])
    return wide.difference(ground(others))


def wudangshan() -> BaseGeometry:
    return WUDANGSHAN.intersection(outlines()["420381"])


def cells(county: str, count: int, taken: set[Cell]) -> list[Cell]:
    """The `count` free cells nearest to the county's heart, in walking order; marks them."""
    whose, *heart = HEARTS[county]
    outline, centre = prep(outlines()[whose]), Point(*heart)
    free = (cell for cell in _lattice(outlines()[whose]) if cell not in taken)
    near = sorted(free, key=lambda cell: box(*cell.bounds).centroid.distance(centre))
    inside = (cell for cell in near if outline.contains(box(*cell.bounds)))
    found = [cell for cell, _ in zip(inside, range(count), strict=False)]
    taken.update(found)
    return sorted(found, key=_walk)


def _lattice(outline: BaseGeometry) -> Iterable[Cell]:
    left, low, right, high = (int(edge / CELL) for edge in outline.bounds)
    return (Cell(c, r) for c in range(left, right + 1) for r in range(low, high + 1))


def _walk(cell: Cell) -> tuple[int, int, int]:
    strip = cell.row // STRIP
    return strip, cell.column if strip % 2 else -cell.column, cell.row


def cell_boundary(cell: Cell) -> dict[str, Any]:
    return _rectangle(*cell.bounds)


def ground(patch: Iterable[Cell]) -> BaseGeometry:
    """The union of cells."""
    return unary_union([box(*cell.bounds) for cell in patch])


def parts(cell: Cell, count: int) -> list[dict[str, Any]]:
    """The cell cut into `count` rectangles in two rows (one row for a single part)."""
    left, low, right, high = cell.bounds
    middle = (low + high) / 2 if count > 1 else low
    above = (count + 1) // 2
    upper = _row((left, middle, right, high), above)
    return upper + _row((left, low, right, middle), count - above)


def stands(outline: dict[str, Any], count: int) -> list[tuple[float, float]]:
    """Points for `count` buildings inside a rectangle, in a row: longitude, latitude."""
    left, low, right, high = shape(outline).bounds
    step, row = (right - left) / count, round(low + (high - low) * 0.75, 6)
    return [(round(left + step * (n + 0.5), 6), row) for n in range(count)]


def _row(bounds: tuple[float, float, float, float], count: int) -> list[dict[str, Any]]:
    left, low, right, high = bounds
    edges = [left + (right - left) * i / count for i in range(count + 1)] if count else []
    return [_rectangle(a, low, b, high) for a, b in zip(edges, edges[1:], strict=False)]


def _rectangle(left: float, low: float, right: float, high: float) -> dict[str, Any]:
    corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
    ring = [[round(x, 6), round(y, 6)] for x, y in corners]
    return {"type": "Polygon", "coordinates": [ring]}
