"""The way down the territory to a record."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from sanqiao.kernel.prepared import fetch
from sanqiao.registers.areas.models import Area

Crumb = tuple[str, str]


def area_crumbs(area: Area, *, with_itself: bool = False) -> list[Crumb]:
    """From the city down; one query."""
    ids = (*area.ancestor_ids, *([area.pk] if with_itself else []))
    return [(row["name"], f"/areas/{row['key']}/") for row in fetch(_named, ids=ids)]


def _named(*, ids: tuple[int, ...]) -> QuerySet[Area, Any]:
    return Area.objects.filter(pk__in=ids).order_by("path").values("name", "key")
