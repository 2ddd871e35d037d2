from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.kernel.versions import version_of
from sanqiao.registers.areas.models import Area, Building
from tests.make import Town, make_compound

SignIn = Callable[[User], Client]
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[110, 32], [111, 32], [111, 33], [110, 33], [110, 32]]],
}


def typed(area: Area, **changes: Any) -> dict[str, Any]:
    """The edit form as somebody sends it."""
    usual = {"name": area.name, "kind": area.kind, "households": area.households or ""}
    return {
        **usual,
        "official_name": "",
        "official_code": "",
        "known_version": version_of(area),
        **changes,
    }


def test_a_correction_is_saved_and_said(town: Town, clerk: User, signed_in: SignIn) -> None:
    page = f"/areas/{town.community.key}/edit/"
    answer = signed_in(clerk).post(page, typed(town.community, households=1204), follow=True)

    assert "已保存" in answer.content.decode() and "1,204" in answer.content.decode()
    assert Area.objects.get(pk=town.community.pk).households == 1204


def test_unknown_households_are_a_dash_and_stay_unknown(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    client, page = signed_in(clerk), f"/areas/{town.community.key}/"
    answer = client.post(f"{page}edit/", typed(town.community, households=""), follow=True)

    assert "<dt>户数</dt><dd>—</dd>" in answer.content.decode()
    assert Area.objects.get(pk=town.community.pk).households is None
    Area.objects.filter(pk=town.grid.pk).update(households=0)
    html = client.get(f"/areas/all/?area={town.community.key}").content.decode()
    assert html.count('<td class="n" data-l="户数">0</td>') == 1
    assert html.count('<td class="n" data-l="户数">—</td>') == 1


def test_an_error_stands_beside_its_field_and_what_was_typed_stays(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page = f"/areas/{town.community.key}/edit/"
    html = (
        signed_in(clerk)
        .post(page, typed(town.community, name="桥头", households="-3"))
        .content.decode()
    )

    assert 'value="桥头"' in html and 'value="-3"' in html
    assert "errorlist" in html.split('name="households"')[1]


def test_the_second_editor_sees_the_difference_and_loses_nothing(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page, client = f"/areas/{town.community.key}/edit/", signed_in(clerk)
    stale = typed(town.community, name="桥尾社区")
    client.post(page, typed(town.community, name="桥头社区"))

    html = client.post(page, stale).content.decode()
    assert "<ins>桥头社区</ins>" in html and 'value="桥尾社区"' in html
    assert Area.objects.get(pk=town.community.pk).name == "桥头社区"

    fresh = version_of(Area.objects.get(pk=town.community.pk))
    assert f'name="known_version" value="{fresh}"' in html
    client.post(page, {**stale, "known_version": fresh})
    assert Area.objects.get(pk=town.community.pk).name == "桥尾社区"


def test_somebody_elses_area_cannot_be_changed(
    town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    page = f"/areas/{town.community.key}/edit/"
    answer = signed_in(other_clerk).post(page, typed(town.community, name="新名"))

    assert answer.status_code == 403 and "您无权" in answer.content.decode()
    assert Area.objects.get(pk=town.community.pk).name == "三桥社区"


def test_a_grid_is_split_from_its_page(town: Town, clerk: User, signed_in: SignIn) -> None:
    page = f"/areas/{town.grid.key}/split/"
    parts = "三桥1-1，X1，0\n三桥1-2, X2, 0"
    given = {"parts": parts, "on": "2020-02-15", "document": "十网格〔2020〕1号"}

    answer = signed_in(clerk).post(page, given, follow=True)

    assert "已划分为 2 个小微网格" in answer.content.decode()
    assert set(town.grid.children.values_list("name", flat=True)) == {"三桥1-1", "三桥1-2"}


def test_a_line_that_is_no_micro_grid_is_named(town: Town, clerk: User, signed_in: SignIn) -> None:
    given = {"parts": "三桥1-1，X1，0\n三桥1-2", "on": "2020-02-15", "document": "1号"}
    html = signed_in(clerk).post(f"/areas/{town.grid.key}/split/", given).content.decode()

    assert "第 2 行应为" in html and "三桥1-2" in html


def outlines(**boxes: tuple[float, float]) -> SimpleUploadedFile:
    """{code: west and east}, from 32 to 33 degrees north."""
    features = [
        {
            "type": "Feature",
            "properties": {"key": key},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[w, 32], [e, 32], [e, 33], [w, 33], [w, 32]]],
            },
        }
        for key, (w, e) in boxes.items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return SimpleUploadedFile("a.geojson", text.encode())


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ({"X1": (110, 110.5), "X2": (110.3, 111)}, "边界重叠"),
        ({"X1": (110, 110.5), "X2": (110.5, 112)}, "边界超出了"),
        ({"X1": (110, 110.5), "X9": (110.5, 111)}, "上面没有的编码：X9"),
        ({"X1": (110, 110.5), "X2": (110.5, 111)}, ""),
    ],
)
def test_outlines_of_a_split_are_looked_at(
    town: Town,
    clerk: User,
    signed_in: SignIn,
    boxes: dict[str, tuple[float, float]],
    words: str,
) -> None:
    Area.objects.filter(pk=town.grid.pk).update(boundary=SQUARE)
    given = {"parts": "一，X1，0\n二，X2，0", "on": "2020-02-15", "document": "1号"}
    page = f"/areas/{town.grid.key}/split/"
    html = (
        signed_in(clerk)
        .post(page, {**given, "boundary": outlines(**boxes)}, follow=True)
        .content.decode()
    )

    if words:
        assert words in html.split('name="boundary"')[1].split("name=")[0]
        assert not town.grid.children.exists()
    else:
        assert {part.boundary is not None for part in town.grid.children.all()} == {True}


def test_buildings_go_to_the_parts_that_name_them(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    compound = make_compound(area=town.community, name="阳光花园")
    for name in ("1号楼", "2号楼", "3号楼"):
        Building.objects.create(
            compound=compound, name=name, area=town.grid, area_path=town.grid.path
        )
    client, page = signed_in(clerk), f"/areas/{town.grid.key}/split/"
    assert "阳光花园1号楼、阳光花园2号楼" in client.get(page).content.decode()

    given = {"parts": "一，X1，0，9号楼\n二，X2，0", "on": "2020-02-15", "document": "1号"}
    html = client.post(page, given).content.decode()
    assert "没有待划分的楼栋" in html.split('name="parts"')[1].split("name=")[0]

    given["parts"] = "一，X1，0，1号楼、2号楼\n二，X2，0"
    html = client.post(page, given, follow=True).content.decode()
    assert "还有 1 栋楼" in html
    assert Building.objects.filter(area__key="X1").count() == 2


def test_a_township_moves_to_another_county(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    from tests.make import make_area

    other = make_area("county", town.city, key="420303", name="张湾区")
    client, page = signed_in(city_officer), f"/areas/{town.township.key}/move/"
    assert 'hx-get="/find/areas/"' in client.get(page).content.decode()
    given = {"to": "张湾区", "on": "2021-01-01", "document": "十政函〔2020〕9号"}
    client.post(page, given)

    assert Area.objects.get(pk=town.township.pk).parent == other
    html = client.post(page, {**given, "to": "没有的区"}).content.decode()
    assert "没有找到“没有的区”" in html.split('name="to"')[1].split("name=")[0]


def test_boundaries_go_in_and_come_out(town: Town, city_officer: User, signed_in: SignIn) -> None:
    client = signed_in(city_officer)
    features = [{"type": "Feature", "properties": {"key": town.county.key}, "geometry": SQUARE}]
    file = SimpleUploadedFile("x.geojson", json.dumps({"features": features}).encode())

    client.post("/areas/boundaries/import/", {"file": file})

    assert client.get("/areas/boundaries/").json()["features"][0]["geometry"] == SQUARE
    html = client.get("/areas/where/?longitude=110.5&latitude=32.5").content.decode()
    assert "茅箭区" in html.split("<main")[1]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"features": [{"geometry": null}]}', b"\xff"])
def test_a_file_that_is_no_geojson_is_refused(
    content: bytes, city_officer: User, signed_in: SignIn
) -> None:
    file = SimpleUploadedFile("x.geojson", content or b" ")
    html = (
        signed_in(city_officer).post("/areas/boundaries/import/", {"file": file}).content.decode()
    )

    assert "不是可用的 GeoJSON" in html


def test_three_no_compounds_are_marked_and_filtered(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    make_compound(area=town.grid, name="无人小区")
    make_compound(area=town.grid, name="有人小区", has_manager=True)
    html = signed_in(clerk).get("/compounds/?three_no=1").content.decode()

    assert "无人小区" in html and "有人小区" not in html


def test_history_shows_who_changed_what(town: Town, clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    client.post(f"/areas/{town.community.key}/edit/", typed(town.community, households=9))
    html = client.get(f"/history/areas.Area/{town.community.pk}/").content.decode()

    assert "户数" in html and "<ins>9</ins>" in html and "li" in html


def test_a_year_has_no_separator(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_compound(area=town.grid, built_year=1995)
    html = signed_in(clerk).get("/compounds/").content.decode()

    assert ">1995</td>" in html
