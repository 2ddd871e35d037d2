"""The four tiers of a micro-grid, a handful of records at the edges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from sanqiao.figures import catalogue, engine
from sanqiao.figures.checks import CheckResult, run_checks
from sanqiao.kernel.models import User
from sanqiao.registers.areas.commands import move_area
from sanqiao.registers.areas.models import Area, Building, Compound
from sanqiao.registers.organisations.models import OwnersCommittee
from sanqiao.registers.people.models import MemberHousehold, Person
from tests.make import (
    Town,
    make_appointment,
    make_area,
    make_compound,
    make_membership,
    make_organisation,
    make_person,
    make_post,
    make_unit,
    make_user,
)
from tests.work.service.make import make_check_in, make_placed

pytestmark = pytest.mark.django_db
JUNE, EARLIER = date(2020, 6, 30), date(2020, 1, 1)
TIERS = ("group", "committee_or_household", "members", "heads")


@pytest.fixture
def micro(town: Town) -> Area:
    """A part of 三桥第一网格, with nothing in it."""
    return make_area("microgrid", town.grid, key="M1", name="三桥1-1小微网格")


def value(code: str, area: Area, day: date = JUNE) -> float | None:
    found = engine.value_of(catalogue.figures_on(day)[f"tiers.{code}"], area, day).value
    return None if found is None else float(found)


def tiers_of(area: Area, day: date = JUNE) -> set[str]:
    return {tier for tier in TIERS if value(f"with_{tier}", area, day)}


def result(area: Area, code: str) -> CheckResult:
    (found,) = (r for r in run_checks(area, JUNE) if r.check.code == f"tiers.{code}")
    return found


def make_committee(compound: Compound, **given: object) -> OwnersCommittee:
    usual = {"founded_on": EARLIER, "area": compound.area, "area_path": compound.area_path}
    return OwnersCommittee.objects.create(compound=compound, **usual | given)


def make_building(compound: Compound, area: Area) -> Building:
    return Building.objects.create(
        compound=compound, name=f"{area.pk}号楼", area=area, area_path=area.path
    )


def make_household(person: Person, area: Area, **given: object) -> MemberHousehold:
    usual = {"name": "中心户", "valid_from": EARLIER, "area": area, "area_path": area.path}
    return MemberHousehold.objects.create(person=person, **usual | given)


def test_an_empty_microgrid_is_a_hole_in_every_tier(town: Town, micro: Area) -> None:
    assert tiers_of(micro) == set()
    for tier in TIERS:
        assert value(f"without_{tier}", town.city) == 1
        assert value(f"with_{tier}_cover", town.city) == 0
    assert (value("complete", town.city), value("incomplete", town.city)) == (0, 1)


def test_no_microgrids_have_no_cover(town: Town) -> None:
    assert value("with_heads_cover", town.city) is None


@pytest.mark.parametrize(
    ("given", "is_in"),
    [
        ({}, True),
        ({"kind": "group"}, False),  # not of a grid
        ({"founded_on": date(2020, 7, 1)}, False),  # not yet
        ({"dissolved_on": JUNE}, False),  # gone on the day
        ({"dissolved_on": date(2020, 7, 1)}, True),
    ],
)
def test_a_microgrid_has_the_group_of_its_grid(
    town: Town, micro: Area, given: dict[str, object], is_in: bool
) -> None:
    make_organisation(**{"kind": "grid_group", "area": town.grid, **given})

    assert ("group" in tiers_of(micro)) is is_in


def test_a_group_of_its_own_counts_and_one_next_door_does_not(town: Town, micro: Area) -> None:
    make_organisation(kind="grid_group", area=town.other_grid)
    assert "group" not in tiers_of(micro)

    make_organisation(kind="grid_group", area=micro)
    assert "group" in tiers_of(micro)


def test_the_group_is_that_of_the_grid_of_the_day(
    town: Town, micro: Area, city_officer: User
) -> None:
    make_organisation(kind="grid_group", area=town.grid)
    on = date(2020, 5, 1)
    move_area(area=micro, to=town.other_grid, on=on, document="", by=city_officer)

    assert "group" in tiers_of(micro, date(2020, 4, 30))
    assert "group" not in tiers_of(Area.objects.get(pk=micro.pk), on)


def test_a_committee_reaches_the_microgrids_in_which_its_compound_has_buildings(
    town: Town, micro: Area
) -> None:
    other = make_area("microgrid", town.grid)
    compound = make_compound(area=make_area("grid", town.community, kind="compound_grid"))
    make_building(compound, micro)
    assert tiers_of(micro) == set()  # nobody elected yet

    committee = make_committee(compound)
    assert tiers_of(micro) == {"committee_or_household"}
    assert tiers_of(other) == set()
    committee.dissolved_on = JUNE
    committee.save()
    assert tiers_of(micro) == set()


def test_a_member_household_stands_in_for_the_committee_and_both_count_once(
    town: Town, micro: Area
) -> None:
    household = make_household(make_membership(organisation=town.branch).person, micro)
    compound = make_compound(area=town.community)
    make_building(compound, micro)
    make_committee(compound)

    assert value("with_committee", town.city) == value("with_household", town.city) == 1
    assert value("with_committee_or_household", town.city) == 1
    household.valid_to = JUNE
    household.save()
    assert (value("with_household", town.city), value("with_committee", town.city)) == (0, 1)


def test_a_member_who_only_lives_there_does_not_act_there(town: Town, micro: Area) -> None:
    person = make_person(area=micro)
    make_membership(organisation=town.branch, person=person)
    assert "members" not in tiers_of(micro)

    make_appointment(post=make_post("volunteer"), area=micro, person=person)
    assert tiers_of(micro) == {"members"}


def test_members_come_by_check_in_once_they_are_placed(town: Town, micro: Area) -> None:
    unit, by = make_unit(area=town.township), make_user()
    waiting = make_check_in(make_person(area=micro), unit, town.community)
    staff = make_placed(
        make_person(area=micro), unit, town.community, by, area=micro, standing="staff"
    )
    assert (waiting.area, staff.area) == (town.community, micro)
    assert tiers_of(micro) == set()

    make_placed(make_person(area=micro), unit, town.community, by, area=micro)
    assert tiers_of(micro) == {"members"}


def test_a_head_who_is_no_member_fills_only_the_fourth_tier(town: Town, micro: Area) -> None:
    head = make_appointment(post=make_post("building_head"), area=micro)
    assert tiers_of(micro) == {"heads"}

    make_membership(organisation=town.branch, person=head.person, valid_from=EARLIER, valid_to=JUNE)
    assert tiers_of(micro) == {"heads"}  # no longer a member
    make_membership(organisation=town.branch, person=head.person, valid_from=JUNE)
    assert tiers_of(micro) == {"heads", "members"}


def test_complete_is_what_has_all_four(town: Town, micro: Area) -> None:
    make_area("microgrid", town.grid)
    make_organisation(kind="grid_group", area=town.grid)
    person = make_membership(organisation=town.branch).person
    make_household(person, micro)
    make_appointment(post=make_post("building_head"), area=micro)

    assert (value("complete", town.city), value("incomplete", town.city)) == (1, 1)
    assert value("complete_cover", town.city) == 50
    rows = engine.rows_of(catalogue.figures_on(JUNE)["tiers.complete"], town.city, JUNE)
    assert list(rows) == [micro]


def test_estate_organisations_are_counted_by_type(town: Town) -> None:
    first, second = (make_area("grid", town.community, kind="compound_grid") for _n in range(2))
    make_organisation(kind="branch", setting="compound", area=first)
    make_organisation(kind="general_branch", setting="compound", area=first)
    make_organisation(kind="functional_branch", setting="compound", area=second)
    make_organisation(kind="functional_branch", setting="territory", area=town.city)  # no estate

    assert value("estate_organisations_counted", town.city) == 2
    assert value("estate_organisations_functional", town.city) == 1
    assert value("estate_organisations", town.city) == 3
    assert value("compound_grids_with_organisation", town.city) == 1
    assert value("compound_grid_cover", town.city) == 50
    found = result(town.city, "every_compound_grid_has_an_organisation")
    assert (found.holds, int(found.left), int(found.right)) == (False, 1, 2)
    assert found.rows is not None
    assert list(found.rows) == [second]


def test_a_functional_branch_that_holds_memberships_is_named(town: Town) -> None:
    branch = make_organisation(kind="functional_branch", setting="compound", area=town.grid)
    assert result(town.city, "functional_hold_nobody").holds

    make_membership(organisation=branch)
    found = result(town.city, "functional_hold_nobody")
    assert found.rows is not None
    assert (found.holds, list(found.rows)) == (False, [branch])


def test_more_stewards_than_microgrids_do_not_prove_cover(town: Town, micro: Area) -> None:
    other = make_area("microgrid", town.grid)
    for _n in range(3):
        make_appointment(post=make_post("building_head"), area=micro)

    found = result(town.city, "every_microgrid_has_a_head")
    assert (found.holds, int(found.left), int(found.right)) == (False, 1, 2)
    assert "1个" in found.note
    assert found.check.flag
    assert found.rows is not None
    assert list(found.rows) == [other]


@pytest.mark.parametrize("code", ["groups", "committees", "members", "heads", "tiers"])
def test_with_and_without_add_up(town: Town, micro: Area, code: str) -> None:
    make_appointment(post=make_post("building_head"), area=micro)
    make_area("microgrid", town.grid)

    assert result(town.city, f"{code}_add_up").holds
    assert result(town.city, f"{code}_add_up").right == 2


def test_values_do_not_depend_on_who_looks(
    town: Town, micro: Area, grid_worker: User, as_seen_by: Callable[[User], object]
) -> None:
    far = make_organisation(area=town.other_community)
    person = make_membership(organisation=far, person=make_person(area=micro)).person
    make_appointment(post=make_post("volunteer"), area=micro, person=person)

    with as_seen_by(grid_worker):  # type: ignore[attr-defined]
        assert value("with_members", micro) == 1
