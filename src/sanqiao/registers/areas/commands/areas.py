"""Areas come and change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, run
from sanqiao.registers.areas.imports import TWIN, UNKNOWN_AREA, note_import
from sanqiao.registers.areas.models import Area
from sanqiao.registers.areas.policies import refuse_out_of_scope, refuse_shape
from sanqiao.registers.areas.rows import AreaRow
from sanqiao.registers.spelling import spelled
from sanqiao.registers.trees import Node, grow

CODE_TAKEN = Reason("areas.code_taken", "official_code", _("统计用区划代码已被其他区划使用"))
AREAS = Upsert(
    Area,
    key=("key",),
    given=("name", "kind", "valid_from"),
    optional=("households", "official_code", "official_name", "boundary"),
    derived=("pinyin", "initials"),
    first=("id", "level", "parent_id", "path"),
    reasons={
        "areas_area_official_code_key": CODE_TAKEN,
        "area_households": Reason("areas.households", "households", _("户数不能为负")),
        "area_dates": Reason("areas.dates", "valid_from", _("设立日期应早于撤销日期")),
    },
)
UNKNOWN_PARENT = UNKNOWN_AREA._replace(field="parent_key")
OTHER_PARENT = Reason(
    "areas.parent_changed", "parent_key", _("上级区划与登记的不同；隶属变更请用“划转”办理")
)
OTHER_LEVEL = Reason("areas.level_changed", "level", _("层级与登记的不同，不能改"))


@transaction.atomic
def import_areas(*, rows: Sequence[AreaRow], by: User) -> Imported:
    """Create and change areas by key, parents and children in any order.

    A new area gets its parent link from its first day. Raises RowsRefused; a parent or level that
    differs is refused, since moving is an act of its own.
    """
    refusals = Refusals()
    known, levels = _known(rows)
    made, orphans = grow([(row.key, row.parent_key) for row in rows], known, "areas_area")
    for n in orphans:
        refusals.add(n, UNKNOWN_PARENT, value=rows[n].parent_key)
    nodes = known | made
    _refuse_places(rows, nodes, by, refusals)
    _refuse_shapes(rows, levels, refusals)
    _refuse_moves(rows, known, levels, refusals)
    refusals.check()

    staged = AREAS.stage(_values(row, nodes[row.key]) for row in rows)
    staged.refuse_twins(refusals, "key", reason=TWIN._replace(field="key"))
    refusals.check()
    _shift_first_links()
    done = AREAS.run(staged)
    link_new_areas("")
    paths = [nodes[row.key].path for row in rows]
    return note_import("areas.areas_imported", done, paths, by)


def _known(rows: Sequence[AreaRow]) -> tuple[dict[str, Node], dict[str, str]]:
    """Nodes and levels of the areas that exist, by key."""
    keys = {row.key for row in rows} | {row.parent_key for row in rows if row.parent_key}
    found = Area.objects.filter(key__in=keys).defer("boundary")
    nodes, levels = {}, {}
    for area in found:
        nodes[area.key] = Node(area.pk, area.path, area.parent_id)
        levels[area.key] = area.level
    return nodes, levels


def _refuse_places(
    rows: Sequence[AreaRow], nodes: Mapping[str, Node], by: User, refusals: Refusals
) -> None:
    paths = (nodes[row.key].path if row.key in nodes else "" for row in rows)
    refuse_out_of_scope(by, paths, refusals, field="key")


def _refuse_shapes(rows: Sequence[AreaRow], levels: Mapping[str, str], refusals: Refusals) -> None:
    """`levels` of the registered areas; a row's own level counts before it."""
    asked = {**levels, **{row.key: row.level for row in rows}}
    for n, row in enumerate(rows):
        parent = asked.get(row.parent_key or "")
        refuse_shape(n, level=row.level, kind=row.kind, parent_level=parent, refusals=refusals)


def _refuse_moves(
    rows: Sequence[AreaRow],
    known: Mapping[str, Node],
    levels: Mapping[str, str],
    refusals: Refusals,
) -> None:
    for n, row in enumerate(rows):
        if row.key not in known:
            continue
        parent = known.get(row.parent_key or "")
        if known[row.key].parent_id != (parent and parent.id):
            refusals.add(n, OTHER_PARENT)
        if levels[row.key] != row.level:
            refusals.add(n, OTHER_LEVEL)


def _values(row: AreaRow, node: Node) -> tuple[object, ...]:
    """In the order of `AREAS.written`."""
    return (
        row.key, row.name, row.kind, row.valid_from, row.households,
        row.official_code or None, row.official_name or None, geometry(row.boundary),
        *spelled(row.name), node.id, row.level, node.parent_id, node.path,
    )  # fmt: skip


def geometry(boundary: dict[str, Any] | None) -> str | None:
    """GeoJSON as COPY takes it."""
    return None if boundary is None else json.dumps(boundary)


def _shift_first_links() -> None:
    """A corrected first day of an area is that of its first parent link as well."""
    run(
        SQL(
            "UPDATE areas_areaedge e SET valid_from = s.valid_from"
            " FROM staged_area s JOIN areas_area a ON a.key = s.key"
            " WHERE e.child_id = a.id AND e.valid_from = a.valid_from"
            " AND s.valid_from <> a.valid_from"
        )
    )


def link_new_areas(document: str) -> None:
    """Parent links of staged areas that have none, from their first day."""
    run(
        SQL(
            "INSERT INTO areas_areaedge (child_id, parent_id, valid_from, document)"
            " SELECT s.id, s.parent_id, s.valid_from, %s FROM staged_area s"
            " JOIN areas_area a ON a.id = s.id WHERE s.parent_id IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM areas_areaedge e WHERE e.child_id = s.id)"
        ),
        [document],
    )
