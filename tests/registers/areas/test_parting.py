"""Parts of a grid on the ground: their outlines, and the buildings that go to them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanqiao.kernel.models import Event, User
from sanqiao.kernel.staging import Imported, Refusals, RowsRefused
from sanqiao.registers.areas.commands import split_grids
from sanqiao.registers.areas.commands.parting import refuse_outlines
from sanqiao.registers.areas.models import Area, Building, Compound
from tests.make import Town, make_area, make_compound
from tests.registers.make import split_row
from tests.registers.test_importing import read, xlsx

DAY = date(2020, 2, 15)


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


WEST, EAST = box(110, 32, 110.5, 33), box(110.5, 32, 111, 33)


@pytest.fixture
def grid(town: Town) -> Area:
    town.grid.boundary = box(110, 32, 111, 33)
    town.grid.save()
    return town.grid


def split(by: User, grid: Area, *parts: dict[str, Any]) -> Imported:
    rows = [split_row(grid.key, n, **given) for n, given in enumerate(parts, 1)]
    return split_grids(rows=rows, on=DAY, document="", by=by)


def refused(by: User, grid: Area, *parts: dict[str, Any]) -> list[tuple[int, str, str]]:
    with pytest.raises(RowsRefused) as refusal:
        split(by, grid, *parts)
    return [(error.row, error.field, error.code) for error in refusal.value.errors]


def make_building(compound: Compound, name: str, area: Area) -> Building:
    return Building.objects.create(compound=compound, name=name, area=area, area_path=area.path)


# --- outlines -------------------------------------------------------------------------------


def test_parts_that_tile_their_grid_are_taken(grid: Area, clerk: User) -> None:
    assert split(clerk, grid, {"boundary": WEST}, {"boundary": EAST}).created == 2


def test_a_hairs_breadth_is_no_overlap(grid: Area, clerk: User) -> None:
    near = box(110.4999, 32, 111.0001, 33)

    assert split(clerk, grid, {"boundary": WEST}, {"boundary": near}).created == 2


def test_overlapping_parts_are_named(grid: Area, clerk: User) -> None:
    wide = box(110.3, 32, 111, 33)

    found = refused(clerk, grid, {"boundary": WEST}, {"boundary": wide})
    assert found == [(1, "boundary", "areas.parts_overlap")]


def test_a_part_lies_in_its_grid(grid: Area, clerk: User) -> None:
    far = box(110.5, 32, 111.5, 33)

    found = refused(clerk, grid, {"boundary": WEST}, {"boundary": far})
    assert found == [(1, "boundary", "areas.part_outside")]


def test_a_part_that_is_no_outline_is_refused(grid: Area, clerk: User) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}

    found = refused(clerk, grid, {"boundary": WEST}, {"boundary": bow})
    assert found == [(1, "boundary", "areas.bad_outline")]


def test_without_outlines_nothing_is_compared(town: Town, grid: Area, clerk: User) -> None:
    assert split(clerk, grid, {"boundary": WEST}, {}).created == 2
    assert split(clerk, town.other_grid, {"boundary": WEST}, {"boundary": EAST}).created == 2


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True), wide=st.booleans())
def test_strips_are_refused_just_when_one_is_too_wide(
    grid: Area, cuts: list[int], wide: bool
) -> None:
    """Cut at whole percents of the width; a too wide strip reaches half a percent over its cut."""
    edges = [0, *sorted(cuts), 100]
    strips = [
        box(110 + a / 100, 32, 110 + (b + (0.5 if wide and n == 0 else 0)) / 100, 33)
        for n, (a, b) in enumerate(zip(edges, edges[1:], strict=False))
    ]
    rows = [split_row(grid.key, n, boundary=strip) for n, strip in enumerate(strips)]
    refusals = Refusals()
    refuse_outlines(rows, {grid.key: grid}, refusals)

    assert {error.code for error in refusals.found} == ({"areas.parts_overlap"} if wide else set())


# --- buildings ------------------------------------------------------------------------------


@pytest.fixture
def garden(town: Town) -> Compound:
    """阳光花园, two buildings in the grid and one in a compound grid beside it."""
    compound = make_compound(area=town.community, name="阳光花园")
    beside = make_area("grid", town.community, kind="compound_grid")
    for name, area in (("1号楼", town.grid), ("2号楼", town.grid), ("3号楼", beside)):
        make_building(compound, name, area)
    return compound


def places() -> dict[str, str]:
    return {b.name: b.area.name for b in Building.objects.select_related("area")}


def test_every_named_building_stands_in_one_part_and_the_rest_stay(
    town: Town, garden: Compound, clerk: User
) -> None:
    first, second = ("1号楼",), ("阳光花园 ３号楼",)
    split(clerk, town.grid, {"buildings": first}, {"buildings": second})

    assert places() == {
        "1号楼": "第1小微网格", "2号楼": town.grid.name, "3号楼": "第2小微网格"
    }  # fmt: skip
    parts = {b.area_id: b.area_path for b in Building.objects.exclude(area=town.grid)}
    assert parts == {a.pk: a.path for a in Area.objects.filter(level="microgrid")}
    assert Event.objects.get(kind="areas.grids_split").data["buildings"] == 2


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (("9号楼",), (), [(0, "buildings", "areas.unknown_building")]),
        (("1号楼",), ("阳光花园1号楼",), [(1, "buildings", "areas.building_twice")]),
        (("4号楼",), (), [(0, "buildings", "areas.several_buildings")]),
        (("5号楼",), (), [(0, "buildings", "areas.unknown_building")]),  # another community's
    ],
)
def test_a_building_that_cannot_be_told_is_refused(
    town: Town, garden: Compound, clerk: User, first: Any, second: Any, found: Any
) -> None:
    make_building(garden, "4号楼", town.grid)
    make_building(make_compound(area=town.community, name="桥头"), "4号楼", town.grid)
    make_building(make_compound(area=town.far_grid), "5号楼", town.far_grid)

    assert refused(clerk, town.grid, {"buildings": first}, {"buildings": second}) == found
    assert not Area.objects.filter(level="microgrid").exists()


def test_a_building_of_another_part_is_not_taken_away(
    town: Town, garden: Compound, clerk: User
) -> None:
    split(clerk, town.grid, {"buildings": ("1号楼",)}, {})

    found = refused(clerk, town.other_grid, {"buildings": ("1号楼",)}, {})
    assert found == [(0, "buildings", "areas.unknown_building")]


# --- the sheet ------------------------------------------------------------------------------

HEAD = ["网格", "小微网格编码", "小微网格名称", "户数", "楼栋", "划分日期", "依据文件"]


def sheet(grid: Area, *lines: tuple[str, str, str]) -> bytes:
    """Lines of (code, buildings, day)."""
    rows = [[grid.name, key, f"{key}小微网格", 0, names, on, "1号"] for key, names, on in lines]
    return xlsx(rows, HEAD)


def test_a_split_comes_from_a_sheet_and_again_changes_nothing(
    town: Town, garden: Compound, clerk: User
) -> None:
    content = sheet(
        town.grid,
        ("X1", "阳光花园1号楼、阳光花园2号楼", "2020-02-15"),
        ("X2", "", "2020-02-15"),
    )

    done = read(content, clerk, "splits")
    assert (done.refused, done.done) == ([], Imported(2, 0, 0))
    assert places()["1号楼"] == places()["2号楼"] == "X1小微网格"
    assert read(content, clerk, "splits").unchanged == 2


def test_a_refused_building_is_named_in_its_cell(town: Town, garden: Compound, clerk: User) -> None:
    """The second day's lines stand third and fourth on the sheet."""
    content = sheet(town.grid, ("X1", "", "2020-02-15"), ("X2", "", "2020-02-15"))
    assert read(content, clerk, "splits").done == Imported(2, 0, 0)

    others = sheet(town.other_grid, ("Y1", "", "2020-02-16"), ("Y2", "9号楼", "2020-02-16"))
    refusal = read(others, clerk, "splits")
    assert refusal.done is None
    assert [(row.number, sorted(row.errors)) for row in refusal.refused] == [(3, ["buildings"])]
