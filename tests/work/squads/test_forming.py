"""Forming, the captain's rule, members with their appointments, dissolving with all that is theirs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Duty, Event, User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Appointment, Person
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import CaptainRule, Claim, Shift, Squad, SquadMember
from sanqiao.work.squads.models.rules import Held
from tests.make import Town, make_appointment, make_person, make_post, make_unit

from .make import (
    COUNTY_DEPUTY,
    FEBRUARY,
    JANUARY,
    MARCH,
    SECTION_HEAD,
    Team,
    facts,
    make_claim,
    make_head,
    make_posts,
    make_rule,
    make_shift,
    make_team,
)


@pytest.fixture
def team(town: Town, city_officer: User) -> Team:
    return make_team(town, city_officer)


def refused(code: str) -> Any:
    class Expected:
        def __enter__(self) -> None:
            self.raises = pytest.raises(Refused)
            self.found = self.raises.__enter__()

        def __exit__(self, *error: Any) -> bool | None:
            done = self.raises.__exit__(*error)
            assert self.found.value.code == code
            return done

    return Expected()


def form(town: Town, by: User, captain: Person, **given: Any) -> Squad:
    unit = given.pop("unit", None) or make_unit(area=town.community)
    area = given.pop("area", town.community)
    more = {name: given.pop(name) for name in ("branch_parent", "breach_reason") if name in given}
    return commands.form_squad(
        unit=unit, area=area, captain=captain, by=by, **more, **facts(**given)
    )


def captain_of(squad: Squad) -> SquadMember:
    return squad.members.get(role="captain", valid_to=None)


def test_a_head_of_a_municipal_unit_leads_and_what_proved_it_is_kept(
    town: Town, team: Team
) -> None:
    captain = captain_of(team.squad)

    assert (captain.proof, captain.proof_rank) == ("head", "")
    assert captain.proof_words == f"{team.unit.name} 单位主要负责人"
    assert captain.proven_by and captain.proven_by.post.code == "unit_head"
    assert captain.appointment and captain.appointment.post.code == "squad_captain"
    assert Event.objects.filter(kind="squads.squad_formed").count() == 1


def test_a_county_rank_is_enough_and_a_section_rank_is_not(town: Town, city_officer: User) -> None:
    make_posts()
    make_rule()
    leader = make_post("leader", name="市县领导干部", group="leader")
    high, low = make_person(area=town.grid), make_person(area=town.grid)
    make_appointment(person=high, post=leader, area=town.county, rank=COUNTY_DEPUTY)
    make_appointment(person=low, post=leader, area=town.county, rank=SECTION_HEAD)

    assert captain_of(form(town, city_officer, high)).proof == "rank"
    with refused("squads.captain_rule"):
        form(town, city_officer, low)


def test_the_head_of_a_county_unit_is_no_head_of_a_municipal_one(
    town: Town, city_officer: User
) -> None:
    make_rule()
    person = make_person(area=town.grid)
    make_head(make_unit(area=town.county, rank="county"), person)

    with refused("squads.captain_rule"):
        form(town, city_officer, person)


def test_the_post_of_captain_itself_proves_nothing(town: Town, team: Team) -> None:
    person = make_person(area=town.grid)
    post = make_post("squad_captain")
    make_appointment(person=person, post=post, area=town.county, rank="6")

    with refused("squads.captain_rule"):
        commands.name_captain(squad=team.squad, person=person, on=MARCH, by=team.officer)


def test_a_later_promotion_mends_no_breach(town: Town, team: Team) -> None:
    person = make_person(area=town.grid)
    member = commands.name_captain(
        squad=team.squad, person=person, on=FEBRUARY, breach_reason="负责人隔离", by=team.officer
    )
    make_head(make_unit(area=town.community), person, valid_from=MARCH)

    member.refresh_from_db()
    assert (member.proof, member.breach_reason) == ("breach", "负责人隔离")
    again = commands.name_captain(squad=team.squad, person=team.captain, on=MARCH, by=team.officer)
    assert again.proof == "head"
    member.refresh_from_db()
    assert member.is_breach and member.valid_to == MARCH


def test_a_demotion_afterwards_makes_no_breach(town: Town, team: Team) -> None:
    Appointment.objects.filter(person=team.captain, post__code="unit_head").update(valid_to=MARCH)

    assert captain_of(team.squad).proof == "head"
    with refused("squads.captain_rule"):
        form(town, team.officer, team.captain, formed_on=MARCH)


@pytest.mark.parametrize("field", ["proof", "proof_words", "breach_reason", "valid_from"])
def test_the_database_lets_nobody_mend_a_proof(team: Team, field: str) -> None:
    pk, value = captain_of(team.squad).pk, {"valid_from": MARCH}.get(field, "rank")

    with pytest.raises(IntegrityError), transaction.atomic():
        SquadMember.objects.filter(pk=pk).update(**{field: value})


def test_a_rule_is_followed_by_another_and_never_rewritten(team: Team) -> None:
    old = CaptainRule.objects.get()
    commands.set_captain_rule(
        name="新规定", takes_heads=False, least_rank="4", valid_from=MARCH, document="",
        by=team.officer,
    )  # fmt: skip

    old.refresh_from_db()
    assert old.valid_to == MARCH and captain_of(team.squad).squad.rule == old
    with pytest.raises(IntegrityError), transaction.atomic():
        CaptainRule.objects.filter(pk=old.pk).update(least_rank="6")


def test_a_squad_keeps_the_rule_under_which_it_was_formed(town: Town, team: Team) -> None:
    commands.set_captain_rule(
        name="新规定", takes_heads=False, least_rank="6", valid_from=MARCH, document="",
        by=team.officer,
    )  # fmt: skip

    again = commands.name_captain(
        squad=team.squad, person=team.captain, on=date(2020, 4, 1), by=team.officer
    )
    assert again.proof == "head"


RANKS = st.sampled_from(["", "1", "2", "3", "4", "5", "6"])
DAYS = st.dates(date(2015, 1, 1), date(2021, 12, 31))


@st.composite
def held(draw: st.DrawFn) -> Held:
    since = draw(DAYS)
    until = draw(st.none() | st.just(since + timedelta(days=draw(st.integers(1, 900)))))
    return Held(draw(st.integers(1, 99)), "某职务", draw(st.booleans()), draw(RANKS), since, until)


@pytest.mark.no_db
@given(st.lists(held(), max_size=6), st.lists(held(), max_size=3), DAYS, st.booleans(), RANKS)
def test_only_what_was_held_on_the_day_proves_a_captain(
    then: list[Held], others: list[Held], day: date, takes_heads: bool, least: str
) -> None:
    rule = CaptainRule(takes_heads=takes_heads, least_rank=least)
    elsewhen = [one for one in others if not one.holds(day)]

    proof = rule.proof(then, day)

    assert rule.proof([*elsewhen, *then], day) == proof
    enough = [
        one
        for one in then
        if one.since <= day < (one.until or date.max)
        and (takes_heads and one.is_head or least != "" and one.rank >= least)
    ]
    assert (proof is not None) == bool(enough)
    assert proof is None or proof in enough


def test_a_companys_squad_has_no_rule_and_no_appointments(town: Town, team: Team) -> None:
    company = make_unit(area=town.community, kind="enterprise", rank="other")
    before = Appointment.objects.count()
    squad = form(town, team.officer, make_person(area=town.grid), unit=company, kind="company")
    commands.add_member(
        squad=squad, person=make_person(area=town.grid), role="member", on=MARCH, by=team.officer
    )

    assert squad.rule is None and captain_of(squad).proof == "exempt"
    assert Appointment.objects.count() == before


def test_without_a_rule_no_municipal_squad_is_formed(town: Town, city_officer: User) -> None:
    make_posts()
    with refused("squads.no_rule"):
        form(town, city_officer, make_person(area=town.grid))


def test_a_temporary_branch_is_founded_with_the_squad_and_dissolved_with_it(
    town: Town, team: Team
) -> None:
    squad = form(
        town, team.officer, team.captain, branch_parent=town.street_committee, area=town.grid
    )
    branch = squad.branch
    assert branch and (branch.kind, branch.founded_on) == ("temporary_branch", JANUARY)
    assert branch.parent == town.street_committee

    commands.dissolve_squad(squad=squad, on=MARCH, by=team.officer)
    assert Organisation.objects.get(pk=branch.pk).dissolved_on == MARCH


def test_dissolving_ends_members_appointments_deployments_and_shifts_to_come(
    team: Team,
) -> None:
    past = make_shift(team.deployment, day=FEBRUARY)
    coming = make_shift(team.deployment, day=MARCH)
    kept, lost = make_claim(past, team.members[0]), make_claim(coming, team.members[0])

    squad = commands.dissolve_squad(squad=team.squad, on=MARCH, document="解2号", by=team.officer)

    assert (squad.dissolved_on, squad.document) == (MARCH, "解2号")
    assert {m.valid_to for m in SquadMember.objects.all()} == {MARCH}
    posts = Appointment.objects.filter(post__group="squad")
    assert {a.valid_to for a in posts} == {MARCH} and len(posts) == 3
    team.deployment.refresh_from_db()
    assert team.deployment.valid_to == MARCH
    assert set(Shift.objects.standing()) == {past}
    assert set(Claim.objects.standing()) == {kept} and lost.pk != kept.pk
    with refused("squads.dissolved"):
        commands.dissolve_squad(squad=squad, on=MARCH, by=team.officer)


def test_the_planned_end_is_a_duty_handed_in_by_dissolving(team: Team) -> None:
    duty = Duty.objects.get(kind="squads.dissolve")
    assert (duty.owner, duty.due_on, duty.state) == (team.officer, team.squad.until, "open")

    commands.dissolve_squad(squad=team.squad, on=MARCH, document="解2号", by=team.officer)
    duty.refresh_from_db()
    assert duty.state == Duty.State.HANDED_IN


def test_a_new_captain_ends_the_one_before_and_his_appointment(town: Town, team: Team) -> None:
    person = make_person(area=town.grid)
    make_head(make_unit(area=town.community), person)
    commands.name_captain(squad=team.squad, person=person, on=MARCH, by=team.officer)

    before = team.squad.members.get(role="captain", valid_to=MARCH)
    assert before.person == team.captain
    assert before.appointment and before.appointment.valid_to == MARCH
    assert captain_of(team.squad).person == person


def test_nobody_is_twice_in_a_squad_at_a_time_and_the_captain_cannot_just_leave(
    team: Team,
) -> None:
    add: dict[str, Any] = {"squad": team.squad, "role": "member", "by": team.officer}
    with pytest.raises(Refused):
        commands.add_member(person=team.members[0], on=MARCH, **add)
    with refused("squads.captain_stays"):
        commands.end_member(member=captain_of(team.squad), on=MARCH, by=team.officer)
    member = team.squad.members.get(person=team.members[0])
    commands.end_member(member=member, on=MARCH, by=team.officer)
    assert commands.add_member(person=team.members[0], on=MARCH, **add).valid_from == MARCH


def test_a_number_is_given_once(town: Town, team: Team) -> None:
    with refused("squads.number_taken"):
        form(town, team.officer, team.captain, number=team.squad.number)


def test_only_officers_of_the_area_lead(town: Town, team: Team, clerk: User) -> None:
    with refused("squads.not_allowed"):
        commands.dissolve_squad(squad=team.squad, on=MARCH, by=clerk)
    with refused("squads.not_allowed"):
        form(town, clerk, team.captain)
    with refused("squads.not_allowed"):
        commands.set_captain_rule(
            name="x", takes_heads=True, least_rank="", valid_from=MARCH, document="", by=clerk
        )


def test_a_squad_goes_to_compounds_grids_and_communities_once_at_a_time(
    town: Town, team: Team
) -> None:
    deploy = commands.deploy_squad
    again: dict[str, Any] = {"squad": team.squad, "by": team.officer, "on": MARCH}
    with refused("squads.there_already"):
        deploy(area=town.grid, compound=team.compound, **again)
    assert deploy(area=town.grid, **again).place_name == town.grid.name
    assert deploy(area=town.other_community, **again).area == town.other_community
    with refused("squads.too_wide"):
        deploy(area=town.township, **again)
    with refused("squads.too_early"):
        deploy(area=town.other_grid, squad=team.squad, by=team.officer, on=date(2019, 12, 1))
    commands.end_deployment(deployment=team.deployment, on=MARCH, by=team.officer)
    assert deploy(area=town.grid, compound=team.compound, **again).valid_from == MARCH


def test_the_log_is_appended_and_put_right_once(team: Team) -> None:
    entry = commands.write_log(
        squad=team.squad, deployment=team.deployment, day=FEBRUARY, text="送菜 ", deeds=3,
        by=team.officer,
    )  # fmt: skip
    after = commands.correct_log(entry=entry, text="送菜到户", deeds=2, by=team.officer)

    assert (after.corrects, after.day, after.area) == (entry, FEBRUARY, team.compound.area)
    with refused("squads.corrected"):
        commands.correct_log(entry=entry, text="再改", deeds=1, by=team.officer)
    with refused("squads.words_missing"):
        commands.correct_log(entry=after, text="  ", deeds=1, by=team.officer)
    for change in ({"text": "改写"}, {"deeds": 99}):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(entry).objects.filter(pk=entry.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.delete()


def test_a_log_follows_its_area_when_that_moves(town: Town, team: Team) -> None:
    entry = commands.write_log(squad=team.squad, day=FEBRUARY, text="送菜", by=team.officer)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE areas_area SET path = path || '7.' WHERE id = %s", [town.community.pk]
        )

    entry.refresh_from_db()
    assert entry.area_path == Area.objects.get(pk=town.community.pk).path


def test_an_appraisal_is_words(team: Team) -> None:
    squad = commands.appraise_squad(squad=team.squad, text=" 有求必应 ", by=team.officer)
    assert squad.appraisal == "有求必应"


def test_a_member_sees_the_own_squad_and_a_stranger_does_not(
    town: Town, team: Team, as_seen_by: Any
) -> None:
    from .make import as_person

    me, other = as_person(team.members[0], town), as_person(make_person(area=town.grid), town)
    for user, count in ((me, 1), (other, 0)):
        with as_seen_by(user):
            assert Squad.objects.count() == count
            assert Squad.objects.visible_to(User.objects.get(pk=user.pk)).count() == count


def test_a_community_sees_the_squad_that_is_sent_there(
    town: Town, team: Team, as_seen_by: Any, other_clerk: User
) -> None:
    with as_seen_by(other_clerk):
        assert not Squad.objects.exists()
    commands.deploy_squad(squad=team.squad, area=town.far_grid, on=MARCH, by=team.officer)
    with as_seen_by(other_clerk):
        assert Squad.objects.get() == team.squad
        assert Squad.objects.visible_to(User.objects.get(pk=other_clerk.pk)).get() == team.squad
