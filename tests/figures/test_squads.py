"""Who is in and who is out of each count; the two relations of the source as flags, no ratio."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from sanqiao.figures import catalogue, engine
from sanqiao.figures.checks import CheckResult, run_checks
from sanqiao.registers.areas.models import Area
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import Squad
from tests.make import Town, make_area, make_compound, make_person, make_unit
from tests.work.squads.make import (
    FEBRUARY,
    MARCH,
    Team,
    facts,
    make_claim,
    make_closed,
    make_gate,
    make_shift,
    make_team,
)

START, DAY = date(2020, 1, 23), date(2020, 6, 30)


@pytest.fixture
def team(town: Town) -> Team:
    return make_team(town)


def value(code: str, area: Area, day: date = DAY, start: date | None = None) -> Decimal | None:
    return engine.value_of(catalogue.figures_on(day)[code], area, day, start).value


def check(code: str, area: Area, day: date = DAY) -> CheckResult:
    (found,) = (r for r in run_checks(area, day, START) if r.check.code == f"squads.{code}")
    return found


def form(town: Town, team: Team, **given: object) -> Squad:
    kind = given.get("kind", "municipal")
    unit = make_unit(area=town.community, rank="other") if kind == "company" else team.unit
    captain = make_person(area=town.grid) if kind == "company" else team.captain
    return commands.form_squad(
        unit=unit, area=town.community, captain=captain, by=team.officer, **facts(**given)
    )


def test_a_squad_counts_once_it_is_sent_and_a_companys_stands_outside(
    town: Town, team: Team
) -> None:
    company = form(town, team, kind="company")
    commands.deploy_squad(squad=company, area=town.grid, on=FEBRUARY, by=team.officer)

    assert value("squads.formed", town.city, start=START) == 1
    assert value("squads.company", town.city, start=START) == 1
    assert value("squads.all_formed", town.city, start=START) == 2
    assert value("squads.formed", town.city, day=date(2020, 2, 2)) == 0  # not sent yet
    assert value("squads.formed", town.city, start=MARCH) == 0  # formed before
    assert value("squads.formed", town.other_community, start=START) == 0  # elsewhere


def test_a_dissolved_squad_was_formed_but_is_no_longer_there(town: Town, team: Team) -> None:
    commands.dissolve_squad(squad=team.squad, on=date(2020, 6, 30), by=team.officer)

    assert value("squads.formed", town.city, start=START) == 1
    assert value("squads.active", town.city) == 0
    assert value("squads.active", town.city, day=date(2020, 6, 29)) == 1
    assert value("squads.members", town.city) == 0


def test_members_are_distinct_persons_without_captains_and_companies(
    town: Town, team: Team
) -> None:
    company = form(town, team, kind="company")
    someone = make_person(area=town.grid)
    add = commands.add_member
    add(squad=company, person=someone, role="member", on=FEBRUARY, by=team.officer)
    outside = make_area("county", town.city, key="420321", name="郧西县")
    far = commands.form_squad(
        unit=team.unit, area=outside, captain=team.captain, by=team.officer, **facts()
    )
    add(squad=far, person=team.members[0], role="member", on=FEBRUARY, by=team.officer)
    add(squad=far, person=make_person(area=town.grid), role="deputy", on=FEBRUARY, by=team.officer)

    assert value("squads.members", town.city) == 3  # one of them in two squads
    assert value("squads.urban_members", town.city) == 2
    assert value("people.squad_members", town.city) == 2  # by the register of posts
    assert value("squads.captains", town.city) == 1
    assert check("ledger_and_posts", town.city).holds


def test_a_three_no_compound_is_covered_while_a_squad_is_there(town: Town, team: Team) -> None:
    make_compound(area=town.other_grid)
    make_compound(area=town.other_grid, has_guard=True)  # not a three-no one

    assert value("squads.three_no_covered", town.city) == 1
    assert value("squads.three_no_uncovered", town.city) == 1
    commands.end_deployment(deployment=team.deployment, on=MARCH, by=team.officer)
    assert value("squads.three_no_uncovered", town.city) == 2
    result = check("three_no_are_covered", town.city)
    assert not result.holds and [result.left, result.right] == [Decimal(0), Decimal(2)]


def test_places_filled_never_exceed_places(town: Town, team: Team) -> None:
    day = date(2020, 2, 20)
    shift = make_shift(team.deployment, day=day, capacity=3)
    make_shift(team.deployment, day=day, begins=time(16), ends=time(0), cancelled_on=day)
    make_claim(shift, team.members[0])
    make_claim(shift, team.members[1], cancelled_on=date(2020, 2, 19))

    assert value("squads.shifts", town.city, start=START) == 1
    assert value("squads.places", town.city, start=START) == 3
    assert value("squads.places_filled", town.city, start=START) == 1
    assert value("squads.places_filled_share", town.city, start=START) == Decimal("33.3")
    assert value("squads.people_on_shift", town.city, start=START) == 1
    assert value("squads.shifts", town.city, day=day - timedelta(days=1)) == 0
    assert check("filled_within_places", town.city).holds


def test_gates_without_a_shift_are_those_of_closed_units_that_day(town: Town) -> None:
    day = date(2020, 2, 20)
    open_again = make_closed(town.grid, opened_on=day)
    make_gate(open_again)
    unit = make_closed(town.grid, gates=2)
    first, second = make_gate(unit), make_gate(unit, 2, "西门")
    make_shift(first, day=day)
    make_shift(second, day=day, cancelled_on=day)

    assert value("areas.closed_units", town.city, day=day) == 1
    assert value("squads.gates", town.city, day=day) == 2
    assert value("squads.gates_without_shift", town.city, day=day) == 1


def test_a_corrected_entry_counts_as_corrected(town: Town, team: Team) -> None:
    write = commands.write_log
    entry = write(squad=team.squad, day=FEBRUARY, text="送菜", deeds=9, by=team.officer)
    write(squad=team.squad, day=MARCH, text="消杀", deeds=2, by=team.officer)
    commands.correct_log(entry=entry, text="送菜到户", deeds=5, by=team.officer)

    assert value("squads.deeds", town.city, start=START) == 7
    assert value("squads.log_entries", town.city, start=START) == 2
    assert value("squads.deeds", town.city, start=MARCH) == 2


def test_members_and_squads_are_flagged_with_both_numbers_and_never_divided(
    town: Town, team: Team
) -> None:
    result = check("members_and_squads", town.city)

    assert not result.holds and result.check.flag
    assert [result.left, result.right] == [Decimal(2), Decimal(1)]
    assert "范围不同" in result.note and "不得相除" in result.note
    assert "÷" not in result.note


def test_a_companys_squad_outside_the_count_is_flagged(town: Town, team: Team) -> None:
    assert check("company_outside", town.city).holds  # no company yet
    company = form(town, team, kind="company")
    commands.deploy_squad(squad=company, area=town.grid, on=FEBRUARY, by=team.officer)

    result = check("company_outside", town.city)
    assert not result.holds and [result.left, result.right] == [Decimal(2), Decimal(1)]
    assert "企业突击队" in result.note


def test_a_breach_is_counted_and_named(town: Town, team: Team) -> None:
    assert check("captains_satisfy_the_rule", town.city).holds
    commands.name_captain(
        squad=team.squad, person=make_person(area=town.grid), on=MARCH,
        breach_reason="主要负责人隔离", by=team.officer,
    )  # fmt: skip

    assert value("squads.breaches", town.city) == 1
    assert value("squads.breaches", town.city, day=FEBRUARY) == 0
    result = check("captains_satisfy_the_rule", town.city)
    assert not result.holds and result.rows is not None and result.rows.count() == 1


def test_a_squad_past_its_end_is_overdue(town: Town, team: Team) -> None:
    assert value("squads.overdue", town.city) == 0
    assert value("squads.overdue", town.city, day=date(2020, 10, 1)) == 1


def test_every_standing_squad_is_sent_and_led(town: Town, team: Team) -> None:
    assert check("every_squad_is_sent", town.city).holds
    assert check("every_squad_has_a_captain", town.city).holds
    commands.end_deployment(deployment=team.deployment, on=MARCH, by=team.officer)
    assert not check("every_squad_is_sent", town.city).holds
