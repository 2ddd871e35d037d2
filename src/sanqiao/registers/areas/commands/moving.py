"""An area goes to another parent on a day; before that day the tree is as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from sanqiao.kernel.models import Duty, Grant, Handover, User, note
from sanqiao.kernel.staging import count_of
from sanqiao.registers.areas.models import Area, AreaEdge, in_force
from sanqiao.registers.areas.policies import check_can_move


@transaction.atomic
def move_area(*, area: Area, to: Area, on: date, document: str, by: User) -> Area:
    """End the parent link on the day `on` and begin the one to `to`.

    Rights and paths follow at once when the day has come, else by `settle_moves`.
    Raises Refused: areas.not_allowed, into_itself, bad_parent, same_parent, move_too_early.
    """
    locked = Area.objects.select_for_update().in_bulk(sorted({area.pk, to.pk}))
    area, to = locked[area.pk], locked[to.pk]
    edge = AreaEdge.objects.select_for_update().filter(child=area, valid_to=None).first()
    check_can_move(area, to, edge, on, by)

    before = area.parent
    AreaEdge.objects.filter(child=area, valid_to=None).update(valid_to=on)
    AreaEdge.objects.create(child=area, parent=to, valid_from=on, document=document)
    if on <= timezone.localdate():
        _reseat(area, to)
    note(
        "areas.area_moved", subject=area, by=by,
        before=str(before), to=to.name, on=str(on), document=document,
    )  # fmt: skip
    return area


@transaction.atomic
def settle_moves(*, on: date, by: User) -> int:
    """Seat every area below the parent that it has on the day; how many moved. Safe to repeat."""
    edges = AreaEdge.objects.filter(in_force(on)).exclude(parent=F("child__parent"))
    due = list(edges.select_related("child", "parent").order_by("child__path"))
    for edge in due:
        area = Area.objects.select_for_update().get(pk=edge.child_id)
        _reseat(area, Area.objects.get(pk=edge.parent_id))
        note("areas.move_settled", subject=area, by=by, to=edge.parent.name, on=str(on))
    return len(due)


def _reseat(area: Area, to: Area) -> None:
    """Parent and path of the area, paths of all below it, and with them every right.

    Records follow by their foreign keys; grants and duties, which the kernel keeps without
    knowing areas, are moved here.
    """
    old, new = area.path, f"{to.path}{area.pk}."
    area.parent, area.path = to, new
    Area.objects.filter(pk=area.pk).update(parent=to)
    with _checks_at_the_end():
        _replace_prefix("areas_area", "path", old, new)
    for model in (Duty, Handover):
        _replace_prefix(model._meta.db_table, "area_path", old, new)
    _replace_prefix(Grant._meta.db_table, "path", old, new, tree=Grant.Tree.AREA)


@contextmanager
def _checks_at_the_end() -> Iterator[None]:
    """A record that follows two areas is half moved for a while."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _replace_prefix(table: str, column: str, old: str, new: str, *, tree: str = "") -> int:
    query = SQL(
        "UPDATE {0} SET {1} = %s || substr({1}, %s) WHERE {1} >= %s AND {1} < %s{2}"
    ).format(Identifier(table), Identifier(column), SQL(" AND tree = %s" if tree else ""))
    return count_of(query, [new, len(old) + 1, old, f"{old}~", *([tree] if tree else [])])
