"""What a split must satisfy on the ground: outlines of the parts, and the buildings in them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from shapely import STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from sanqiao.kernel.staging import Reason, Refusals
from sanqiao.registers.areas.models import Area, Building
from sanqiao.registers.areas.places import outline_fault
from sanqiao.registers.areas.rows import SplitRow
from sanqiao.registers.trees import Node

SLIVER = 0.005
"""Share of a part that may lie where it should not: outlines are traced by hand."""
OUTSIDE = Reason("areas.part_outside", "boundary", _("%(name)s的边界超出了%(grid)s"))
OVERLAP = Reason("areas.parts_overlap", "boundary", _("%(name)s与%(other)s的边界重叠"))
UNKNOWN_BUILDING = Reason(
    "areas.unknown_building", "buildings", _("本社区没有待划分的楼栋“%(value)s”")
)
SEVERAL_BUILDINGS = Reason(
    "areas.several_buildings", "buildings", _("“%(value)s”不止一栋，请写上小区名")
)
BUILDING_TWICE = Reason("areas.building_twice", "buildings", _("“%(value)s”已经划给%(other)s"))
Drawn = list[tuple[int, BaseGeometry]]


def refuse_outlines(
    rows: Sequence[SplitRow], grids: Mapping[str, Area], refusals: Refusals
) -> None:
    """Add the parts that are no outline, stick out of their grid, or overlap an earlier part."""
    drawn = _drawn(rows, refusals)
    known = Area.objects.filter(key__in=drawn).exclude(boundary=None)
    wholes = {key: shape(outline) for key, outline in known.values_list("key", "boundary")}
    for key, parts in drawn.items():
        if key in wholes:
            for n, part in parts:
                if _covers_too_much(part.difference(wholes[key]), part):
                    refusals.add(n, OUTSIDE, name=rows[n].name, grid=grids[key].name)
        _refuse_overlaps(rows, parts, refusals)


def _drawn(rows: Sequence[SplitRow], refusals: Refusals) -> dict[str, Drawn]:
    """{grid: (row, outline) of its parts that have one}."""
    found: dict[str, Drawn] = defaultdict(list)
    for n, row in enumerate(rows):
        if row.boundary is None:
            continue
        fault = outline_fault(row.boundary)
        if fault:
            refusals.add(n, fault)
        else:
            found[row.grid_key].append((n, shape(row.boundary)))
    return found


def _refuse_overlaps(rows: Sequence[SplitRow], parts: Drawn, refusals: Refusals) -> None:
    outlines = [outline for _n, outline in parts]
    tree = STRtree(outlines)
    for place, (n, part) in enumerate(parts):
        for other in sorted(tree.query(part, predicate="intersects")):
            common = part.intersection(outlines[other]) if other < place else None
            if common is not None and _covers_too_much(common, part, outlines[other]):
                refusals.add(n, OVERLAP, name=rows[n].name, other=rows[parts[other][0]].name)


def _covers_too_much(common: BaseGeometry, *parts: BaseGeometry) -> bool:
    return bool(common.area > SLIVER * min(part.area for part in parts))


def buildings_named(
    rows: Sequence[SplitRow], grids: Mapping[str, Area], refusals: Refusals
) -> dict[int, list[Building]]:
    """{row: the buildings that it names}, from those of the community that stand in no part yet."""
    naming = {row.grid_key for row in rows if row.buildings}
    pools = _pools({_around(grids[key]) for key in naming})
    taken: dict[int, int] = {}
    found: dict[int, list[Building]] = defaultdict(list)
    for n, row in enumerate(rows):
        pool = pools.get(_around(grids[row.grid_key]), {}) if row.buildings else {}
        for name in row.buildings:
            candidates = pool.get(plain(name), [])
            if len(candidates) != 1:
                reason = SEVERAL_BUILDINGS if candidates else UNKNOWN_BUILDING
                refusals.add(n, reason, value=name)
            elif taken.setdefault(candidates[0].pk, n) != n:
                other = rows[taken[candidates[0].pk]].name
                refusals.add(n, BUILDING_TWICE, value=name, other=other)
            else:
                found[n].append(candidates[0])
    return found


def move_buildings(named: Mapping[int, list[Building]], nodes: Sequence[Node]) -> int:
    """Put the buildings into the parts, which exist by now; how many moved."""
    moved = []
    for n, buildings in named.items():
        for building in buildings:
            building.area_id, building.area_path = nodes[n].id, nodes[n].path
            moved.append(building)
    return Building.objects.bulk_update(moved, ["area", "area_path"])


def plain(name: str) -> str:
    """As it is compared: regular letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _around(grid: Area) -> str:
    """The path of what the grid lies in: its compounds may hang on other grids of it."""
    return grid.path.removesuffix(f"{grid.pk}.")


def _pools(paths: set[str]) -> dict[str, dict[str, list[Building]]]:
    """{path: {name: buildings}}, by the name alone and after that of the compound."""
    pools: dict[str, dict[str, list[Building]]] = {path: defaultdict(list) for path in paths}
    inside = Q(pk__in=[])
    for path in paths:
        inside |= Q(area_path__gte=path, area_path__lt=f"{path}~")
    rows = Building.objects.filter(inside).exclude(area__level=Area.Level.MICROGRID)
    for building in rows.select_related("compound").order_by("pk"):
        for path in paths:
            if building.area_path.startswith(path):
                pools[path][plain(building.name)].append(building)
                pools[path][plain(f"{building.compound.name}{building.name}")].append(building)
    return pools
