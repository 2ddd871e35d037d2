"""Rows of a sheet among rows of other sorts: each refusal is that of its own row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from sanqiao.kernel.models import User
from sanqiao.work.squads import commands
from sanqiao.work.squads.lists import squad_lines
from sanqiao.work.squads.models import Squad
from tests.make import Town, make_person, make_unit
from tests.refusals import refused

from .make import Team, facts, make_head, make_posts, make_rule, make_team


@pytest.fixture
def team(town: Town, city_officer: User) -> Team:
    return make_team(town, city_officer)


def test_who_does_not_lead_a_squad_changes_nothing_of_it_by_sheet(team: Team, clerk: User) -> None:
    (line,) = squad_lines({team.squad.number})
    told = [line._replace(task="送菜")]
    assert refused(commands.enter_squads, told, clerk) == [(0, "area_key", "squads.not_allowed")]
    assert Squad.objects.get().task == ""


def test_new_rows_behind_known_ones_are_refused_by_their_own_numbers(
    team: Team, city_officer: User
) -> None:
    (line,) = squad_lines({team.squad.number})
    rows = [
        line,
        line._replace(number="TJ901", credit_code="91420300MA48XXXX00"),
        line._replace(number="TJ902", id_number=""),
        line._replace(number="TJ903", id_number="420302197001010000"),
    ]
    found = refused(commands.enter_squads, rows, city_officer)
    assert [(row, field) for row, field, _code in found] == [
        (1, "credit_code"), (2, "id_number"), (3, "id_number"),
    ]  # fmt: skip


def test_a_captain_is_proven_by_what_lies_out_of_the_leaders_sight(
    town: Town, county_officer: User, as_seen_by: Callable[[User], AbstractContextManager[None]]
) -> None:
    make_posts()
    make_rule()
    person, unit = make_person(area=town.grid), make_unit(area=town.city)
    make_head(unit, person)
    with as_seen_by(county_officer):
        squad = commands.form_squad(
            unit=unit, area=town.community, captain=person, by=county_officer, **facts()
        )
    assert squad.members.get().proof == "head"
