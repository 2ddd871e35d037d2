from decimal import Decimal
from typing import Any

from lxml import etree

from sanqiao.reports.documents.charts import bars_svg, map_svg
from sanqiao.reports.documents.pictures import for_paper, png_of, size_on_paper

SVG = "{http://www.w3.org/2000/svg}"


def square(name: str, west: float, south: float, **given: Any) -> dict[str, Any]:
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    ring = [[west + x, south + y] for x, y in corners]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"id": name, "name": name, "geometry": geometry, "label_point": None} | given


TOWN = [square("桥东", 110, 32), square("桥西", 111, 32), square("桥南", 110, 31)]


def parsed(svg: str) -> Any:
    return etree.fromstring(svg)


def test_bars_are_as_long_as_their_values() -> None:
    svg = parsed(bars_svg("人数", [("甲", Decimal(10), None), ("乙", Decimal(5), None)], "人"))

    lengths = [float(rect.get("width")) for rect in svg.iter(f"{SVG}rect")][1::2]
    assert lengths[0] == 2 * lengths[1]


def test_every_bar_can_be_a_door_and_says_its_value() -> None:
    svg = parsed(bars_svg("人数", [("甲<乙", Decimal(1000), "/f?a=1&b=2")], "人"))

    assert svg.find(f"{SVG}a").get("href") == "/f?a=1&b=2"
    assert [title.text for title in svg.iter(f"{SVG}title")] == ["人数", "甲<乙 1,000"]
    assert svg.get("role") == "group"


def test_without_doors_it_is_one_picture_to_a_reader_of_screens() -> None:
    assert parsed(bars_svg("人数", [("甲", Decimal(10), None)], "人")).get("role") == "img"


def test_no_values_and_only_zeros_draw_without_error() -> None:
    assert bars_svg("无", [], "")
    assert bars_svg("零", [("甲", Decimal(0), None)], "人")


def test_a_map_colours_areas_by_value_and_leaves_the_unknown_pale() -> None:
    values = {"桥东": Decimal(9), "桥西": Decimal(1)}
    svg = parsed(map_svg("人数", TOWN, values, unit="人", hrefs={"桥东": "/areas/1"}))

    colours = [path.get("style").split(";")[0] for path in svg.iter(f"{SVG}path")]
    assert len(set(colours)) == 3
    assert "--map-empty" in colours[2]
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert {"桥东", "9", "桥南", "无数据"} <= set(texts)
    assert [a.get("href") for a in svg.iter(f"{SVG}a")] == ["/areas/1"]


def test_equal_values_have_one_colour() -> None:
    svg = parsed(map_svg("人数", TOWN, dict.fromkeys(("桥东", "桥西", "桥南"), Decimal(4))))

    assert len({path.get("style") for path in svg.iter(f"{SVG}path")}) == 1


def test_labels_do_not_lie_on_each_other() -> None:
    towns = [feature | {"label_point": [110.99, 32.01]} for feature in TOWN]
    svg = parsed(map_svg("人数", towns, {}))

    names = [t for t in svg.iter(f"{SVG}text") if t.text in {"桥东", "桥西", "桥南"}]
    places = [(float(t.get("x")), float(t.get("y"))) for t in names]
    assert all(
        abs(a[0] - b[0]) > 62 or abs(a[1] - b[1]) > 32
        for n, a in enumerate(places)
        for b in places[:n]
    )


def test_areas_that_overlap_are_drawn_all_the_same() -> None:
    crossed = [(110, 31), (111, 32), (111, 31), (110, 32), (110, 31)]
    bow = square("乱", 0, 0, geometry={"type": "Polygon", "coordinates": [crossed]})

    assert map_svg("人数", [*TOWN, bow], {"乱": Decimal(1)}).count("<path") == 4


def test_a_fine_outline_becomes_a_small_picture() -> None:
    ring = [[110 + n / 20_000, 32 + (n % 7) / 100_000] for n in range(20_000)]
    fine = square(
        "细", 0, 0, geometry={"type": "Polygon", "coordinates": [[*ring, [110.5, 31], ring[0]]]}
    )

    assert len(map_svg("人数", [fine], {})) < 40_000


def test_paper_gets_plain_colours_and_a_font_that_is_there() -> None:
    svg = map_svg("人数", TOWN, {"桥东": Decimal(3)})

    assert "var(" in svg
    assert "var(" not in for_paper(svg)
    assert png_of(svg).startswith(b"\x89PNG")
    assert size_on_paper(svg)[0] <= 156
