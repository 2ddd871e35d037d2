from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.kernel.versions import version_of
from sanqiao.registers.areas.models import Area, Building, Compound
from tests.make import Town, make_compound
from tests.registers.areas.test_places import square

SignIn = Callable[[User], Client]


@pytest.fixture
def garden(town: Town) -> Compound:
    for area, west in ((town.grid, 110), (town.other_grid, 111)):
        Area.objects.filter(pk=area.pk).update(boundary=square(west, 32))
    return make_compound(area=town.community, name="阳光花园")


def make_building(compound: Compound, area: Area, **given: Any) -> Building:
    usual = {"name": "1号楼", "area": area, "area_path": area.path}
    return Building.objects.create(compound=compound, **usual | given)


def typed(**given: Any) -> dict[str, Any]:
    usual = {"name": "1号楼", "stairwells": "2", "households": "12", "area": ""}
    return {**usual, "longitude": "110.5", "latitude": "32.5", **given}


def test_a_building_is_registered_in_the_grid_of_its_point_and_changed(
    town: Town, garden: Compound, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    page = f"/compounds/{garden.pk}/buildings/new/"
    html = client.post(page, typed(), follow=True).content.decode()
    assert "已登记，在“三桥第一网格”" in html and "110.500000, 32.500000" in html

    building = Building.objects.get()
    page = f"/compounds/buildings/{building.pk}/edit/"
    assert f"三桥第一网格 {town.grid.key}" in client.get(page).content.decode()
    given = typed(longitude="111.5", area=town.grid.key, known_version=version_of(building))
    html = client.post(page, given, follow=True).content.decode()
    assert "不在“三桥第一网格”的边界之内" in html and "在网格边界之外" in html


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"latitude": ""}, "latitude", "要么都填"),
        ({"longitude": "32.5", "latitude": "110.5"}, "longitude", "写反"),
        ({"longitude": "10"}, "longitude", "不在本市"),
    ],
)
def test_what_is_wrong_with_a_point_stands_beside_it(
    garden: Compound,
    clerk: User,
    signed_in: SignIn,
    given: dict[str, str],
    field: str,
    words: str,
) -> None:
    page = f"/compounds/{garden.pk}/buildings/new/"
    html = signed_in(clerk).post(page, typed(**given)).content.decode()

    assert words in html.split(f'name="{field}"')[1].split("name=")[0]
    assert not Building.objects.exists()


@pytest.mark.parametrize("page", ["/compounds/{}/buildings/new/", "/compounds/buildings/{}/edit/"])
def test_buildings_outside_the_grant_have_no_forms(
    town: Town, garden: Compound, other_clerk: User, signed_in: SignIn, page: str
) -> None:
    pk = garden.pk if "new" in page else make_building(garden, town.grid).pk

    assert signed_in(other_clerk).get(page.format(pk)).status_code == 404


def test_a_compound_shows_sixty_buildings_and_then_all(
    town: Town, garden: Compound, clerk: User, signed_in: SignIn
) -> None:
    for n in range(61):
        make_building(garden, town.grid, name=f"{n:03}号楼")
    client, page = signed_in(clerk), f"/compounds/{garden.pk}/"

    html = client.get(page).content.decode()
    assert "059号楼" in html and "060号楼" not in html
    assert "显示全部 61 栋（还有 1 栋）" in html
    html = client.get(f"{page}?all=1").content.decode()
    assert "060号楼" in html and "显示全部" not in html


def test_the_map_of_a_community_has_its_grids_buildings_and_strays(
    town: Town, garden: Compound, clerk: User, other_clerk: User, signed_in: SignIn
) -> None:
    make_building(garden, town.grid, longitude=110.5, latitude=32.5)
    make_building(garden, town.grid, name="迷路楼", longitude=111.5, latitude=32.5)
    page = f"/areas/{town.community.key}/map/"

    html = signed_in(clerk).get(page).content.decode()
    assert html.count("<circle") >= 2 and html.count("<path d=") >= 2
    assert "<title>阳光花园 1号楼</title>" in html and f"/areas/{town.grid.key}/" in html
    assert "迷路楼</a>" in html.split("不在所在网格的边界之内")[1]
    assert "阳光花园" not in signed_in(other_clerk).get(page).content.decode()


def test_a_grid_without_an_outline_has_words_instead(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    assert "还没有边界" in signed_in(clerk).get(f"/areas/{town.grid.key}/map/").content.decode()
    assert signed_in(clerk).get(f"/areas/{town.city.key}/map/").status_code == 404
    assert "/map/" in signed_in(clerk).get(f"/areas/{town.grid.key}/").content.decode()
