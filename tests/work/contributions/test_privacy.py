"""What a member gave is for the member and for those who collect there; no one ranks it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Change, Event, User
from sanqiao.kernel.roles import ROLES
from sanqiao.kernel.scope import NOTHING, applied
from sanqiao.work.contributions.models import Contribution
from tests.make import Town, make_grant, make_membership, make_organisation, make_user

from .make import make_gift

SeenBy = Callable[[User], AbstractContextManager[None]]
COLLECTORS = {"community_secretary", "township_clerk", "unit_liaison"}


def seen(user: User, as_seen_by: SeenBy) -> set[str]:
    """Receipts that the database shows, which are those of the ORM."""
    fresh = User.objects.get(pk=user.pk)
    by_orm = set(Contribution.objects.visible_to(fresh).values_list("receipt", flat=True))
    with as_seen_by(fresh):
        by_database = set(Contribution.objects.values_list("receipt", flat=True))
    assert by_orm == by_database
    return by_database


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_gifts_only_where_it_collects(
    town: Town, secretary: User, role: str, as_seen_by: SeenBy
) -> None:
    make_gift(town.branch, secretary, receipt="own")
    make_gift(town.other_branch, secretary, receipt="other")
    user = make_grant(role=role, area=town.community).user

    assert seen(user, as_seen_by) == ({"own"} if role in COLLECTORS else set())


def test_a_member_sees_only_the_own_gift(town: Town, secretary: User, as_seen_by: SeenBy) -> None:
    mine = make_gift(town.branch, secretary, receipt="mine")
    make_gift(town.branch, secretary, receipt="peer's")
    member = make_grant(
        role="member", area=town.community, user=make_user(person_id=mine.person_id)
    ).user

    assert seen(member, as_seen_by) == {"mine"}


def test_a_grid_worker_of_the_same_branch_sees_no_peer(
    town: Town, secretary: User, grid_worker: User, as_seen_by: SeenBy
) -> None:
    make_gift(town.branch, secretary)

    assert seen(grid_worker, as_seen_by) == set()


def test_a_grant_that_ended_shows_nothing(town: Town, secretary: User, as_seen_by: SeenBy) -> None:
    make_gift(town.branch, secretary)
    user = make_grant(role="township_clerk", area=town.township, valid_to=date(2020, 1, 1)).user

    assert seen(user, as_seen_by) == set()


def test_without_a_scope_nothing_is_there(town: Town, secretary: User) -> None:
    make_gift(town.branch, secretary)
    with applied(NOTHING, actor=None, request="test"):
        assert not Contribution.objects.exists()


def test_a_liaison_of_an_organisation_collects_in_it(
    town: Town, secretary: User, as_seen_by: SeenBy
) -> None:
    make_gift(town.branch, secretary, receipt="own")
    make_gift(town.other_branch, secretary, receipt="other")
    user = make_grant(role="unit_liaison", organisation=town.branch).user

    assert seen(user, as_seen_by) == {"own"}


def test_a_house_in_the_street_gives_the_street_no_right_over_the_unit(
    town: Town, clerk: User, secretary: User, as_seen_by: SeenBy
) -> None:
    """A municipal unit in the community passes its money to the city's committee."""
    unit = make_organisation(area=town.community, parent=town.city_committee, setting="unit")
    branch = make_organisation(area=town.community, parent=unit, setting="unit")
    office = make_organisation(area=town.community, parent=town.street_committee, setting="unit")
    liaison = make_grant(role="unit_liaison", organisation=unit).user
    make_gift(branch, liaison, receipt="unit's")
    make_gift(office, clerk, receipt="street's own office")

    assert seen(clerk, as_seen_by) == {"street's own office"}
    assert seen(secretary, as_seen_by) == set()
    assert seen(liaison, as_seen_by) == {"unit's"}
    with as_seen_by(clerk), pytest.raises(Refused) as refusal:
        make_gift(branch, clerk)
    assert refusal.value.code == "contributions.not_allowed"


@settings(max_examples=12)
@given(st.data())
def test_orm_and_row_level_security_agree_row_for_row(data: st.DataObject) -> None:
    with transaction.atomic():
        from tests.make import make_town

        town = make_town()
        loader = make_grant(role="city_officer", area=town.city).user
        branches = [town.branch, town.other_branch, make_organisation(parent=town.branch)]
        gifts = [make_gift(branch, loader, receipt=f"{n}") for n, branch in enumerate(branches)]
        person = data.draw(st.sampled_from([None, gifts[0].person_id, gifts[2].person_id]))
        user = make_user(person_id=person)
        for _n in range(data.draw(st.integers(0, 2))):
            role = data.draw(st.sampled_from(["member", "township_clerk", "unit_liaison"]))
            place: dict[str, Any] = {"area": data.draw(st.sampled_from([town.township, town.grid]))}
            if data.draw(st.booleans()):
                place = {"organisation": data.draw(st.sampled_from(branches))}
            make_grant(user=user, role=role, **place)
        seen(user, lambda user: _acting(user))
        transaction.set_rollback(True)


def _acting(user: User) -> AbstractContextManager[None]:
    from sanqiao.kernel.scope import acting_as

    return acting_as(user)


def test_history_and_events_hold_no_amount(town: Town, secretary: User) -> None:
    """Both are read by more people than the ledger."""
    gift = make_gift(town.branch, secretary, amount="777.70")
    changes = Change.objects.filter(table="contributions_contribution", row_id=gift.pk)

    assert [change.before for change in changes] == [None]
    assert not [e for e in Event.objects.all() if "777" in str(e.data) + e.subject_name]


def test_no_list_of_gifts_can_be_sorted_by_amount(town: Town) -> None:
    from sanqiao.web.contributions.listings import CONTRIBUTIONS

    (amount,) = (column for column in CONTRIBUTIONS.columns if column.name == "amount")
    assert not amount.sort
    assert make_membership(organisation=town.branch).person.contributions.count() == 0
