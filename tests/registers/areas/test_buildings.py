"""Where buildings stand: their points, and the grids in which these lie."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.importing import import_file
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, RowsRefused
from sanqiao.kernel.versions import version_of
from sanqiao.registers.areas.commands import change_building, create_building, import_buildings
from sanqiao.registers.areas.models import Area, Building, Compound
from sanqiao.registers.areas.rows import BuildingRow
from sanqiao.registers.areas.sheets import SHEETS
from tests.make import Town, make_area, make_compound, make_grant, make_user
from tests.refusals import code_of
from tests.registers.make import building_row

from .test_places import square

HEAD = "小区所在区划,小区名称,楼栋,所在网格,经度,纬度"


@pytest.fixture
def garden(town: Town) -> Compound:
    """In a community whose grids lie at 110 and 111 east, in a county from 109 to 113."""
    outlines = {town.grid: square(110, 32), town.other_grid: square(111, 32)}
    for area, outline in {**outlines, town.county: square(109, 31, 4)}.items():
        Area.objects.filter(pk=area.pk).update(boundary=outline)
    return make_compound(area=town.community, name="阳光花园")


def row(**given: Any) -> BuildingRow:
    return building_row("420302001001", "阳光花园", **given)


def facts(**given: Any) -> dict[str, Any]:
    usual = {"name": "1号楼", "stairwells": 1, "households": 12, "area": None}
    return {**usual, "longitude": None, "latitude": None, **given}


@pytest.mark.parametrize(
    ("longitude", "latitude", "key"),
    [
        (110.5, 32.5, "420302001001001"),
        (111.5, 32.5, "420302001001002"),
        (109.5, 31.5, "420302001001"),  # in the city, in no grid: as the compound
        (None, None, "420302001001"),
    ],
)
def test_a_building_without_a_grid_stands_in_that_of_its_point(
    garden: Compound, clerk: User, longitude: float, latitude: float, key: str
) -> None:
    point = {"longitude": longitude, "latitude": latitude}
    import_buildings(rows=[row(name="1号楼", area_key=None, **point)], by=clerk)
    create_building(compound=garden, by=clerk, **facts(name="2号楼", **point))

    found = Building.objects.order_by("name").values_list("area__key", "longitude", "latitude")
    assert list(found) == [(key, longitude, latitude)] * 2


@pytest.mark.parametrize(
    ("longitude", "latitude", "code", "field"),
    [
        (110.5, None, "areas.half_a_point", "latitude"),
        (None, 32.5, "areas.half_a_point", "longitude"),
        (32.5, 110.5, "areas.swapped_point", "longitude"),
        (116.4, 39.9, "areas.point_outside", "longitude"),
    ],
)
def test_what_is_no_point_of_the_city_is_refused(
    garden: Compound, clerk: User, longitude: float, latitude: float, code: str, field: str
) -> None:
    with pytest.raises(RowsRefused) as of_rows:
        import_buildings(rows=[row(longitude=longitude, latitude=latitude)], by=clerk)
    with pytest.raises(Refused) as of_one:
        create_building(compound=garden, by=clerk, **facts(longitude=longitude, latitude=latitude))

    assert (of_rows.value.code, of_rows.value.field) == (code, field)
    assert (of_one.value.code, of_one.value.field) == (code, field)


@pytest.mark.parametrize(("longitude", "latitude"), [(113.01, 32), (110, 30.99)])
def test_a_point_just_outside_of_a_coarse_outline_is_taken(
    garden: Compound, clerk: User, longitude: float, latitude: float
) -> None:
    done = import_buildings(rows=[row(longitude=longitude, latitude=latitude)], by=clerk)
    assert done == Imported(1, 0, 0)


def test_where_the_city_has_no_whole_outline_only_the_country_bounds_it(
    garden: Compound, town: Town, clerk: User
) -> None:
    make_area("county", town.city)  # not drawn, so nobody knows where the city ends

    import_buildings(rows=[row(longitude=116.4, latitude=39.9)], by=clerk)
    with pytest.raises(RowsRefused, match="写反"):
        import_buildings(rows=[row(longitude=32.5, latitude=110.5)], by=clerk)


def test_a_grid_that_is_given_stays_and_the_stray_is_named(
    garden: Compound, town: Town, clerk: User
) -> None:
    lines = [
        f"三桥社区,阳光花园,1号楼,{town.grid.name},111.5,32.5",
        f"三桥社区,阳光花园,2号楼,{town.other_grid.name},111.5,32.5",
        "三桥社区,阳光花园,3号楼,,111.5,32.5",
    ]
    preview = read(lines, clerk)

    assert preview.warnings == ["第 2 行：坐标不在所写网格的边界之内"]
    assert Building.objects.get(name="1号楼").area == town.grid


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ("110.5,", "latitude", "要么都填"),
        ("32.5,110.5", "longitude", "写反"),
        ("116.4,39.9", "longitude", "不在本市范围内"),
        ("东经110,32.5", "longitude", "应为数字"),
        ("200,32.5", "longitude", "应在 -180 至 180"),
    ],
)
def test_a_sheet_says_in_the_cell_what_is_wrong_with_a_point(
    garden: Compound, clerk: User, cells: str, column: str, words: str
) -> None:
    (refused,) = read([f"三桥社区,阳光花园,1号楼,,{cells}"], clerk).refused

    assert words in refused.errors[column]


def test_points_go_out_and_come_in_again(garden: Compound, clerk: User) -> None:
    line = "三桥社区,阳光花园,1号楼,,110.1234567°,32.5"

    assert read([line], clerk).done == Imported(1, 0, 0)
    assert Building.objects.get().longitude == 110.123457
    assert read([line], clerk).unchanged == 1
    assert read(["三桥社区,阳光花园,1号楼,,,"], clerk).unchanged == 1  # blanks leave what is there


def test_a_building_is_changed_and_its_point_taken_away(garden: Compound, clerk: User) -> None:
    building = create_building(compound=garden, by=clerk, **facts(longitude=110.5, latitude=32.5))
    change_building(building=building, known_version=10**9, by=clerk, **facts(households=13))

    building.refresh_from_db()
    assert (building.households, building.longitude) == (13, None)


def test_two_buildings_of_a_compound_have_two_names(garden: Compound, clerk: User) -> None:
    create_building(compound=garden, by=clerk, **facts())
    with pytest.raises(Refused) as refusal:
        create_building(compound=garden, by=clerk, **facts())
    assert (refusal.value.code, refusal.value.field) == ("areas.name_taken", "name")


def test_nobody_registers_a_building_outside_of_the_grant(
    garden: Compound, other_clerk: User
) -> None:
    with pytest.raises(Refused) as refusal:
        create_building(compound=garden, by=other_clerk, **facts())
    assert refusal.value.code == "areas.not_allowed"


def test_both_the_compound_and_the_grid_of_a_building_are_within_the_grant(
    town: Town, garden: Compound, secretary: User
) -> None:
    warden = make_grant(role="community_secretary", area=town.grid, user=make_user()).user
    for by, area in ((warden, town.grid), (secretary, town.far_grid)):
        given = facts(area=area)
        assert code_of(create_building, compound=garden, by=by, **given) == "areas.not_allowed"
    assert not Building.objects.exists()


def test_a_building_that_stands_outside_of_the_grant_is_not_fetched_in(
    town: Town, garden: Compound, clerk: User, city_officer: User
) -> None:
    given = facts(area=town.far_grid)
    building = create_building(compound=garden, by=city_officer, **given)
    told: dict[str, Any] = {"building": building, "known_version": version_of(building)}
    assert code_of(change_building, by=clerk, **told, **facts(area=town.grid)) == (
        "areas.not_allowed"
    )


def test_a_building_that_somebody_has_changed_meanwhile_is_not_overwritten(
    garden: Compound, clerk: User
) -> None:
    building = create_building(compound=garden, by=clerk, **facts())
    told: dict[str, Any] = {"building": building, "known_version": version_of(building)}
    change_building(by=clerk, **told, **facts(households=13))
    assert code_of(change_building, by=clerk, **told, **facts()) == "areas.changed_meanwhile"
    assert Building.objects.get().households == 13


def test_a_building_follows_its_new_point(town: Town, garden: Compound, clerk: User) -> None:
    first = facts(longitude=110.5, latitude=32.5)
    building = create_building(compound=garden, by=clerk, **first)
    told: dict[str, Any] = {"building": building, "known_version": version_of(building)}
    change_building(by=clerk, **told, **facts(longitude=111.5, latitude=32.5))
    assert Building.objects.get().area == town.other_grid


@pytest.mark.parametrize("point", [(110.0, None), (None, 32.0), (181.0, 32.0), (110.0, 91.0)])
def test_the_database_has_no_half_point_and_none_off_the_earth(
    garden: Compound, point: tuple[float | None, float | None]
) -> None:
    longitude, latitude = point
    with pytest.raises(IntegrityError, match="building_point"), transaction.atomic():
        Building.objects.create(
            compound=garden, name="1号楼", area=garden.area, area_path=garden.area_path,
            longitude=longitude, latitude=latitude,
        )  # fmt: skip


def read(lines: list[str], by: User) -> Any:
    content = "\n".join([HEAD, *lines]).encode()
    return import_file(
        register=SHEETS["buildings"], content=content, filename="x.csv", by=by, dry_run=False
    )
