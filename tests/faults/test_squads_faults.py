"""Everybody at once for the last place; two who swap at once; a backend lost in a dissolution."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import time, timedelta
from functools import partial
from itertools import chain
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from sanqiao.kernel.models import Event, User
from sanqiao.registers.people.models import Appointment
from sanqiao.work.squads import commands
from sanqiao.work.squads.commands import forming
from sanqiao.work.squads.models import Claim, Shift, Squad, SquadMember, SwapOffer
from tests.faults.at_once import Act, acting, at_once, outcome
from tests.make import Town, make_person, make_town
from tests.work.squads.make import (
    MARCH,
    Team,
    as_person,
    make_claim,
    make_closed,
    make_gate,
    make_shift,
    make_team,
)

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS, PLACES, LANES = 200, 150, 40
EVENING: dict[str, Any] = {"begins": time(17), "ends": time(20)}


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def team(town: Town) -> Team:
    return make_team(town)


def in_lanes(lanes: Iterable[Sequence[Act]]) -> list[object]:
    """Every lane does its acts one after the other, all lanes at once."""
    return list(chain.from_iterable(at_once(*(partial(in_turn, lane) for lane in lanes))))


def in_turn(acts: Sequence[Act]) -> list[object]:
    return [outcome(act) for act in acts]


def test_two_hundred_for_a_hundred_and_fifty_places(town: Town) -> None:
    gate = make_gate(make_closed(town.grid))
    shift = make_shift(gate, capacity=PLACES)
    people = [make_person(area=town.grid) for _n in range(CLIENTS)]
    acts = [
        acting(as_person(person, town), commands.claim_shift, shift=shift, person=person)
        for person in people
    ]

    found = in_lanes(acts[lane::LANES] for lane in range(LANES))

    assert Counter(found) == {"done": PLACES, "squads.full": CLIENTS - PLACES}
    standing = Claim.objects.standing().filter(shift=shift)
    assert sorted(standing.values_list("seat", flat=True)) == list(range(1, PLACES + 1))
    assert standing.values("person").distinct().count() == PLACES
    assert Event.objects.filter(kind="squads.shift_claimed").count() == PLACES


def test_claims_cancels_and_a_smaller_capacity_at_once_never_overflow(
    town: Town, team: Team
) -> None:
    shift = make_shift(make_gate(make_closed(town.grid)), capacity=6)
    people = [make_person(area=town.grid) for _n in range(12)]
    users = [as_person(person, town) for person in people]
    held = [make_claim(shift, person) for person in people[:6]]
    lanes = [[acting(u, commands.cancel_claim, claim=c)] for u, c in zip(users, held, strict=False)]
    lanes += [
        [acting(u, commands.claim_shift, shift=shift, person=p)]
        for u, p in zip(users[6:], people[6:], strict=True)
    ]
    lanes.append([acting(team.officer, commands.change_capacity, shift=shift, capacity=4)])

    found = in_lanes(lanes)

    assert set(found) <= {"done", "squads.full", "squads.claimed_beyond"}
    shift.refresh_from_db()
    seats = list(Claim.objects.standing().filter(shift=shift).values_list("seat", flat=True))
    assert len(seats) == len(set(seats)) and max(seats, default=0) <= shift.capacity


def test_the_same_person_from_two_phones_takes_one_place(town: Town) -> None:
    gate, person = make_gate(make_closed(town.grid)), make_person(area=town.grid)
    shift, user = make_shift(gate, capacity=5), as_person(person, town)
    claim = acting(user, commands.claim_shift, shift=shift, person=person)

    found = at_once(*[claim] * 6)

    assert Counter(found) == {"done": 1, "squads.busy": 5}


def test_two_who_ask_each_other_and_agree_at_once_swap_once(town: Town, team: Team) -> None:
    shifts = [make_shift(team.deployment), make_shift(team.deployment, **EVENING)]
    claims = [make_claim(s, p) for s, p in zip(shifts, team.members, strict=True)]
    first, second = (as_person(person, town) for person in team.members)
    there = commands.offer_swap(mine=claims[0], theirs=claims[1], by=first)
    back = commands.offer_swap(mine=claims[1], theirs=claims[0], by=second)

    found = at_once(
        acting(second, commands.agree_to_swap, offer=there),
        acting(first, commands.agree_to_swap, offer=back),
    )

    assert Counter(found) == {"done": 1, "squads.swap_stale": 1}
    holders = list(Claim.objects.order_by("pk").values_list("person", flat=True))
    assert holders == [team.members[1].pk, team.members[0].pk]
    assert SwapOffer.objects.filter(state="agreed").count() == 1


def test_a_swap_and_a_cancellation_at_once_leave_one_of_the_two(town: Town, team: Team) -> None:
    for n in range(4):
        day = timezone.localdate() + timedelta(days=n + 1)
        shifts = [
            make_shift(team.deployment, day=day),
            make_shift(team.deployment, day=day, **EVENING),
        ]
        mine, theirs = (make_claim(s, p) for s, p in zip(shifts, team.members, strict=True))
        first, second = (account(person.pk, town, team) for person in team.members)
        offer = commands.offer_swap(mine=mine, theirs=theirs, by=first)

        found = at_once(
            acting(second, commands.agree_to_swap, offer=offer),
            acting(first, commands.cancel_claim, claim=mine),
        )

        assert found.count("done") == 1
        assert set(found) <= {"done", "squads.claim_cancelled", "squads.not_allowed"}
        standing = Claim.objects.standing().filter(shift__in=shifts)
        assert standing.count() in {1, 2}
        assert standing.values("person").distinct().count() == standing.count()


def account(person_id: int, town: Town, team: Team) -> User:
    found = User.objects.filter(person_id=person_id).first()
    person = next(p for p in team.members if p.pk == person_id)
    return found or as_person(person, town)


def test_a_backend_that_dies_in_the_middle_of_a_dissolution_leaves_the_squad_whole(
    town: Town, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = make_claim(make_shift(team.deployment), team.members[0])
    posts = Appointment.objects.filter(post__group="squad", valid_to=None).count()
    cancel = forming._cancel_shifts

    def lose(squad: Squad, on: Any) -> None:
        cancel(squad, on)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def expect_loss() -> None:
        try:
            with pytest.raises(OperationalError):
                acting(team.officer, commands.dissolve_squad, squad=team.squad, on=MARCH)()
        finally:
            connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(forming, "_cancel_shifts", lose)
        thread = threading.Thread(target=expect_loss)
        thread.start()
        thread.join(30)
    assert Squad.objects.get().dissolved_on is None
    assert not SquadMember.objects.filter(valid_to__isnull=False).exists()
    assert Appointment.objects.filter(post__group="squad", valid_to=None).count() == posts
    assert Claim.objects.standing().get() == claim and Shift.objects.standing().exists()

    acting(team.officer, commands.dissolve_squad, squad=team.squad, on=MARCH)()
    assert Squad.objects.get().dissolved_on == MARCH
    assert not SquadMember.objects.filter(valid_to=None).exists()
    assert not Claim.objects.standing().exists() and not Shift.objects.standing().exists()
