"""What the database refuses whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sanqiao.kernel.models import User
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.service.models import Exemption, MemberCheckIn, Pairing, UnitCheckIn
from tests.make import Town, make_user

from .make import (
    FEBRUARY,
    MARCH,
    Bureau,
    as_person,
    make_bureau,
    make_check_in,
    make_pairing,
    make_placed,
    make_report,
    make_team,
    of_unit,
)

JUNE = date(2020, 6, 29)


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


def breaks(constraint: str, make: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


def test_check_ins_obey_their_constraints(town: Town, bureau: Bureau) -> None:
    by = make_user()
    wrong: dict[str, dict[str, Any]] = {
        "member_check_in_accepted": {"accepted_on": FEBRUARY},
        "member_check_in_dates": {"accepted_on": date(2020, 1, 1), "accepted_by": by},
        "member_check_in_end_says_why": {"ended_on": MARCH},
        "member_check_in_returned": {"ended_on": MARCH, "end_reason": "returned"},
        "member_check_in_placed_after_accepted": {"area": town.grid},
    }
    for constraint, given in wrong.items():
        breaks(constraint, lambda given=given: slip(town, bureau, **given))  # type: ignore[misc]
    slip(town, bureau)
    breaks("member_check_in_one_at_a_time", lambda: slip(town, bureau, checked_in_on=MARCH))


def slip(town: Town, bureau: Bureau, **given: Any) -> MemberCheckIn:
    return make_check_in(bureau.member, bureau.unit, town.community, **given)


def test_a_team_without_acceptance_is_no_placing(town: Town, bureau: Bureau) -> None:
    team = make_team(town.community)
    breaks("placed_after_accepted", lambda: slip(town, bureau, team=team))


def test_pairings_obey_their_constraints(town: Town, bureau: Bureau) -> None:
    make_pairing(bureau.unit, town.community, is_lead=True)
    other = make_bureau(town, "市教育局").unit
    breaks("pairing_once", lambda: make_pairing(bureau.unit, town.community))
    breaks("pairing_one_lead", lambda: make_pairing(other, town.community, is_lead=True))
    breaks("pairing_end_says_why", lambda: make_pairing(other, town.community, valid_to=JUNE))


def test_a_unit_check_in_is_that_of_its_pairing(town: Town, bureau: Bureau) -> None:
    pairing = make_pairing(bureau.unit, town.community)
    far = {"area": town.other_community, "area_path": town.other_community.path}
    breaks(
        "unit_check_in_of_pairing",
        lambda: UnitCheckIn.objects.create(
            pairing=pairing, checked_in_on=MARCH, **of_unit(bureau.unit), **far
        ),
    )


def test_reports_obey_their_constraints(town: Town, bureau: Bureau) -> None:
    by = make_user()
    placed = make_placed(bureau.member, bureau.unit, town.community, by)
    remark = {"remark": "好", "remarked_on": JUNE, "remarked_by": by}
    wrong: dict[str, dict[str, Any]] = {
        "member_report_remark_after_confirmed": remark,
        "member_report_two_pairs_of_eyes": {
            **remark, "confirmed_on": JUNE, "confirmed_by": by
        },
        "member_report_remark_says_something": {
            **remark, "remark": "", "confirmed_on": JUNE
        },
        "member_report_due": {"due_on": date(2020, 6, 1)},
    }  # fmt: skip
    for constraint, given in wrong.items():
        breaks(constraint, lambda given=given: make_report(placed, **given))  # type: ignore[misc]
    make_report(placed)
    breaks("member_report_once", lambda: make_report(placed))


def test_an_exemption_says_why(town: Town, bureau: Bureau) -> None:
    place = {"area": town.community, "area_path": town.community.path}
    breaks(
        "exemption_says_why",
        lambda: Exemption.objects.create(
            person=bureau.member, name="林", reason="", valid_from=FEBRUARY, given_by=make_user(),
            **of_unit(bureau.unit), **place,
        ),
    )  # fmt: skip


def test_paths_follow_the_organisation_when_it_moves(town: Town, bureau: Bureau) -> None:
    pairing = make_pairing(bureau.unit, town.community)
    moved = f"{town.branch.path}{bureau.branch.pk}."
    Organisation.objects.filter(pk=bureau.branch.pk).update(path=moved)

    pairing.refresh_from_db()
    assert pairing.organisation_path == moved


def test_each_side_sees_its_own_and_a_stranger_nothing(
    town: Town, bureau: Bureau, secretary: User, other_clerk: User,
    as_seen_by: Callable[[User], AbstractContextManager[None]],
) -> None:  # fmt: skip
    make_pairing(bureau.unit, town.community)
    slip(town, bureau)
    other = make_bureau(town, "市教育局")
    me, stranger = as_person(bureau.member, town), as_person(other.member, town)
    seen = {}
    for user in (secretary, bureau.liaison, me, other_clerk, other.liaison, stranger):
        with as_seen_by(user):
            by_database = (Pairing.objects.count(), MemberCheckIn.objects.count())
            by_filter = (
                Pairing.objects.visible_to(user).count(),
                MemberCheckIn.objects.visible_to(user).count(),
            )
        assert by_database == by_filter, user
        seen[user.username] = by_database

    assert list(seen.values()) == [(1, 1), (1, 1), (0, 1), (0, 0), (0, 0), (0, 0)]
