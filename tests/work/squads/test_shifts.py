"""Shifts at one place each; places that never overflow; swaps that need both; closed units."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.registers.people.models import Person
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import Claim, Gate, Shift, SwapOffer
from tests.make import Town, make_person

from .make import (
    FEBRUARY,
    MARCH,
    MORNING,
    NIGHT,
    NOON,
    Team,
    as_person,
    make_claim,
    make_closed,
    make_gate,
    make_shift,
    make_team,
)
from .test_forming import refused


@pytest.fixture
def team(town: Town) -> Team:
    return make_team(town)


@pytest.fixture
def gate(town: Town) -> Gate:
    return make_gate(make_closed(town.grid))


def me(person: Person, town: Town) -> User:
    return User.objects.filter(person_id=person.pk).first() or as_person(person, town)


def plan(place: Any, by: User, **given: Any) -> list[Shift]:
    usual: dict[str, Any] = {
        "first": FEBRUARY,
        "last": FEBRUARY,
        "begins": MORNING,
        "ends": NOON,
        "capacity": 2,
    }
    return commands.plan_shifts(place=place, by=by, **usual | given)


def test_a_shift_stands_at_exactly_one_place(team: Team, gate: Gate) -> None:
    for at in ({"gate": gate}, {"deployment": None}):
        with pytest.raises(IntegrityError, match="shift_at_one_place"), transaction.atomic():
            make_shift(team.deployment, **at)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"capacity": 0}, "shift_capacity"),
        ({"ends": MORNING}, "shift_times"),
    ],
)
def test_a_shift_has_places_and_a_length(team: Team, given: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_shift(team.deployment, **given)


def test_one_shift_a_day_is_planned_and_none_twice(team: Team) -> None:
    shifts = plan(team.deployment, team.officer, last=FEBRUARY + timedelta(days=6))
    assert [s.day for s in shifts] == [FEBRUARY + timedelta(days=n) for n in range(7)]

    with refused("squads.planned_already"):
        plan(team.deployment, team.officer)
    commands.cancel_shift(shift=shifts[0], reason="下雪", by=team.officer)
    assert len(plan(team.deployment, team.officer)) == 1
    with refused("squads.days"):
        plan(team.deployment, team.officer, last=FEBRUARY - timedelta(days=1))
    with refused("squads.not_there"):
        plan(team.deployment, team.officer, first=date(2020, 2, 1))


def test_gates_are_planned_while_their_unit_is_closed(town: Town, team: Team) -> None:
    unit = make_closed(town.grid, opened_on=MARCH)
    gate = make_gate(unit)

    assert plan(gate, team.officer)
    with refused("squads.not_closed"):
        plan(gate, team.officer, last=MARCH, begins=NOON)


def test_only_the_places_own_people_and_the_units_liaison_plan(
    town: Town, team: Team, gate: Gate, secretary: User, other_clerk: User
) -> None:
    assert plan(gate, secretary)
    assert plan(team.deployment, secretary)
    with refused("squads.not_allowed"):
        plan(gate, other_clerk, begins=NOON)
    with refused("squads.not_allowed"):
        plan(team.deployment, other_clerk, begins=NOON)


def test_a_member_claims_gives_up_and_claims_again(town: Town, team: Team) -> None:
    shift, person = make_shift(team.deployment), team.members[0]
    user = me(person, town)
    claim = commands.claim_shift(shift=shift, person=person, by=user)
    with refused("squads.busy"):
        commands.claim_shift(shift=shift, person=person, by=user)

    commands.cancel_claim(claim=claim, by=user)
    again = commands.claim_shift(shift=shift, person=person, by=user)
    assert (claim.seat, again.seat) == (1, 1)


def test_no_place_beyond_the_capacity(town: Town, team: Team) -> None:
    shift = make_shift(team.deployment, capacity=2)
    for person in (*team.members, team.captain):
        code = "squads.full" if person == team.captain else ""
        if code:
            with refused(code):
                commands.claim_shift(shift=shift, person=person, by=me(person, town))
        else:
            commands.claim_shift(shift=shift, person=person, by=me(person, town))
    assert Claim.objects.count() == 2


def test_the_database_itself_refuses_one_too_many(town: Town, team: Team) -> None:
    shift = make_shift(team.deployment, capacity=1)
    make_claim(shift, team.members[0])
    for more, name in (
        ({"seat": 2}, "claim_within_capacity"),
        ({"seat": 1}, "claim_seat_once"),
        ({"seat": 2, "capacity": 2}, "claim_follows_shift"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make_claim(shift, team.members[1], **more)


def test_the_capacity_shrinks_only_to_what_is_taken(town: Town, team: Team) -> None:
    shift = make_shift(team.deployment, capacity=3)
    for person in team.members:
        make_claim(shift, person)

    commands.change_capacity(shift=shift, capacity=2, by=team.officer)
    assert {claim.capacity for claim in Claim.objects.all()} == {2}
    with refused("squads.claimed_beyond"):
        commands.change_capacity(shift=shift, capacity=1, by=team.officer)


def test_nobody_stands_in_two_places_at_once(town: Town, team: Team, gate: Gate) -> None:
    person = team.members[0]
    night = make_shift(team.deployment, begins=NOON, ends=NIGHT)
    at_gate = make_shift(gate, begins=time(23), ends=time(2))
    commands.claim_shift(shift=night, person=person, by=team.officer)

    with refused("squads.busy"):
        commands.claim_shift(shift=at_gate, person=person, by=team.officer)
    after = make_shift(gate, day=night.day + timedelta(days=1), begins=NIGHT, ends=MORNING)
    assert commands.claim_shift(shift=after, person=person, by=team.officer)


def test_a_squads_shift_is_its_members_and_a_gates_its_communitys(
    town: Town, team: Team, gate: Gate
) -> None:
    neighbour, stranger = make_person(area=town.other_grid), make_person(area=town.far_grid)
    at_squad, at_gate = make_shift(team.deployment), make_shift(gate, begins=NOON, ends=NIGHT)

    with refused("squads.not_yours"):
        commands.claim_shift(shift=at_squad, person=neighbour, by=me(neighbour, town))
    assert commands.claim_shift(shift=at_gate, person=neighbour, by=me(neighbour, town))
    with refused("squads.not_yours"):
        commands.claim_shift(shift=at_gate, person=stranger, by=me(stranger, town))
    helper = team.members[0]  # lives elsewhere, and is sent to this community
    assert commands.claim_shift(shift=at_gate, person=helper, by=me(helper, town))


def test_oneself_only_and_only_before_the_end(town: Town, team: Team) -> None:
    first, second = team.members
    shift = make_shift(team.deployment)
    past = make_shift(team.deployment, day=FEBRUARY)
    with refused("squads.not_allowed"):
        commands.claim_shift(shift=shift, person=first, by=me(second, town))
    with refused("squads.shift_over"):
        commands.claim_shift(shift=past, person=first, by=me(first, town))
    entered = commands.claim_shift(shift=past, person=first, by=team.officer)
    with refused("squads.shift_over"):
        commands.cancel_claim(claim=entered, by=me(first, town))
    with refused("squads.not_allowed"):
        commands.cancel_claim(claim=entered, by=me(second, town))
    commands.cancel_shift(shift=shift, reason="合并", by=team.officer)
    with refused("squads.shift_cancelled"):
        commands.claim_shift(shift=shift, person=first, by=team.officer)


# --- swaps --------------------------------------------------------------------------------------


@pytest.fixture
def two(town: Town, team: Team) -> tuple[Claim, Claim]:
    """Each of the two members has one of two shifts at the same time, in two places."""
    other = commands.deploy_squad(squad=team.squad, area=town.other_grid, on=MARCH, by=team.officer)
    shifts = (make_shift(team.deployment), make_shift(other))
    claims = [make_claim(s, p) for s, p in zip(shifts, team.members, strict=True)]
    return claims[0], claims[1]


def test_a_swap_changes_hands_only_when_both_agree(
    town: Town, team: Team, two: tuple[Claim, Claim]
) -> None:
    mine, theirs = two
    asker, other = (me(person, town) for person in team.members)
    offer = commands.offer_swap(mine=mine, theirs=theirs, by=asker)
    for claim, person in zip(two, team.members, strict=True):
        claim.refresh_from_db()
        assert claim.person == person
    with refused("squads.not_allowed"):
        commands.agree_to_swap(offer=offer, by=asker)
    with refused("squads.not_allowed"):
        commands.agree_to_swap(offer=offer, by=team.officer)

    commands.agree_to_swap(offer=offer, by=other)
    for claim, person in zip(two, reversed(team.members), strict=True):
        claim.refresh_from_db()
        assert (claim.person, claim.name) == (person, person.name)
    with refused("squads.answered"):
        commands.agree_to_swap(offer=offer, by=other)


def test_declined_or_withdrawn_nothing_moves(
    town: Town, team: Team, two: tuple[Claim, Claim]
) -> None:
    asker, other = (me(person, town) for person in team.members)
    first = commands.offer_swap(mine=two[0], theirs=two[1], by=asker)
    with refused("squads.asked"):
        commands.offer_swap(mine=two[0], theirs=two[1], by=asker)
    commands.decline_swap(offer=first, by=other)
    second = commands.offer_swap(mine=two[0], theirs=two[1], by=asker)
    with refused("squads.not_allowed"):
        commands.withdraw_swap(offer=second, by=other)
    commands.withdraw_swap(offer=second, by=asker)
    with refused("squads.answered"):
        commands.agree_to_swap(offer=second, by=other)
    assert [c.person_id for c in Claim.objects.order_by("pk")] == [p.pk for p in team.members]


def test_a_place_given_up_meanwhile_is_not_swapped(
    town: Town, team: Team, two: tuple[Claim, Claim]
) -> None:
    asker, other = (me(person, town) for person in team.members)
    offer = commands.offer_swap(mine=two[0], theirs=two[1], by=asker)
    commands.cancel_claim(claim=two[0], by=asker)

    with refused("squads.claim_cancelled"):
        commands.agree_to_swap(offer=offer, by=other)


def test_a_swap_that_makes_somebody_stand_twice_is_refused(
    town: Town, team: Team, two: tuple[Claim, Claim], gate: Gate
) -> None:
    asker, other = (me(person, town) for person in team.members)
    later = make_shift(team.deployment, begins=NOON, ends=NIGHT)
    third = make_claim(later, team.members[0])
    busy = make_shift(gate, begins=time(17), ends=time(18))
    make_claim(busy, team.members[1])
    offer = commands.offer_swap(mine=third, theirs=two[1], by=asker)

    with refused("squads.busy"):
        commands.agree_to_swap(offer=offer, by=other)
    assert SwapOffer.objects.get(pk=offer.pk).state == "open"


def test_one_swaps_with_somebody_else_for_another_shift(
    town: Town, team: Team, two: tuple[Claim, Claim]
) -> None:
    asker, other = (me(person, town) for person in team.members)
    with refused("squads.not_allowed"):
        commands.offer_swap(mine=two[0], theirs=two[1], by=other)
    beside = make_claim(two[0].shift, team.captain)
    with refused("squads.same_shift"):
        commands.offer_swap(mine=two[0], theirs=beside, by=asker)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "give_up", "capacity", "ask", "agree"]),
        st.integers(0, 3), st.integers(0, 1), st.integers(1, 3),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_whatever_is_done_no_shift_overflows_and_nobody_stands_twice(
    town: Town, team: Team, acts: list[tuple[str, int, int, int]]
) -> None:
    with transaction.atomic():
        people = [*team.members, team.captain, make_person(area=town.grid)]
        shifts = [make_shift(team.deployment), make_shift(team.deployment, begins=time(12))]
        for act, who, which, capacity in acts:
            try:
                do(act, people[who], shifts[which], capacity, (town, team))
            except Refused:
                continue
            for shift in Shift.objects.all():
                standing = list(shift.claims.filter(cancelled_on=None))
                assert len(standing) <= shift.capacity
                assert len({c.seat for c in standing}) == len(standing)
            both = Claim.objects.standing().values_list("person", flat=True)
            assert len(set(both)) == len(both)  # the two shifts overlap
        transaction.set_rollback(True)


def do(act: str, person: Person, shift: Shift, capacity: int, at: tuple[Town, Team]) -> None:
    user = me(person, at[0])
    own = Claim.objects.standing().filter(person=person).first()
    if act == "claim":
        commands.claim_shift(shift=shift, person=person, by=user)
    elif act == "give_up" and own:
        commands.cancel_claim(claim=own, by=user)
    elif act == "capacity":
        commands.change_capacity(shift=shift, capacity=capacity, by=at[1].officer)
    elif act == "ask" and own:
        theirs = Claim.objects.standing().exclude(person=person).first()
        if theirs:
            commands.offer_swap(mine=own, theirs=theirs, by=user)
    elif act == "agree":
        for offer in SwapOffer.objects.filter(other=person, state="open")[:1]:
            commands.agree_to_swap(offer=offer, by=user)


# --- closed units -------------------------------------------------------------------------------


def test_a_unit_is_closed_with_its_gates_and_opened_with_its_shifts_gone(
    town: Town, secretary: User
) -> None:
    unit = commands.close_unit(
        area=town.grid, name="三桥小区", kind="courtyard", gates=["东门", "西门"],
        closed_on=FEBRUARY, by=secretary,
    )  # fmt: skip
    assert (unit.gates, unit.kind) == (2, "courtyard")
    east = unit.named_gates.get(number=1)
    kept, lost = plan(east, secretary, last=FEBRUARY + timedelta(days=1))
    with refused("areas.closed_already"):
        commands.close_unit(
            area=town.grid, name="三桥小区", kind="courtyard", gates=["东门"], closed_on=MARCH,
            by=secretary,
        )  # fmt: skip

    commands.open_unit(unit=unit, on=lost.day, by=secretary)
    assert set(Shift.objects.standing()) == {kept}
    with refused("areas.opened_already"):
        commands.open_unit(unit=unit, on=MARCH, by=secretary)


def test_a_unit_opens_after_it_closed(town: Town, secretary: User, other_clerk: User) -> None:
    unit = make_closed(town.grid)
    with refused("areas.opened_too_early"):
        commands.open_unit(unit=unit, on=unit.closed_on, by=secretary)
    with refused("areas.not_allowed"):
        commands.open_unit(unit=unit, on=MARCH, by=other_clerk)


def test_every_gate_gets_a_name(town: Town, secretary: User) -> None:
    unit = make_closed(town.grid, gates=2)
    with refused("squads.gate_count"):
        commands.name_gates(unit=unit, names=["东门"], by=secretary)
    commands.name_gates(unit=unit, names=["东门", "西门"], by=secretary)
    commands.name_gates(unit=unit, names=["东大门", "西门"], by=secretary)
    assert [g.name for g in unit.named_gates.order_by("number")] == ["东大门", "西门"]


def test_a_night_shift_ends_the_next_day(team: Team) -> None:
    shift = make_shift(team.deployment, day=FEBRUARY, begins=NOON, ends=NIGHT)
    begin, end = shift.span
    assert (begin.day, end.day, end.hour) == (3, 4, 0)
    assert timezone.is_naive(begin)
