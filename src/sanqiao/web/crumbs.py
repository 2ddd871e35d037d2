"""The way down the territory to a record."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Func, QuerySet

from sanqiao.kernel.prepared import fetch
from sanqiao.registers.areas.models import Area
from sanqiao.registers.people.models import Person

Crumb = tuple[str, str]
IDS = "unnest(string_to_array(rtrim(%(expressions)s, '.'), '.'))::bigint"


def area_crumbs(area: Area, *, with_itself: bool = False) -> list[Crumb]:
    """From the city down; one query."""
    ids = (*area.ancestor_ids, *([area.pk] if with_itself else []))
    return crumbs(fetch(_named, ids=ids))


def crumbs(areas: list[dict[str, str]]) -> list[Crumb]:
    """Of their names and keys, e.g. those that `around` finds."""
    return [(row["name"], f"/areas/{row['key']}/") for row in areas]


def around(*, person: int) -> QuerySet[Area, Any]:
    """The areas where somebody lives, from the city down, before the person has been read."""
    ids = Func("area_path", template=IDS, output_field=BigIntegerField())
    home = Person.objects.filter(pk=person).values_list(ids)
    return Area.objects.filter(pk__in=home).order_by("path").values("name", "key")


def _named(*, ids: tuple[int, ...]) -> QuerySet[Area, Any]:
    return Area.objects.filter(pk__in=ids).order_by("path").values("name", "key")
