"""Areas move; the past keeps its tree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Change, Grant, User
from sanqiao.registers.areas.commands import move_area, settle_moves
from sanqiao.registers.areas.models import Area, AreaEdge, in_force
from tests.make import Town, make_area, make_compound, make_membership

DAY = date(2020, 3, 1)


@pytest.fixture
def other_county(town: Town) -> Area:
    return make_area("county", town.city, key="420303", name="张湾区")


def move(area: Area, to: Area, by: User, on: date = DAY) -> Area:
    return move_area(area=area, to=to, on=on, document="示例〔2020〕1号", by=by)


def test_last_year_the_township_belonged_to_the_old_county(
    town: Town, other_county: Area, city_officer: User
) -> None:
    move(town.township, other_county, city_officer)

    def parent_on(day: date) -> Area:
        return AreaEdge.objects.get(in_force(day), child=town.township).parent

    assert parent_on(date(2019, 12, 31)) == town.county
    assert parent_on(DAY - timedelta(days=1)) == town.county
    assert parent_on(DAY) == other_county


def test_paths_of_everything_below_follow(
    town: Town, other_county: Area, city_officer: User, clerk: User
) -> None:
    compound = make_compound(area=town.grid)
    membership = make_membership(organisation=town.branch)

    moved = move(town.township, other_county, city_officer)

    assert moved.path == f"{other_county.path}{town.township.pk}."
    grid = Area.objects.get(pk=town.grid.pk)
    assert grid.path.startswith(moved.path)
    compound.refresh_from_db()
    membership.refresh_from_db()
    town.branch.refresh_from_db()
    assert compound.area_path == grid.path
    assert (
        membership.area_path
        == town.branch.area_path
        == Area.objects.get(key=town.community.key).path
    )
    assert Grant.objects.get(user=clerk).path == moved.path


def test_the_history_has_the_place_before(
    town: Town, other_county: Area, city_officer: User
) -> None:
    compound = make_compound(area=town.grid)
    before = compound.area_path

    move(town.township, other_county, city_officer)

    change = Change.objects.filter(table="areas_compound", row_id=compound.pk).latest("id")
    assert change.op == "U"
    assert change.before is not None and change.before["area_path"] == before


def test_a_move_to_come_waits_for_its_day(
    town: Town, other_county: Area, city_officer: User
) -> None:
    day = timezone.localdate() + timedelta(days=10)

    move(town.township, other_county, city_officer, on=day)
    assert Area.objects.get(pk=town.township.pk).parent == town.county
    assert settle_moves(on=day - timedelta(days=1), by=city_officer) == 0

    assert settle_moves(on=day, by=city_officer) == 1
    assert Area.objects.get(pk=town.township.pk).parent == other_county
    assert settle_moves(on=day, by=city_officer) == 0


@pytest.mark.parametrize(
    ("area", "to", "code"),
    [
        ("township", "community", "areas.into_itself"),
        ("township", "township", "areas.into_itself"),
        ("township", "other_township", "areas.bad_parent"),
        ("township", "county", "areas.same_parent"),
        ("city", "county", "areas.into_itself"),
    ],
)
def test_moves_that_make_no_tree_are_refused(
    town: Town, city_officer: User, area: str, to: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        move(getattr(town, area), getattr(town, to), city_officer)
    assert refusal.value.code == code


def test_a_move_before_the_present_link_began_is_refused(
    town: Town, other_county: Area, city_officer: User
) -> None:
    with pytest.raises(Refused) as refusal:
        move(town.township, other_county, city_officer, on=date(2000, 1, 1))
    assert refusal.value.code == "areas.move_too_early"


def test_both_ends_must_be_in_the_grant(
    town: Town, other_county: Area, county_officer: User
) -> None:
    with pytest.raises(Refused) as refusal:
        move(town.township, other_county, county_officer)
    assert refusal.value.code == "areas.not_allowed"
