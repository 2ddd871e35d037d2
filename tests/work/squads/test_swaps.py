"""Who may change places with whom, and who may cancel a shift."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import Claim
from tests.make import Town, make_person

from .make import (
    Team,
    as_person,
    make_claim,
    make_closed,
    make_gate,
    make_member,
    make_shift,
    make_team,
)
from .test_forming import refused


@pytest.fixture
def team(town: Town) -> Team:
    return make_team(town)


@pytest.mark.parametrize("asks_at_gate", [True, False])
def test_both_belong_at_both_places(town: Town, team: Team, asks_at_gate: bool) -> None:
    """The gate is far from where the squad is sent: there only those who live there stand."""
    resident, stranger = team.members[0], make_person(area=town.grid)
    make_member(team.squad, stranger)
    gate = make_gate(make_closed(town.far_grid))
    at_gate = make_claim(make_shift(gate), resident)
    in_squad = make_claim(make_shift(team.deployment), stranger)
    mine, theirs = (at_gate, in_squad) if asks_at_gate else (in_squad, at_gate)

    with refused("squads.not_yours"):
        commands.offer_swap(mine=mine, theirs=theirs, by=as_person(mine.person, town))


@pytest.mark.parametrize("begun", [0, 1])
def test_a_shift_that_has_begun_is_swapped_by_neither(town: Town, team: Team, begun: int) -> None:
    today = timezone.localdate()
    days = [today + timedelta(days=-1 if n == begun else 2) for n in range(2)]
    shifts = [make_shift(team.deployment, day=day) for day in days]
    mine, theirs = (make_claim(s, p) for s, p in zip(shifts, team.members, strict=True))

    with refused("squads.shift_over"):
        commands.offer_swap(mine=mine, theirs=theirs, by=as_person(mine.person, town))


def test_a_shift_is_cancelled_once_by_who_plans_it(
    town: Town, team: Team, secretary: User, other_clerk: User
) -> None:
    shift = make_shift(team.deployment)
    claim = make_claim(shift, team.members[0])
    with refused("squads.not_allowed"):
        commands.cancel_shift(shift=shift, reason="暴雨", by=other_clerk)
    assert Claim.objects.standing().get() == claim

    commands.cancel_shift(shift=shift, reason="暴雨", by=secretary)
    claim.refresh_from_db()
    assert (claim.cancelled_on, claim.cancel_reason) == (timezone.localdate(), "暴雨")
    with refused("squads.shift_cancelled"):
        commands.cancel_shift(shift=shift, reason="天晴", by=secretary)
