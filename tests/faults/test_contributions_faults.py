"""The same batch posted three times at once, and clerks who hand up while others enter."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as
from sanqiao.work.contributions.commands import post_batch
from sanqiao.work.contributions.models import Batch, Contribution, Remittance
from tests.faults.at_once import at_once
from tests.make import Town, make_grant, make_membership, make_town, make_user
from tests.work.contributions.make import DAY, gift_row, hand_up, make_gift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def standing() -> tuple[Town, User]:
    """The small town, and 陈, who collects in its first community."""
    town = make_town()
    user = make_grant(
        role="community_secretary", area=town.community, user=make_user(username="chen")
    ).user
    return town, User.objects.get(pk=user.pk)


def test_a_batch_posted_three_times_at_once_is_one_batch(standing: tuple[Town, User]) -> None:
    town, by = standing
    rows = [gift_row(make_membership(organisation=town.branch), "50") for _n in range(20)]

    def post() -> object:
        with acting_as(by):
            return post_batch(
                organisation=town.branch, key="2020-1", rows=rows, counted=Decimal(1000),
                handed_on=DAY, voucher="V", by=by,
            ).pk  # fmt: skip

    found = at_once(post, post, post)

    assert len(found) == 3 and len(set(found)) == 1, found
    assert Batch.objects.count() == Remittance.objects.count() == 1
    assert Contribution.objects.count() == 20


def test_a_gift_entered_while_its_batch_goes_up_is_never_lost(
    standing: tuple[Town, User],
) -> None:
    """Either it is in the sum, which then is refused, or it lies in the next batch."""
    town, by = standing
    members = [make_membership(organisation=town.branch).person for _n in range(6)]
    with acting_as(by):
        first = make_gift(town.branch, by, "100", person=members[0])

    def enter(n: int) -> Callable[[], object]:
        def act() -> object:
            with acting_as(by):
                return make_gift(town.branch, by, "100", person=members[n], receipt=f"N{n}").pk

        return act

    def remit() -> object:
        with acting_as(by):
            return hand_up(first, by, counted="100", voucher="V").pk

    found = at_once(enter(1), enter(2), remit, enter(3), enter(4))

    assert Contribution.objects.count() == 5
    assert len(found) == 5 and "contributions.batch_closed" not in found, found
    for remittance in Remittance.objects.all():
        assert remittance.batch.content == (remittance.entries, remittance.total)
    held = sum((batch.content.total for batch in Batch.objects.all()), Decimal(0))
    assert held == 500
    assert set(found) & {"contributions.difference"} or Remittance.objects.count() == 1
