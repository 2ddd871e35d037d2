"""Handing in, accepting, moving house, ending: rule by rule, refusal by refusal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.history import history_of
from sanqiao.kernel.models import Event, User
from sanqiao.registers.people.models import Person
from sanqiao.work.service import commands
from sanqiao.work.service.models import MemberCheckIn
from tests.make import Town, make_area, make_membership, make_person

from .make import (
    FEBRUARY,
    MARCH,
    Bureau,
    as_person,
    make_bureau,
    make_check_in,
    make_placed,
    make_team,
)

As = Callable[[User], AbstractContextManager[None]]


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


def refused(code: str) -> Any:
    class Expected:
        def __enter__(self) -> None:
            self.raises = pytest.raises(Refused)
            self.info = self.raises.__enter__()

        def __exit__(self, *error: Any) -> Any:
            swallowed = self.raises.__exit__(*error)
            assert self.info.value.code == f"service.{code}"
            return swallowed

    return Expected()


def test_a_member_hands_in_where_they_live_and_for_whom_they_work(
    town: Town, bureau: Bureau, as_seen_by: As
) -> None:
    me = as_person(bureau.member, town)
    with as_seen_by(me):
        slip = commands.hand_in(person=bureau.member, on=FEBRUARY, home="3号楼", by=me)

    assert (slip.community, slip.area, slip.unit_name) == (
        town.community,
        town.community,
        "市财政局",
    )
    assert (slip.standing, slip.is_waiting) == ("member", True)
    assert Event.objects.filter(kind="service.checked_in", by_id=me.pk).exists()


def test_nobody_hands_in_for_a_stranger(town: Town, bureau: Bureau, as_seen_by: As) -> None:
    me = as_person(make_person(area=town.far_grid), town)

    with as_seen_by(me), refused("not_allowed"):
        commands.hand_in(person=bureau.member, on=FEBRUARY, by=me)


def test_who_works_in_no_unit_is_not_due(town: Town) -> None:
    farmer = make_person(area=town.grid)
    make_membership(person=farmer, organisation=town.branch)

    with refused("no_unit"):
        commands.hand_in(person=farmer, on=FEBRUARY, by=as_person(farmer, town))


def test_staff_come_through_their_liaison_and_count_apart(town: Town, bureau: Bureau) -> None:
    slip = commands.hand_in(person=bureau.staff, unit=bureau.unit, on=FEBRUARY, by=bureau.liaison)

    assert slip.standing == "staff"


def test_one_open_slip_a_person(town: Town, bureau: Bureau) -> None:
    make_check_in(bureau.member, bureau.unit, town.community)

    with refused("checked_in_already"):
        commands.hand_in(person=bureau.member, on=MARCH, by=as_person(bureau.member, town))


def test_who_is_exempt_does_not_check_in(town: Town, bureau: Bureau) -> None:
    commands.exempt(
        person=bureau.member, unit=bureau.unit, reason=" 长期病休 ", valid_from=FEBRUARY,
        valid_to=None, by=bureau.liaison,
    )  # fmt: skip

    with refused("exempt"):
        commands.hand_in(person=bureau.member, on=MARCH, by=as_person(bureau.member, town))
    with refused("exempt"):
        commands.exempt(
            person=bureau.member, unit=bureau.unit, reason="又一次", valid_from=MARCH,
            valid_to=None, by=bureau.liaison,
        )  # fmt: skip


def test_who_has_checked_in_is_not_exempted(town: Town, bureau: Bureau) -> None:
    make_check_in(bureau.member, bureau.unit, town.community)

    with refused("checked_in_already"):
        commands.exempt(
            person=bureau.member, unit=bureau.unit, reason="病休", valid_from=MARCH,
            valid_to=None, by=bureau.liaison,
        )  # fmt: skip


def test_an_exemption_that_ended_lets_the_person_check_in(town: Town, bureau: Bureau) -> None:
    exemption = commands.exempt(
        person=bureau.member, unit=bureau.unit, reason="驻村", valid_from=FEBRUARY,
        valid_to=None, by=bureau.liaison,
    )  # fmt: skip
    commands.end_exemption(exemption=exemption, on=MARCH, by=bureau.liaison)

    assert commands.hand_in(
        person=bureau.member, on=MARCH, by=as_person(bureau.member, town)
    ).is_waiting


def test_the_community_accepts_into_the_home_grid_and_the_only_team(
    town: Town, bureau: Bureau, secretary: User, as_seen_by: As
) -> None:
    team = make_team(town.community)
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    with as_seen_by(secretary):
        slip = commands.accept_check_in(check_in=slip, on=FEBRUARY, by=secretary)

    assert (slip.area, slip.team, slip.accepted_by) == (town.grid, team, secretary)


def test_a_micro_grid_that_came_later_is_not_used_before_it_came(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    micro = make_area("microgrid", town.grid, valid_from=date(2020, 2, 15))
    Person.objects.filter(pk=bureau.member.pk).update(area=micro, area_path=micro.path)
    slip = make_check_in(bureau.member, bureau.unit, town.community)

    assert commands.accept_check_in(check_in=slip, on=FEBRUARY, by=secretary).area == town.grid
    with refused("grid_elsewhere"):
        commands.place_check_in(check_in=slip, grid=micro, team=None, on=FEBRUARY, by=secretary)
    placed = commands.place_check_in(
        check_in=slip, grid=micro, team=None, on=date(2020, 2, 15), by=secretary
    )
    assert placed.area == micro


def test_with_two_teams_the_community_chooses(town: Town, bureau: Bureau, secretary: User) -> None:
    teams = [make_team(town.community, name) for name in ("一队", "二队")]
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    slip = commands.accept_check_in(check_in=slip, on=FEBRUARY, by=secretary)
    assert slip.team is None

    placed = commands.place_check_in(
        check_in=slip, grid=town.other_grid, team=teams[1], on=MARCH, by=secretary
    )
    assert (placed.area, placed.team) == (town.other_grid, teams[1])


def test_grids_and_teams_of_others_are_refused(town: Town, bureau: Bureau, secretary: User) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    far = make_team(town.other_community)

    with refused("grid_elsewhere"):
        commands.accept_check_in(check_in=slip, grid=town.far_grid, on=FEBRUARY, by=secretary)
    with refused("team_elsewhere"):
        commands.accept_check_in(check_in=slip, team=far, on=FEBRUARY, by=secretary)


def test_nobody_accepts_the_own_slip(town: Town, bureau: Bureau, secretary: User) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    User.objects.filter(pk=secretary.pk).update(person_id=bureau.member.pk)
    secretary = User.objects.get(pk=secretary.pk)

    with refused("own_slip"):
        commands.accept_check_in(check_in=slip, on=FEBRUARY, by=secretary)


def test_a_slip_is_answered_once_and_not_before_it_came(
    town: Town, bureau: Bureau, secretary: User, other_clerk: User
) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    with refused("not_allowed"):
        commands.accept_check_in(check_in=slip, on=FEBRUARY, by=other_clerk)
    with refused("too_early"):
        commands.accept_check_in(check_in=slip, on=FEBRUARY - timedelta(days=1), by=secretary)
    commands.accept_check_in(check_in=slip, on=FEBRUARY, by=secretary)

    with refused("not_waiting"):
        commands.return_check_in(check_in=slip, reason="晚了", on=MARCH, by=secretary)


def test_a_slip_sent_back_says_why_and_makes_room(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    with refused("reason_missing"):
        commands.return_check_in(check_in=slip, reason="  ", on=FEBRUARY, by=secretary)
    commands.return_check_in(check_in=slip, reason="不住这里", on=FEBRUARY, by=secretary)

    again = commands.hand_in(person=bureau.member, on=FEBRUARY, by=as_person(bureau.member, town))
    assert again.is_waiting and MemberCheckIn.objects.count() == 2


def test_moving_house_takes_the_person_along_with_history(
    town: Town, bureau: Bureau, secretary: User, as_seen_by: As
) -> None:
    slip = make_placed(
        bureau.member, bureau.unit, town.community, secretary, area=town.grid, skill="医疗"
    )
    me = as_person(bureau.member, town)
    with as_seen_by(me):
        after = commands.move_house(check_in=slip, to=town.far_grid, on=MARCH, by=me)

    slip.refresh_from_db()
    bureau.member.refresh_from_db()
    assert (slip.ended_on, slip.end_reason, slip.area) == (MARCH, "moved", town.grid)
    assert (after.before, after.community, after.is_waiting) == (slip, town.other_community, True)
    assert (after.skill, after.unit) == ("医疗", bureau.unit)
    assert bureau.member.area == town.far_grid
    assert [v.op for v in history_of(bureau.member)] == ["U", "I"]


def test_moving_within_the_community_only_moves_the_place(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary, area=town.grid)
    me = as_person(bureau.member, town)
    after = commands.move_house(check_in=slip, to=town.other_grid, on=MARCH, by=me)

    assert after.pk == slip.pk and after.area == town.other_grid and after.is_placed


def test_moves_that_make_no_sense_are_refused(
    town: Town, bureau: Bureau, secretary: User, other_clerk: User
) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    me = as_person(bureau.member, town)
    stranger = as_person(make_person(area=town.grid), town)

    with refused("lives_there"):
        commands.move_house(check_in=slip, to=town.grid, on=MARCH, by=me)
    with refused("no_community"):
        commands.move_house(check_in=slip, to=town.township, on=MARCH, by=me)
    with refused("too_early"):
        commands.move_house(check_in=slip, to=town.far_grid, on=date(2020, 1, 1), by=me)
    with refused("not_allowed"):
        commands.move_house(check_in=slip, to=town.far_grid, on=MARCH, by=stranger)
    assert commands.move_house(check_in=slip, to=town.far_grid, on=MARCH, by=other_clerk), (
        "the new community may fetch somebody"
    )
    with refused("ended"):
        commands.move_house(check_in=slip, to=town.other_grid, on=MARCH, by=me)


def test_who_leaves_the_unit_ends_the_check_in(town: Town, bureau: Bureau, secretary: User) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    me = as_person(bureau.member, town)
    with refused("not_allowed"):
        commands.end_check_in(check_in=slip, on=MARCH, reason="left", by=me)

    ended = commands.end_check_in(
        check_in=slip, on=MARCH, reason="left", text="退休", by=bureau.liaison
    )
    assert (ended.state, ended.end_note) == ("离开单位", "退休")


@settings(max_examples=15)
@given(steps=st.lists(st.sampled_from(["in", "accept", "return", "move", "end"]), max_size=8))
def test_whatever_happens_a_person_has_one_open_slip_where_they_live(steps: list[str]) -> None:
    """Any order of acts, on rising days: refused or done, never two places at once."""
    from tests.make import make_grant, make_town, make_user

    town = make_town_once(make_town)
    bureau = make_bureau(town)
    officer = make_grant(role="city_officer", area=town.city, user=make_user()).user
    day = FEBRUARY
    for step in steps:
        day += timedelta(days=1)
        try:
            act(step, town, bureau, officer, day)
        except Refused:
            continue
        rows = MemberCheckIn.objects.filter(person=bureau.member, ended_on=None)
        assert rows.count() <= 1
        lives_in = Person.objects.get(pk=bureau.member.pk).area_path
        assert all(lives_in.startswith(row.community.path) for row in rows)


TOWNS: list[Town] = []


def make_town_once(make: Callable[[], Town]) -> Town:
    """One transaction is around all examples, so they share the town."""
    from sanqiao.registers.areas.models import Area

    if not (TOWNS and Area.objects.filter(pk=TOWNS[0].city.pk).exists()):
        TOWNS[:] = [make()]
    return TOWNS[0]


def act(step: str, town: Town, bureau: Bureau, officer: User, day: date) -> None:
    slips = MemberCheckIn.objects.filter(person=bureau.member).order_by("-id")
    if step == "in":
        commands.hand_in(person=bureau.member, unit=bureau.unit, on=day, by=officer)
        return
    slip = slips.first()
    if slip is None:
        return
    to = town.grid if slip.community == town.other_community else town.far_grid
    given: dict[str, Any] = {"check_in": slip, "on": day, "by": officer}
    run: dict[str, Callable[[], object]] = {
        "accept": lambda: commands.accept_check_in(**given),
        "return": lambda: commands.return_check_in(reason="不住这里", **given),
        "move": lambda: commands.move_house(to=to, **given),
        "end": lambda: commands.end_check_in(reason="other", **given),
    }
    run[step]()
