"""The way down the territory to a record."""

from __future__ import annotations

from django.urls import reverse

from sanqiao.registers.areas.models import Area

Crumb = tuple[str, str]


def area_crumbs(area: Area, *, with_itself: bool = False) -> list[Crumb]:
    """From the city down; one query."""
    ids = [*area.ancestor_ids, *([area.pk] if with_itself else [])]
    rows = Area.objects.filter(pk__in=ids).order_by("path").values_list("name", "key")
    return [(name, reverse("areas:detail", args=[key])) for name, key in rows]
