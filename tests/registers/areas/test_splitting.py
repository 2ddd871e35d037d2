"""Grids become micro-grids."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, User
from sanqiao.kernel.staging import Imported
from sanqiao.registers.areas.commands import split_grid, split_grids
from sanqiao.registers.areas.models import Area, AreaEdge
from tests.make import Town
from tests.registers.make import split_row

DAY = date(2020, 2, 15)


def split(rows: list[Any], by: User) -> Imported:
    return split_grids(rows=rows, on=DAY, document="示例〔2020〕9号", by=by)


def test_a_grid_becomes_the_parent_of_its_parts(town: Town, clerk: User) -> None:
    rows = [split_row(town.grid.key, n) for n in range(3)]

    assert split(rows, clerk) == Imported(3, 0, 0)

    parts = list(Area.objects.filter(parent=town.grid))
    assert {part.level for part in parts} == {"microgrid"}
    assert all(part.path == f"{town.grid.path}{part.pk}." for part in parts)
    edge = AreaEdge.objects.get(child=parts[0])
    assert (edge.valid_from, edge.document) == (DAY, "示例〔2020〕9号")
    assert Area.objects.get(pk=town.grid.pk).valid_to is None


def test_before_the_day_the_parts_do_not_exist(town: Town, clerk: User) -> None:
    split([split_row(town.grid.key, n) for n in range(2)], clerk)

    before = Area.objects.on(date(2020, 2, 14)).filter(level="microgrid")
    assert (before.count(), Area.objects.on(DAY).filter(level="microgrid").count()) == (0, 2)


def test_the_same_split_again_changes_nothing(town: Town, clerk: User) -> None:
    rows = [split_row(grid.key, n) for grid in (town.grid, town.other_grid) for n in range(2)]
    split(rows, clerk)

    assert split(rows, clerk) == Imported(0, 0, 4)
    assert Event.objects.filter(kind="areas.grids_split").count() == 1


@pytest.mark.parametrize(
    ("households", "code"),
    [((60, 41), "areas.households_differ"), ((60, 40), None)],
)
def test_households_of_the_parts_add_up(
    town: Town, clerk: User, households: tuple[int, int], code: str | None
) -> None:
    Area.objects.filter(pk=town.grid.pk).update(households=100)
    rows = [split_row(town.grid.key, n, households=count) for n, count in enumerate(households)]

    if code is None:
        assert split(rows, clerk).created == 2
        return
    with pytest.raises(Refused) as refusal:
        split(rows, clerk)
    assert refusal.value.code == code


def test_a_split_grid_is_not_split_again(town: Town, clerk: User) -> None:
    split([split_row(town.grid.key, n) for n in range(2)], clerk)

    with pytest.raises(Refused) as refusal:
        split([split_row(town.grid.key, n) for n in (5, 6)], clerk)
    assert refusal.value.code == "areas.already_split"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("grid", 1, {})], "areas.one_part"),
        ([("community", 1, {}), ("community", 2, {})], "areas.not_a_grid"),
        ([("grid", 1, {}), ("grid", 2, {"key": "420302001001002"})], "areas.key_taken"),
        ([("grid", 1, {}), ("grid", 1, {})], "import.twin"),
        ([("far_grid", 1, {}), ("far_grid", 2, {})], "areas.out_of_scope"),
    ],
)
def test_a_bad_split_is_refused_whole(
    town: Town, clerk: User, rows: list[tuple[str, int, dict[str, Any]]], code: str
) -> None:
    before = Area.objects.count()

    with pytest.raises(Refused) as refusal:
        split([split_row(getattr(town, grid).key, n, **given) for grid, n, given in rows], clerk)
    assert (refusal.value.code, Area.objects.count()) == (code, before)


def test_one_grid_from_its_page_needs_the_right_there(town: Town, other_clerk: User) -> None:
    with pytest.raises(Refused) as refusal:
        split_grid(
            grid=town.grid,
            rows=[split_row(town.grid.key, n) for n in range(2)],
            on=DAY,
            document="",
            by=other_clerk,
        )
    assert refusal.value.code == "areas.not_allowed"
