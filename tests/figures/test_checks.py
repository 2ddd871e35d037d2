from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.figures.catalogue.grids import GRID_HOUSEHOLDS
from sanqiao.figures.checks import CheckResult, run_checks
from sanqiao.figures.engine import value_of
from sanqiao.registers.areas.models import Area, AreaEdge, Designation
from tests.make import (
    Town,
    make_appointment,
    make_area,
    make_membership,
    make_organisation,
    make_post,
)

from .make import few, make_city

pytestmark = pytest.mark.django_db
JUNE = date(2020, 6, 30)


def result(area: Area, code: str, day: date = JUNE, start: date | None = None) -> CheckResult:
    (found,) = (r for r in run_checks(area, day, start) if r.check.code == code)
    return found


@few(3)
@given(seed=st.integers(0, 10**6), day=st.dates(date(2019, 3, 1), date(2022, 3, 1)))
def test_what_holds_by_definition_holds_everywhere(seed: int, day: date) -> None:
    with transaction.atomic():
        city = make_city(seed)
        for area in (city.root, city.area()):
            found = {r.check.code: r for r in run_checks(area, day, day - timedelta(days=90))}
            for code in (
                "people.members_add_up", "people.members_by_children", "areas.communities_add_up",
                "organisations.branches_within", "organisations.party_seats_within",
                "areas.counties_cover_statutory",
            ):  # fmt: skip
                assert found[code].holds, (code, found[code].note)
        transaction.set_rollback(True)


def test_a_micro_grid_without_a_steward_is_named(town: Town) -> None:
    first, second = (make_area("microgrid", town.grid) for _n in range(2))
    make_appointment(post=make_post("building_head"), area=first)
    make_appointment(
        post=make_post("building_head"), area=second, valid_to=JUNE, valid_from=date(2020, 1, 1)
    )

    found = result(town.city, "people.every_microgrid_has_a_steward")
    assert (found.holds, int(found.left), int(found.right)) == (False, 1, 2)
    assert found.rows is not None
    assert list(found.rows) == [second]
    assert result(town.other_township, "people.every_microgrid_has_a_steward").holds


def test_a_micro_grid_below_a_compound_grid_is_named(town: Town) -> None:
    make_area("microgrid", town.grid)
    assert result(town.city, "areas.microgrids_have_grid").holds
    stray = make_area("microgrid", make_area("grid", town.community, kind="compound_grid"))

    found = result(town.city, "areas.microgrids_have_grid")
    assert not found.holds
    assert found.rows is not None
    assert list(found.rows) == [stray]


def test_households_that_nobody_reported_are_in_no_sum_and_are_named(town: Town) -> None:
    known = make_area("microgrid", town.grid, households=40)
    Area.objects.filter(pk=town.grid.pk).update(households=40)
    found = result(town.city, "areas.households_reported")
    assert (found.holds, int(found.left), int(found.right)) == (False, 2, 4)
    assert found.rows is not None
    assert known not in set(found.rows) and town.other_grid in set(found.rows)

    value = value_of(GRID_HOUSEHOLDS, town.city, JUNE)
    assert (value.value, value.rows) == (Decimal(40), 1)


def test_more_first_secretaries_than_their_villages_are_flagged_with_both_numbers(
    town: Town,
) -> None:
    for area in (town.community, town.other_community):
        make_appointment(post=make_post("first_secretary"), area=area)
    Designation.objects.create(
        area=town.community, kind="key_poor_village", valid_from=date(2014, 1, 1)
    )

    found = result(town.city, "people.first_secretaries_explained")
    assert (found.check.flag, found.holds, int(found.left), int(found.right)) == (True, False, 2, 1)
    assert "2" in found.note and "1" in found.note and str(found.check.reason) in found.note


def test_estate_branches_that_cover_few_compound_grids_are_flagged(town: Town) -> None:
    for _n in range(3):
        make_area("grid", town.community, kind="compound_grid")
    make_organisation(
        area=town.grid, setting="compound", kind="branch", founded_on=date(2020, 3, 1)
    )

    found = result(town.city, "organisations.compound_cover", start=date(2020, 1, 23))
    assert (found.holds, int(found.left), int(found.right)) == (False, 3, 1)


def test_grids_out_of_order_are_said(town: Town) -> None:
    found = result(town.city, "areas.three_cuts_in_order")
    assert (found.holds, found.note.split("；")[0]) == (False, "3, 0, 0")


def test_villages_marked_again_break_the_sum(town: Town) -> None:
    mark = {"area": town.community, "kind": "key_poor_village"}
    Designation.objects.create(**mark, valid_from=date(2014, 1, 1), valid_to=date(2018, 1, 1))
    assert result(town.city, "areas.poor_villages_add_up").holds
    Designation.objects.create(**mark, valid_from=date(2019, 1, 1))

    found = result(town.city, "areas.poor_villages_add_up")
    assert (found.holds, int(found.left), int(found.right)) == (False, 2, 1)


def test_a_ratio_with_nothing_below_it_holds(town: Town) -> None:
    assert result(town.far_grid, "areas.weak_share").holds


@pytest.mark.parametrize(("cadres", "holds"), [(2, False), (3, True), (8, False)])
def test_cadres_per_community_are_bounded(town: Town, cadres: int, holds: bool) -> None:
    Area.objects.filter(pk=town.community.pk).update(official_code="420302001001")
    for _n in range(cadres):
        make_appointment(post=make_post("community_cadre"), area=town.community)

    assert result(town.township, "people.cadres_per_community").holds is holds


def test_members_are_summed_by_two_ways(town: Town) -> None:
    make_membership(area=town.community)
    make_membership(area=town.city)

    found = result(town.city, "people.members_by_children")
    assert (found.holds, int(found.left), int(found.right)) == (True, 2, 2)


def test_records_of_an_area_that_has_ended_are_named(town: Town) -> None:
    """Figures drop them; the check counts them by today's paths."""
    here, lost = (make_appointment(area=area) for area in (town.other_grid, town.grid))
    make_appointment(area=town.grid, valid_to=date(2020, 6, 1))  # over before
    assert result(town.city, "people.appointments_stand").holds

    AreaEdge.objects.filter(child=town.grid).update(valid_to=date(2020, 6, 10))
    found = result(town.city, "people.appointments_stand")
    assert (found.holds, int(found.left), int(found.right)) == (False, 1, 2)
    assert found.rows is not None
    assert list(found.rows) == [lost]
    assert "尚未设立或者已经撤销" in found.note
    assert result(town.city, "people.appointments_stand", date(2020, 6, 9)).holds
    assert here.area == town.other_grid


def test_members_below_an_area_that_has_ended_are_lost_with_it(town: Town) -> None:
    make_membership(organisation=town.branch)
    AreaEdge.objects.filter(child=town.township).update(valid_to=date(2020, 6, 10))

    assert not result(town.city, "people.members_stand").holds
    assert not result(town.city, "organisations.organisations_stand").holds
    assert result(town.other_township, "people.members_stand").holds
