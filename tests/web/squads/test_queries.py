"""A member's own page asks the same of the database for one row and for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.work.squads import commands
from tests.make import Town, make_person
from tests.web.queries import asked
from tests.work.squads.make import (
    Team,
    as_person,
    make_claim,
    make_closed,
    make_gate,
    make_shift,
    make_team,
)

MOST = 10


def more(town: Town, team: Team, n: int) -> None:
    """A place of mine to come and one gone by, one offered to me, one that I ask for, one free."""
    today, (me, other) = timezone.localdate(), team.members
    mine, theirs, asked_for, free = (
        make_shift(team.deployment, day=today + timedelta(days=1 + k + 4 * n)) for k in range(4)
    )
    own, wanted = make_claim(mine, me), make_claim(asked_for, other)
    make_claim(make_shift(team.deployment, day=today - timedelta(days=1 + n)), me)
    commands.offer_swap(mine=own, theirs=wanted, by=as_account(me, town))
    offered = make_claim(theirs, other)
    commands.offer_swap(mine=offered, theirs=own, by=as_account(other, town))
    make_shift(make_gate(make_closed(town.far_grid)), day=free.day)


def as_account(person: object, town: Town) -> User:
    found = User.objects.filter(person_id=person.pk).first()  # type: ignore[attr-defined]
    return found or as_person(person, town)  # type: ignore[arg-type]


def test_my_shifts_ask_ten_times_whatever_there_is(
    town: Town, city_officer: User, signed_in: Callable[[User], Client]
) -> None:
    team = make_team(town, city_officer)
    client = signed_in(as_account(team.members[0], town))
    more(town, team, 0)
    with_one = asked(client, "/squads/mine/")
    for n in range(1, 4):
        more(town, team, n)

    assert asked(client, "/squads/mine/") == with_one
    assert with_one <= MOST
    html = client.get("/squads/mine/").content.decode()
    assert html.count("同意换班") == 4 and "等对方同意" in html and "以前的" in html


def test_gates_of_the_community_where_i_live_are_offered_and_no_others(
    town: Town, city_officer: User, signed_in: Callable[[User], Client]
) -> None:
    person = make_person(area=town.far_grid)
    near, far = make_closed(town.other_community, name="近"), make_closed(town.grid, name="远")
    for unit in (near, far):
        gate = make_gate(unit, name=f"{unit.name}门")
        make_shift(gate, place_name=gate.name)
    html = signed_in(as_person(person, town)).get("/squads/mine/").content.decode()

    assert "近门" in html and "远门" not in html
