"""Another name, planned end, task or document of a squad that stands, and the duty behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Change, Duty, User
from sanqiao.kernel.versions import version_of
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import Squad
from tests.make import Town, make_person, make_unit

from .make import (
    COUNTY_DEPUTY,
    JANUARY,
    MARCH,
    Team,
    make_head,
    make_posts,
    make_rule,
    make_team,
)
from .test_forming import form, refused


@pytest.fixture
def team(town: Town, city_officer: User) -> Team:
    return make_team(town, city_officer)


def change(team: Team, by: User | None = None, **given: Any) -> Squad:
    squad = team.squad
    usual = {
        "name": squad.name, "until": squad.until, "task": squad.task, "document": squad.document,
        "known_version": version_of(squad),
    }  # fmt: skip
    return commands.change_squad(squad=squad, by=by or team.officer, **usual | given)


def test_another_name_and_planned_end_are_those_of_the_duty_too(team: Team) -> None:
    later = date(2020, 12, 31)
    squad = change(team, name="守护突击队", until=later, task="守卡口")

    assert (squad.name, squad.until, squad.task) == ("守护突击队", later, "守卡口")
    duty = Duty.objects.get(kind="squads.dissolve")
    assert (duty.title, duty.due_on) == (f"解散守护突击队（{squad.number}）", later)
    last = Change.objects.of("squads_squad", squad.pk).latest("id")
    assert last.before is not None and last.before["until"] == "2020-09-30"
    commands.dissolve_squad(squad=squad, on=MARCH, by=team.officer)
    duty.refresh_from_db()
    assert duty.state == Duty.State.HANDED_IN


@pytest.mark.parametrize(
    ("named", "after"),
    [
        ("守护突击队临时党支部", "前哨突击队临时党支部"),
        ("一线临时党支部", "一线临时党支部"),  # named by hand, which stays
    ],
)
def test_the_temporary_branch_follows_the_name_of_its_squad(
    town: Town, team: Team, named: str, after: str
) -> None:
    squad = form(
        town, team.officer, team.captain, area=town.grid, name="守护突击队",
        branch_parent=town.street_committee,
    )  # fmt: skip
    assert squad.branch and squad.branch.name == "守护突击队临时党支部"
    Organisation.objects.filter(pk=squad.branch.pk).update(name=named)
    squad.refresh_from_db()
    commands.change_squad(
        squad=squad, known_version=version_of(squad), by=team.officer, name="前哨突击队",
        until=squad.until, task=squad.task, document=squad.document,
    )  # fmt: skip

    branch = Organisation.objects.get(pk=squad.branch.pk)
    assert branch.name == after
    assert branch.initials == ("shtjdlsdzb" if after == named else "qstjdlsdzb")


def test_a_planned_end_set_later_is_owed_by_who_set_it(town: Town, city_officer: User) -> None:
    team = make_team(town, city_officer, until=None)
    assert not Duty.objects.exists()

    change(team, until=date(2020, 9, 30))

    duty = Duty.objects.get(kind="squads.dissolve")
    assert (duty.owner, duty.due_on) == (city_officer, date(2020, 9, 30))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"until": None}, "squads.until_stays"),
        ({"until": JANUARY}, "squads.until"),
        ({"known_version": 0}, "squads.changed_meanwhile"),
    ],
)
def test_a_change_that_cannot_be(team: Team, given: dict[str, Any], code: str) -> None:
    with refused(code):
        change(team, **given)


def test_who_does_not_lead_it_changes_nothing_and_a_dissolved_one_stays(
    team: Team, clerk: User
) -> None:
    with refused("squads.not_allowed"):
        change(team, by=clerk, name="守护突击队")
    commands.dissolve_squad(squad=team.squad, on=MARCH, by=team.officer)
    with refused("squads.dissolved"):
        change(team, name="守护突击队")


@pytest.mark.parametrize(
    ("on", "code"),
    [(date(2019, 12, 31), "squads.too_early"), (MARCH, "squads.dissolved")],
)
def test_a_captain_is_named_only_while_the_squad_stands(team: Team, on: date, code: str) -> None:
    if code == "squads.dissolved":
        commands.dissolve_squad(squad=team.squad, on=MARCH, by=team.officer)
    with refused(code):
        commands.name_captain(squad=team.squad, person=team.captain, on=on, by=team.officer)


def test_a_captain_comes_after_the_day_of_the_one_before(town: Town, team: Team) -> None:
    before = team.squad.members.get(role="captain")
    person = make_person(area=town.grid)
    with pytest.raises(Refused, match=f"应晚于 {before.valid_from}") as refusal:
        commands.name_captain(
            squad=team.squad, person=person, on=before.valid_from, breach_reason="轮换",
            by=team.officer,
        )  # fmt: skip
    assert (refusal.value.code, refusal.value.field) == ("squads.too_early", "on")


def test_a_head_is_proven_by_rank_where_the_rule_takes_no_heads(
    town: Town, city_officer: User
) -> None:
    make_posts()
    make_rule(takes_heads=False)
    person = make_person(area=town.grid)
    make_head(make_unit(area=town.community), person, rank=COUNTY_DEPUTY)
    assert form(town, city_officer, person).members.get(role="captain").proof == "rank"
