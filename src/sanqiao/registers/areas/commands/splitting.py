"""A grid becomes micro-grids; the grid stays as their parent, and the past keeps its tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, RowsRefused, look_up
from sanqiao.registers.areas.imports import TWIN, UNKNOWN_AREA, common_area
from sanqiao.registers.areas.models import Area, Building
from sanqiao.registers.areas.policies import check_may, refuse_out_of_scope
from sanqiao.registers.areas.rows import SplitLine, SplitRow
from sanqiao.registers.spelling import spelled
from sanqiao.registers.trees import Node, child, new_ids

from .areas import AREAS, geometry, link_new_areas
from .parting import buildings_named, move_buildings, refuse_outlines

NO_GRID = Reason("areas.not_a_grid", "grid_key", _("%(name)s不是当日有效的网格，不能划分"))
ALREADY_SPLIT = Reason("areas.already_split", "grid_key", _("%(name)s已划分为小微网格"))
ONE_PART = Reason("areas.one_part", "grid_key", _("%(name)s至少要划分为两个小微网格"))
OTHER_SUM = Reason(
    "areas.households_differ", "households",
    _("各小微网格户数合计 %(parts)d，与%(name)s登记的 %(whole)d 户不符"),
)  # fmt: skip
KEY_TAKEN = Reason("areas.key_taken", "key", _("编码已被使用：%(value)s"))


@transaction.atomic
def split_grids(*, rows: Sequence[SplitRow], on: date, document: str, by: User) -> Imported:
    """Make the parts of many grids, from the day `on`; the same split again changes nothing.

    Parts lie within their grid and do not overlap, as far as they are drawn; the buildings that a
    part names go to it. Raises RowsRefused: areas.not_a_grid, already_split, one_part,
    households_differ, key_taken, part_outside, parts_overlap, unknown_building, …
    """
    refusals = Refusals()
    grids = _locked_grids({row.grid_key for row in rows})
    parents = look_up(
        [row.grid_key for row in rows], grids, Area(), refusals,
        UNKNOWN_AREA._replace(field="grid_key"),
    )  # fmt: skip
    refuse_out_of_scope(
        by, (grid.path for grid in parents), refusals, act="areas.split", field="grid_key"
    )
    refusals.check()
    if _is_done(rows, parents):
        return Imported(0, 0, len(rows))
    _refuse_parts(rows, grids, on, refusals)
    refuse_outlines(rows, grids, refusals)
    named = buildings_named(rows, grids, refusals)
    refusals.check()
    return _make_parts(rows, parents, named, on, document, by)


@transaction.atomic
def split_grid(
    *, grid: Area, rows: Sequence[SplitRow], on: date, document: str, by: User
) -> Imported:
    """The same for one grid, whose parts `rows` are. Raises Refused."""
    check_may(by, "areas.split", grid)
    mine = [row._replace(grid_key=grid.key) for row in rows]
    return split_grids(rows=mine, on=on, document=document, by=by)


@transaction.atomic
def import_splits(*, rows: Sequence[SplitLine], by: User) -> Imported:
    """Splits of several days and documents from one sheet. Raises RowsRefused."""
    groups: dict[tuple[date, str], list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        groups[row.on, row.document].append(n)
    done = [_split_of(rows, numbers, by) for numbers in groups.values()]
    return Imported(*(sum(counts) for counts in zip(*done, strict=True)))


def _split_of(rows: Sequence[SplitLine], numbers: list[int], by: User) -> Imported:
    """The lines of one day and document; a refusal names the lines of the sheet."""
    first = rows[numbers[0]]
    parts = [_part_of(rows[n]) for n in numbers]
    try:
        return split_grids(rows=parts, on=first.on, document=first.document, by=by)
    except RowsRefused as refusal:
        errors = [error._replace(row=numbers[error.row]) for error in refusal.errors]
        raise RowsRefused(errors) from None


def _part_of(line: SplitLine) -> SplitRow:
    named = (name.strip() for name in (line.buildings or "").split("、"))
    buildings = tuple(name for name in named if name)
    return SplitRow(line.grid_key, line.key, line.name, line.households, None, buildings)


def _locked_grids(keys: set[str]) -> dict[str, Area]:
    grids = Area.objects.select_for_update().defer("boundary").filter(key__in=keys)
    return {grid.key: grid for grid in grids.order_by("id")}


def _is_done(rows: Sequence[SplitRow], parents: Sequence[Area]) -> bool:
    """Every part exists already, in its grid and with these households."""
    found = Area.objects.filter(key__in=[row.key for row in rows])
    there = set(found.values_list("key", "parent_id", "name", "households"))
    asked = {
        (row.key, grid.pk, row.name, row.households)
        for row, grid in zip(rows, parents, strict=True)
    }
    return asked <= there


def _refuse_parts(
    rows: Sequence[SplitRow], grids: Mapping[str, Area], on: date, refusals: Refusals
) -> None:
    taken = set(Area.objects.filter(key__in=[r.key for r in rows]).values_list("key", flat=True))
    parts: dict[str, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        parts[row.grid_key].append(n)
        if row.key in taken:
            refusals.add(n, KEY_TAKEN, value=row.key)
    split = _split_already(grids.values())
    for key, numbers in parts.items():
        grid, first = grids[key], numbers[0]
        if not _is_grid_on(grid, on):
            refusals.add(first, NO_GRID, name=grid.name)
        if grid.pk in split:
            refusals.add(first, ALREADY_SPLIT, name=grid.name)
        if len(numbers) < 2:
            refusals.add(first, ONE_PART, name=grid.name)
        total = sum(rows[n].households or 0 for n in numbers)
        if grid.households and total != grid.households:
            refusals.add(first, OTHER_SUM, name=grid.name, parts=total, whole=grid.households)


def _split_already(grids: Iterable[Area]) -> set[int]:
    parts = Area.objects.filter(parent__in=list(grids), level=Area.Level.MICROGRID, valid_to=None)
    return set(parts.values_list("parent_id", flat=True))


def _is_grid_on(area: Area, day: date) -> bool:
    lives = area.valid_from <= day and (area.valid_to is None or day < area.valid_to)
    return area.level == Area.Level.GRID and lives


def _make_parts(
    rows: Sequence[SplitRow],
    parents: Sequence[Area],
    named: Mapping[int, list[Building]],
    on: date,
    document: str,
    by: User,
) -> Imported:
    refusals, nodes = Refusals(), []
    for grid, pk in zip(parents, new_ids("areas_area", len(rows)), strict=True):
        nodes.append(child(Node(grid.pk, grid.path, grid.parent_id), pk))
    staged = AREAS.stage(_values(row, node, on) for row, node in zip(rows, nodes, strict=True))
    staged.refuse_twins(refusals, "key", reason=TWIN._replace(field="key"))
    refusals.check()
    created = AREAS.create(staged)
    link_new_areas(document)
    moved = move_buildings(named, nodes)
    note(
        "areas.grids_split", subject=common_area(grid.path for grid in parents), by=by,
        grids=len({grid.pk for grid in parents}), parts=created, buildings=moved, on=str(on),
        document=document,
    )  # fmt: skip
    return Imported(created, 0, 0)


def _values(row: SplitRow, node: Node, on: date) -> tuple[object, ...]:
    """In the order of `AREAS.written`."""
    return (
        row.key, row.name, Area.Kind.MICRO, on, row.households, None, None,
        geometry(row.boundary), *spelled(row.name),
        node.id, Area.Level.MICROGRID, node.parent_id, node.path,
    )  # fmt: skip
