"""Everybody at once: one slip, one answer; a lost backend in the middle of a list: no slip."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connection

from sanqiao.kernel.models import Event, User
from sanqiao.kernel.staging import Stage, Upsert
from sanqiao.registers.people.models import Person
from sanqiao.work.service import commands
from sanqiao.work.service.models import MemberCheckIn
from tests.faults.at_once import acting, at_once
from tests.make import Town, make_grant, make_membership, make_person, make_town, make_user
from tests.work.service.make import (
    FEBRUARY,
    MARCH,
    Bureau,
    as_person,
    check_in_row,
    make_bureau,
    make_check_in,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


@pytest.fixture
def secretaries(town: Town) -> list[User]:
    users = [
        make_grant(role="community_secretary", area=town.community, user=make_user()).user
        for _n in range(4)
    ]
    return [User.objects.get(pk=user.pk) for user in users]


def test_four_secretaries_accept_one_slip_once(
    town: Town, bureau: Bureau, secretaries: list[User]
) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    acts = [
        acting(user, commands.accept_check_in, check_in=slip, on=FEBRUARY) for user in secretaries
    ]

    found = at_once(*acts)

    assert sorted(found) == ["done", *["service.not_waiting"] * 3]
    assert Event.objects.filter(kind="service.check_in_accepted").count() == 1


def test_the_member_the_unit_and_the_community_hand_in_at_once(
    town: Town, bureau: Bureau, secretaries: list[User]
) -> None:
    me = as_person(bureau.member, town)
    row = check_in_row(bureau.member, bureau.unit, checked_in_on=MARCH)
    found = at_once(
        acting(me, commands.hand_in, person=bureau.member, on=FEBRUARY),
        acting(secretaries[0], commands.hand_in, person=bureau.member, on=FEBRUARY),
        acting(bureau.liaison, commands.import_check_ins, rows=[row]),
    )

    assert found.count("done") == 1 and set(found) == {"done", "service.checked_in_already"}
    assert MemberCheckIn.objects.count() == 1


def test_accepting_and_moving_house_at_once_leave_one_open_slip(
    town: Town, bureau: Bureau, secretaries: list[User]
) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    me = as_person(bureau.member, town)
    at_once(
        acting(secretaries[0], commands.accept_check_in, check_in=slip, on=FEBRUARY),
        acting(me, commands.move_house, check_in=slip, to=town.far_grid, on=MARCH),
    )

    open_slips = list(MemberCheckIn.objects.filter(ended_on=None))
    assert [s.community for s in open_slips] == [town.other_community]


def test_a_backend_that_dies_in_the_middle_of_a_list_leaves_no_slip(
    town: Town, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_person(area=town.grid) for _n in range(30)]
    for person in people:
        make_membership(person=person, organisation=bureau.branch)
    rows = [check_in_row(person, bureau.unit) for person in people]
    before = Person.objects.count()
    create = Upsert.create

    def lose(upsert: Upsert, staged: Stage) -> int:
        done = create(upsert, staged)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return done

    def expect_loss() -> None:
        try:
            with pytest.raises(OperationalError):
                acting(bureau.liaison, commands.import_check_ins, rows=rows)()
        finally:
            connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(Upsert, "create", lose)
        thread = threading.Thread(target=expect_loss)
        thread.start()
        thread.join(30)
    assert (MemberCheckIn.objects.count(), Person.objects.count()) == (0, before)

    acting(bureau.liaison, commands.import_check_ins, rows=rows)()
    assert MemberCheckIn.objects.count() == 30
