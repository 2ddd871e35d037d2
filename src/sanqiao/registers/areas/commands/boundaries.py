"""Outlines from GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Refusals, Upsert, stage
from sanqiao.registers.areas.imports import TWIN, note_import, placed
from sanqiao.registers.areas.models import Area
from sanqiao.registers.areas.places import outline_fault

from .areas import geometry

BOUNDARIES = Upsert(Area, key=("id",), given=("boundary",))


@transaction.atomic
def import_boundaries(*, collection: dict[str, Any], by: User) -> Imported:
    """Set the outlines of existing areas; a feature's `key` property (or id) names its area.

    Raises Refused: areas.not_geojson; RowsRefused, in which rows are features.
    """
    features = _features(collection)
    refusals = Refusals()
    areas = placed([_key(feature) for feature in features], by, refusals)
    for row, feature in enumerate(features):
        fault = outline_fault(feature.get("geometry"))
        if fault:
            refusals.add(row, fault)
    refusals.check()
    staged = stage(
        "staged_outline",
        {"id": "bigint", "boundary": "jsonb"},
        [(area.id, geometry(f["geometry"])) for area, f in zip(areas, features, strict=True)],
    )
    staged.refuse_twins(refusals, "id", reason=TWIN._replace(field="area_key"))
    refusals.check()
    changed = BOUNDARIES.change(staged)
    done = Imported(0, changed, staged.count - changed)
    return note_import("areas.boundaries_imported", done, (area.path for area in areas), by)


def _features(collection: dict[str, Any]) -> Sequence[dict[str, Any]]:
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise Refused("areas.not_geojson", _("不是 GeoJSON 的 FeatureCollection"), field="file")
    return features


def _key(feature: dict[str, Any]) -> str:
    properties = feature.get("properties") or {}
    return str(properties.get("key") or feature.get("id") or "")
