"""Organisations and units: bulk and one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, Grant, User
from sanqiao.kernel.staging import Imported
from sanqiao.kernel.versions import ChangedMeanwhile, version_of
from sanqiao.registers.areas.commands import import_compounds
from sanqiao.registers.organisations.commands import (
    change_organisation,
    create_organisation,
    create_unit,
    dissolve_organisation,
    import_organisations,
    import_owners_committees,
    import_units,
    import_work_teams,
    move_organisation,
)
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.organisations.rows import CommitteeRow, WorkTeamRow
from tests.make import FOUNDED, Town, make_grant, make_membership, make_organisation
from tests.refusals import refused
from tests.registers.make import compound_row, organisation_row, unit_row

COLLECTIVE = "N2420302MF1234567L"


def facts(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "name": "三桥小区党支部", "kind": "branch", "setting": "compound", "founded_on": FOUNDED,
        "elected_on": date(2018, 5, 1), "term_years": 3, "document": "",
    }  # fmt: skip
    return usual | given


# --- bulk ---------------------------------------------------------------------------------------


def test_a_tree_comes_in_any_order_with_terms(town: Town, city_officer: User) -> None:
    rows = [
        organisation_row("B", "C", town.community.key, elected_on=date(2016, 2, 29)),
        organisation_row("C", town.city_committee.code, town.township.key, kind="committee"),
    ]

    assert import_organisations(rows=rows, by=city_officer) == Imported(2, 0, 0)
    assert import_organisations(rows=rows, by=city_officer) == Imported(0, 0, 2)

    committee, branch = (Organisation.objects.get(code=code) for code in "CB")
    assert branch.path == f"{committee.path}{branch.pk}."
    assert branch.term_ends_on == date(2019, 2, 28)


def test_bad_organisations_are_named(town: Town, clerk: User) -> None:
    here, branch = town.community.key, town.branch.code
    rows = [
        organisation_row("B1", "nowhere", here),
        organisation_row("B2", branch, here, kind="committee"),
        organisation_row("B3", town.street_committee.code, "nowhere"),
        organisation_row("B4", town.city_committee.code, town.other_community.key),
        organisation_row(branch, town.city_committee.code, here),
    ]

    assert refused(import_organisations, rows, clerk) == [
        (0, "parent_code", "organisations.unknown"),
        (1, "parent_code", "organisations.bad_parent"),
        (2, "area_key", "areas.unknown"),
        (3, "code", "organisations.out_of_scope"),
        (4, "parent_code", "organisations.parent_changed"),
    ]


def test_dates_that_end_before_they_begin_are_refused_at_the_row(
    town: Town, city_officer: User
) -> None:
    rows = [
        organisation_row(f"B{n}", town.street_committee.code, town.community.key) for n in range(5)
    ]
    rows[3] = rows[3]._replace(dissolved_on=date(1999, 1, 1))

    assert refused(import_organisations, rows, city_officer) == [
        (3, "dissolved_on", "import.dates")
    ]
    assert not Organisation.objects.filter(code="B0").exists()


def test_units_find_their_organisation(town: Town, city_officer: User) -> None:
    rows = [unit_row(COLLECTIVE, town.community.key, organisation_code=town.branch.code)]

    assert import_units(rows=rows, by=city_officer).created == 1
    assert import_units(rows=rows, by=city_officer).unchanged == 1
    rows = [unit_row("X" * 18, town.community.key, organisation_code="nowhere")]
    assert refused(import_units, rows, city_officer) == [
        (0, "organisation_code", "organisations.unknown")
    ]


def test_a_compound_has_one_committee_at_a_time(town: Town, clerk: User) -> None:
    import_compounds(rows=[compound_row(town.grid.key)], by=clerk)
    first = CommitteeRow(town.grid.key, "三桥小区", date(2015, 1, 1), None, 5, 2)

    assert import_owners_committees(rows=[first], by=clerk).created == 1
    second = first._replace(founded_on=date(2020, 1, 1))
    assert refused(import_owners_committees, [second], clerk) == [
        (0, "compound_name", "organisations.committee_once")
    ]
    ended = first._replace(dissolved_on=date(2020, 1, 1))
    assert import_owners_committees(rows=[ended, second], by=clerk) == Imported(1, 1, 0)


def test_more_members_than_seats_are_refused(town: Town, clerk: User) -> None:
    import_compounds(rows=[compound_row(town.grid.key)], by=clerk)
    row = CommitteeRow(town.grid.key, "三桥小区", date(2015, 1, 1), None, 5, 6)

    assert refused(import_owners_committees, [row], clerk) == [
        (0, "party_seats", "organisations.seats")
    ]


def test_a_work_team_ends(town: Town, clerk: User) -> None:
    row = WorkTeamRow(town.community.key, None, date(2018, 1, 1), None)

    assert import_work_teams(rows=[row], by=clerk).created == 1
    ended = row._replace(valid_to=date(2020, 12, 31))
    assert import_work_teams(rows=[ended], by=clerk) == Imported(0, 1, 0)
    assert import_work_teams(rows=[row], by=clerk) == Imported(0, 0, 1)


# --- one by one ---------------------------------------------------------------------------------


def test_founding_notes_the_act_and_computes_the_term(town: Town, secretary: User) -> None:
    branch = create_organisation(
        code="B", parent=town.street_committee, area=town.grid, by=secretary, **facts()
    )

    assert branch.term_ends_on == date(2021, 5, 1)
    assert branch.path == f"{town.street_committee.path}{branch.pk}."
    assert Event.objects.get(kind="organisations.organisation_founded").by_id == secretary.pk


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"code": "TAKEN"}, "organisations.code_taken"),
        ({"term_years": 6}, "organisations.term"),
        ({"kind": "committee"}, "organisations.bad_parent"),
    ],
)
def test_founding_is_refused(town: Town, clerk: User, given: dict[str, Any], code: str) -> None:
    make_organisation(code="TAKEN", area=town.community)
    parent = town.branch if given.get("kind") else town.street_committee
    kind = {"kind": "group", **given} if given.get("kind") else given

    with pytest.raises(Refused) as refusal:
        create_organisation(
            parent=parent, area=town.grid, by=clerk, **{"code": "B", **facts(**kind)}
        )
    assert refusal.value.code == code


def test_another_township_is_not_the_clerks(town: Town, other_clerk: User) -> None:
    with pytest.raises(Refused) as refusal:
        change_organisation(
            organisation=town.branch, area=town.community, by=other_clerk,
            known_version=version_of(town.branch), **facts(),
        )  # fmt: skip
    assert refusal.value.code == "organisations.not_allowed"


def test_memberships_follow_the_area_of_their_organisation(town: Town, clerk: User) -> None:
    membership = make_membership(organisation=town.branch)

    change_organisation(
        organisation=town.branch, area=town.grid, by=clerk,
        known_version=version_of(town.branch), **facts(setting="grid"),
    )  # fmt: skip

    membership.refresh_from_db()
    assert (membership.area_id, membership.area_path) == (town.grid.pk, town.grid.path)


def test_the_second_editor_is_told_what_the_first_did(
    town: Town, clerk: User, secretary: User
) -> None:
    opened = version_of(town.branch)
    change: dict[str, Any] = {"organisation": town.branch, "area": town.community}
    change_organisation(
        **change, known_version=opened, by=secretary, **facts(name="三桥社区第一党支部")
    )

    with pytest.raises(ChangedMeanwhile) as refusal:
        change_organisation(**change, known_version=opened, by=clerk, **facts(name="另一个名字"))

    assert refusal.value.code == "organisations.changed_meanwhile"
    told = {difference.field: difference.now for difference in refusal.value.differences}
    assert told["name"] == "三桥社区第一党支部"
    assert Organisation.objects.get(pk=town.branch.pk).name == "三桥社区第一党支部"


def test_moving_takes_everything_below_and_the_grants_along(town: Town, city_officer: User) -> None:
    group = make_organisation(code="G", kind="group", parent=town.branch, area=town.grid)
    membership = make_membership(organisation=group)
    grant = make_grant(role="supervisor", organisation=group)

    moved = move_organisation(organisation=town.branch, to=town.city_committee, by=city_officer)

    group.refresh_from_db()
    membership.refresh_from_db()
    assert moved.path == f"{town.city_committee.path}{town.branch.pk}."
    assert group.path == membership.organisation_path == f"{moved.path}{group.pk}."
    assert Grant.objects.get(pk=grant.pk).path == group.path


def test_an_organisation_is_not_moved_below_itself(town: Town, city_officer: User) -> None:
    with pytest.raises(Refused) as refusal:
        move_organisation(
            organisation=town.city_committee, to=town.street_committee, by=city_officer
        )
    assert refusal.value.code == "organisations.into_itself"


def test_only_an_empty_organisation_is_dissolved(town: Town, clerk: User) -> None:
    day = date(2020, 6, 1)
    membership = make_membership(organisation=town.branch)

    def dissolve(organisation: Organisation) -> str:
        with pytest.raises(Refused) as refusal:
            dissolve_organisation(organisation=organisation, on=day, document="", by=clerk)
        return refusal.value.code

    assert dissolve(town.branch) == "organisations.has_members"
    assert dissolve(town.street_committee) == "organisations.has_children"
    membership.valid_to = day
    membership.save()
    dissolve_organisation(organisation=town.branch, on=day, document="示例〔2020〕3号", by=clerk)
    assert dissolve(town.branch) == "organisations.dissolved"


def test_a_credit_code_is_one_units(town: Town, clerk: User) -> None:
    given: dict[str, Any] = {
        "name": "三桥村股份经济合作社", "credit_code": COLLECTIVE, "kind": "collective",
        "rank": "other", "valid_from": FOUNDED,
    }  # fmt: skip
    create_unit(area=town.community, organisation=None, by=clerk, **given)

    with pytest.raises(Refused) as refusal:
        create_unit(area=town.community, organisation=None, by=clerk, **given)
    assert (refusal.value.code, refusal.value.field) == (
        "organisations.credit_code_taken", "credit_code",
    )  # fmt: skip
