"""Organisations in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up
from sanqiao.registers.areas.imports import (
    BAD_DATES,
    NOWHERE,
    TWIN,
    UNKNOWN_AREA,
    Place,
    note_import,
    places,
)
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.organisations.policies import BAD_PARENT, may_contain, refuse_out_of_scope
from sanqiao.registers.organisations.rows import OrganisationRow
from sanqiao.registers.spelling import spelled
from sanqiao.registers.trees import Node, grow

UNKNOWN_PARENT = Reason("organisations.unknown", "parent_code", _("找不到党组织：%(value)s"))
OTHER_PARENT = Reason(
    "organisations.parent_changed",
    "parent_code",
    _("上级党组织与登记的不同；隶属变更请用“调整隶属”办理"),
)
CODE_TAKEN = Reason("organisations.code_taken", "code", _("编码已被范围外的党组织使用"))
ORGANISATIONS = Upsert(
    Organisation,
    key=("code",),
    given=("name", "kind", "setting", "area_id", "founded_on", "term_years"),
    optional=("dissolved_on", "elected_on", "document"),
    derived=("area_path", "pinyin", "initials"),
    kept=("term_ends_on",),
    first=("id", "parent_id", "path"),
    reasons={
        "organisation_dates": BAD_DATES._replace(field="dissolved_on"),
        "organisation_term": Reason("organisations.term", "term_years", _("任期为 1 至 5 年")),
        "organisations_organisation_code_key": CODE_TAKEN,
    },
)


@transaction.atomic
def import_organisations(*, rows: Sequence[OrganisationRow], by: User) -> Imported:
    """Create and change organisations by code, parents and children in any order.

    Raises RowsRefused; a parent that differs is refused, since moving is an act of its own.
    """
    refusals = Refusals()
    known = _known(rows)
    made, orphans = grow(
        [(row.code, row.parent_code) for row in rows], known, "organisations_organisation"
    )
    for n in orphans:
        refusals.add(n, UNKNOWN_PARENT, value=rows[n].parent_code)
    nodes = known | made
    keys = [row.area_key for row in rows]
    areas = look_up(keys, places(keys), NOWHERE, refusals, UNKNOWN_AREA)
    _refuse_rows(rows, known, refusals)
    _refuse_places(rows, areas, nodes, by, refusals)
    refusals.check()

    staged = ORGANISATIONS.stage(
        _values(row, area, nodes[row.code]) for row, area in zip(rows, areas, strict=True)
    )
    staged.refuse_twins(refusals, "code", reason=TWIN._replace(field="code"))
    refusals.check()
    done = ORGANISATIONS.run(staged)
    paths = (area.path for area in areas)
    return note_import("organisations.organisations_imported", done, paths, by)


def _known(rows: Sequence[OrganisationRow]) -> dict[str, Node]:
    keys = {row.code for row in rows} | {row.parent_code for row in rows if row.parent_code}
    found = Organisation.objects.filter(code__in=keys)
    columns = found.values_list("code", "id", "path", "parent_id")
    return {code: Node(pk, path, parent) for code, pk, path, parent in columns}


def _refuse_rows(
    rows: Sequence[OrganisationRow], known: Mapping[str, Node], refusals: Refusals
) -> None:
    """Parents that differ, or under which such a kind cannot stand."""
    kinds = dict(
        Organisation.objects.filter(code__in={r.parent_code for r in rows if r.parent_code})
        .values_list("code", "kind")
    ) | {row.code: row.kind for row in rows}  # fmt: skip
    for n, row in enumerate(rows):
        parent = known.get(row.parent_code or "")
        if row.code in known and known[row.code].parent_id != (parent and parent.id):
            refusals.add(n, OTHER_PARENT)
        above = kinds.get(row.parent_code or "")
        if above and not may_contain(above, row.kind):
            names = Organisation.Kind
            refusals.add(n, BAD_PARENT, parent=names(above).label, child=names(row.kind).label)


def _refuse_places(
    rows: Sequence[OrganisationRow],
    areas: Sequence[Place],
    nodes: Mapping[str, Node],
    by: User,
    refusals: Refusals,
) -> None:
    paths = [
        (area.path, nodes[row.code].path) if area.path and row.code in nodes else ("", "")
        for row, area in zip(rows, areas, strict=True)
    ]
    refuse_out_of_scope(by, paths, refusals)


def _values(row: OrganisationRow, area: Place, node: Node) -> tuple[object, ...]:
    """In the order of `ORGANISATIONS.written`."""
    return (
        row.code, row.name, row.kind, row.setting, area.id, row.founded_on, row.term_years,
        row.dissolved_on, row.elected_on, row.document or None,
        area.path, *spelled(row.name), term_end(row.elected_on, row.term_years),
        node.id, node.parent_id, node.path,
    )  # fmt: skip


def term_end(elected_on: date | None, years: int) -> date | None:
    """The day on which a term of so many years ends; 29 February ends on the 28th."""
    if elected_on is None:
        return None
    try:
        return elected_on.replace(year=elected_on.year + years)
    except ValueError:
        return elected_on.replace(year=elected_on.year + years, day=28)
