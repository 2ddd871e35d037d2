"""The arithmetic of Party organisations."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.figures import catalogue, engine
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.organisations.rules import warnings_for
from sanqiao.registers.people.counting import with_full_members
from tests.make import Town, make_membership, make_organisation, make_person

DAY = date(2020, 6, 30)


def codes(full_members: int = 5, **given: Any) -> set[str]:
    usual: dict[str, Any] = {
        "kind": "branch", "setting": "residents", "founded_on": date(2018, 1, 1),
        "term_ends_on": date(2023, 1, 1),
    }  # fmt: skip
    organisation = Organisation(**usual | given)
    found = warnings_for(organisation, full_members=full_members, on=DAY)
    assert all(warning.text and warning.source for warning in found)
    return {warning.code.removeprefix("organisations.") for warning in found}


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (2, {"few_members"}),
        (3, set()),  # exactly three pass
        (6, set()),
        (7, {"committee_due"}),
        (50, {"committee_due"}),
        (51, {"committee_due", "branch_too_large"}),
    ],
)
def test_the_size_of_a_branch(count: int, expected: set[str]) -> None:
    assert codes(count) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(50, {"general_branch_small"}), (51, set()), (99, set()), (100, {"general_branch_large"})],
)
def test_the_size_of_a_general_branch(count: int, expected: set[str]) -> None:
    assert codes(count, kind="general_branch") == expected


@pytest.mark.parametrize(
    ("setting", "count", "expected"),
    [("unit", 100, {"committee_small"}), ("unit", 101, set()), ("territory", 5, set())],
)
def test_the_size_of_a_committee(setting: str, count: int, expected: set[str]) -> None:
    assert codes(count, kind="committee", setting=setting) == expected


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (None, {"no_election"}),
        (date(2020, 6, 29), {"term_expired"}),
        (date(2020, 6, 30), {"term_ending"}),  # its last day
        (date(2020, 7, 1), {"term_ending"}),
        (date(2020, 12, 30), {"term_ending"}),
        (date(2020, 12, 31), set()),  # more than half a year ahead
    ],
)
def test_terms_that_end(ends: date | None, expected: set[str]) -> None:
    assert codes(term_ends_on=ends) == expected


def test_branches_of_a_special_kind() -> None:
    assert codes(0, kind="functional_branch", term_ends_on=None) == {"functional_not_counted"}
    assert codes(5, kind="temporary_branch", term_ends_on=None) == {"temporary_too_long"}
    young = date(2020, 2, 1)
    assert codes(5, kind="temporary_branch", term_ends_on=None, founded_on=young) == set()


def test_a_dissolved_organisation_is_left_alone() -> None:
    assert codes(0, dissolved_on=DAY) == set()
    assert codes(0, dissolved_on=date(2020, 7, 1)) == {"few_members"}


@pytest.mark.parametrize("ends", [date(2020, 6, 29), date(2020, 6, 30), date(2020, 7, 1)])
def test_the_warning_and_the_figure_of_expired_terms_agree(town: Town, ends: date) -> None:
    make_organisation(area=town.community, term_ends_on=ends)

    figure = catalogue.figures_on(DAY)["organisations.term_expired"]
    counted = engine.value_of(figure, town.city, DAY).value
    assert (counted == 1) is ("term_expired" in codes(term_ends_on=ends))


def test_full_members_are_counted_with_those_below(
    town: Town, django_assert_num_queries: Any
) -> None:
    group = make_organisation(kind="group", parent=town.branch, area=town.grid)
    make_membership(organisation=town.branch)
    make_membership(organisation=group)
    make_membership(organisation=group, valid_to=date(2020, 6, 30))  # not on the day
    make_membership(organisation=group, kind="probationary", full_on=None)
    make_membership(organisation=town.other_branch, person=make_person())

    with django_assert_num_queries(1):
        found = with_full_members(Organisation.objects.all(), DAY)
        counts = {organisation.pk: vars(organisation)["full_members"] for organisation in found}

    assert (counts[town.branch.pk], counts[group.pk]) == (2, 1)
    assert counts[town.city_committee.pk] == 3
