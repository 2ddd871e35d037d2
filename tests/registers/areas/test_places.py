"""Outlines, points, and names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.sheets.columns import Ambiguous
from sanqiao.kernel.staging import Imported, RowsRefused
from sanqiao.registers.areas.commands import import_boundaries, split_grids
from sanqiao.registers.areas.models import Area
from sanqiao.registers.areas.names import area_names, short_name
from sanqiao.registers.areas.places import feature_collection, ground_on
from tests.make import Town, make_area
from tests.registers.make import split_row


def square(west: float, south: float, size: float = 1) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(**outlines: dict[str, Any]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": {"key": key.lstrip("_")}, "geometry": outline}
        for key, outline in outlines.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def key_at(longitude: float, latitude: float, day: date | None = None) -> str | None:
    found = ground_on(day).grid_at(longitude, latitude)
    return found.key if found else None


def test_outlines_go_in_and_come_out(town: Town, clerk: User) -> None:
    given = collection(_420302001001001=square(110, 32), _420302001001002=square(111, 32))

    assert import_boundaries(collection=given, by=clerk) == Imported(0, 2, 0)
    assert import_boundaries(collection=given, by=clerk) == Imported(0, 0, 2)

    found = feature_collection(Area.objects.filter(parent=town.community).order_by("key"))
    assert [feature["id"] for feature in found["features"]] == [town.grid.key, town.other_grid.key]
    assert found["features"][0]["geometry"] == square(110, 32)


@pytest.mark.parametrize(
    ("key", "outline", "code"),
    [
        ("nowhere", square(110, 32), "areas.unknown"),
        ("420302002001001", square(110, 32), "areas.out_of_scope"),
        ("420302001001001", {"type": "Point", "coordinates": [110, 32]}, "areas.bad_outline"),
        ("420302001001001", {"type": "Polygon", "coordinates": []}, "areas.bad_outline"),
        ("420302001001001", {"type": "Polygon", "coordinates": "x"}, "areas.bad_outline"),
        ("420302001001001", square(32, 110), "areas.bad_coordinates"),
        (
            "420302001001001",
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
            "areas.bad_outline",
        ),
    ],
)
def test_bad_outlines_are_refused(
    town: Town, clerk: User, key: str, outline: dict[str, Any], code: str
) -> None:
    with pytest.raises(RowsRefused) as refusal:
        import_boundaries(collection=collection(**{f"_{key}": outline}), by=clerk)
    assert refusal.value.code == code


def test_something_else_than_geojson_is_refused(town: Town, clerk: User) -> None:
    with pytest.raises(Refused) as refusal:
        import_boundaries(collection={"type": "Feature"}, by=clerk)
    assert refusal.value.code == "areas.not_geojson"


def test_a_point_lies_in_the_deepest_grid(town: Town, clerk: User) -> None:
    import_boundaries(collection=collection(_420302001001001=square(110, 32)), by=clerk)
    assert key_at(110.2, 32.2) == town.grid.key
    assert key_at(112, 32) is None

    left, right = (
        split_row(town.grid.key, n, boundary=square(110 + n / 2, 32, 0.5)) for n in range(2)
    )
    split_grids(rows=[left, right], on=date(2020, 2, 15), document="", by=clerk)

    assert key_at(110.2, 32.2) == left.key
    assert key_at(110.2, 32.2, date(2020, 2, 14)) == town.grid.key  # before the split
    assert key_at(110.2, 32.9) == town.grid.key  # outside of both parts


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("三桥社区居民委员会", "三桥社区"),
        ("三桥社区居委会", "三桥社区"),
        ("三桥居委会", "三桥社区"),
        ("东沟村村民委员会", "东沟村"),
        ("东沟村委会", "东沟村"),
        ("东沟村民委员会", "东沟村"),
        ("武当路街道办事处", "武当路街道"),
        ("大川镇人民政府", "大川镇"),
        ("武当山旅游经济特区管理委员会", "武当山旅游经济特区"),
        ("三桥 社区　居委会", "三桥社区"),
        ("三桥社区", "三桥社区"),
        ("居委会", "居委会"),
    ],
)
def test_official_names_become_short(official: str, short: str) -> None:
    assert short_name(official) == short


def test_areas_are_found_by_any_usual_name(town: Town) -> None:
    make_area(
        "community", town.other_township, key="T", name="三桥社区", official_name="三桥社区居委会"
    )
    table = area_names()

    assert table["420302001001"] == town.community.key
    assert isinstance(table["三桥社区"], Ambiguous)
    assert table["武当路街道三桥社区"] == town.community.key
    assert table["茅箭区五堰街道三桥社区"] == table["三桥社区居委会"] == "T"
    assert "茅箭区武当路街道三桥社区" in table.labels
    assert "五堰社区" in table.labels
