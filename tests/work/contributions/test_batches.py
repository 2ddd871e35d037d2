"""Sums are equal on every level, or nothing goes up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import RowsRefused
from sanqiao.registers.areas.commands import move_area
from sanqiao.work.contributions.commands import (
    import_contributions,
    import_remittances,
    post_batch,
    remit_batch,
)
from sanqiao.work.contributions.levels import levels_below
from sanqiao.work.contributions.models import Batch, Contribution, Remittance, Verification
from sanqiao.work.contributions.policies import Difference
from sanqiao.work.contributions.rows import RemittanceRow
from tests.make import Town, make_area, make_membership, make_organisation

from .make import DAY, gift_row, hand_up, make_gift, verify


def test_a_units_gifts_follow_both_its_house_and_who_collects(
    town: Town, clerk: User, city_officer: User
) -> None:
    firm = make_organisation(area=town.community, parent=town.street_committee, setting="unit")
    gift = make_gift(firm, clerk)
    other = make_area("county", town.city, key="420303", name="张湾区")

    moved = move_area(
        area=town.township, to=other, on=DAY, document="示例〔2020〕1号", by=city_officer
    )

    gift.refresh_from_db()
    assert gift.collect_path == moved.path
    assert gift.area_path == f"{moved.path}{town.community.pk}."


def test_money_passes_from_the_branch_to_the_city(
    town: Town, secretary: User, clerk: User, city_officer: User
) -> None:
    gift = make_gift(town.branch, secretary, amount="123.45")
    at_street = verify(hand_up(gift, secretary), clerk).into
    assert at_street is not None and at_street.tier == "county"
    remittance = remit_batch(
        batch=at_street, counted=Decimal("123.45"), handed_on=DAY, voucher="V", by=clerk
    )
    at_city = verify(remittance, city_officer).into

    assert at_city is not None
    assert (at_city.organisation, at_city.tier) == (town.city_committee, "city")
    assert at_city.content == (1, Decimal("123.45"))


def test_a_difference_blocks_and_says_both_numbers(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary, amount="100")
    with pytest.raises(Difference) as refusal:
        hand_up(gift, secretary, counted="90")

    assert (refusal.value.stated, refusal.value.held) == (Decimal(90), (1, Decimal(100)))
    assert "90.00" in refusal.value.message and "100.00" in refusal.value.message
    assert not Remittance.objects.exists()


def test_a_wrong_count_keeps_both_numbers_and_blocks_until_it_is_equal(
    town: Town, secretary: User, clerk: User
) -> None:
    remittance = hand_up(make_gift(town.branch, secretary), secretary)
    with pytest.raises(Refused) as refusal:
        verify(remittance, clerk, counted="95")
    assert refusal.value.code == "contributions.difference_unsaid"

    first = verify(remittance, clerk, counted="95", note="少一张")
    assert (first.into, first.stated, first.counted, first.difference) == (
        None,
        Decimal(100),
        Decimal(95),
        Decimal(-5),
    )
    assert Batch.objects.with_state().get(pk=remittance.batch_id).state == "differs"  # type: ignore[attr-defined]

    assert verify(remittance, clerk).into is not None
    assert Batch.objects.with_state().get(pk=remittance.batch_id).state == "accepted"  # type: ignore[attr-defined]
    with pytest.raises(Refused) as again:
        verify(remittance, clerk)
    assert again.value.code == "contributions.accepted"


def test_nobody_counts_what_they_handed_up(town: Town, clerk: User) -> None:
    remittance = hand_up(make_gift(town.branch, clerk), clerk)
    with pytest.raises(Refused) as refusal:
        verify(remittance, clerk)

    assert refusal.value.code == "contributions.own_batch"
    with pytest.raises(IntegrityError), transaction.atomic():
        Verification.of(
            town.branch, remittance=remittance, to=remittance.to, stated=100, counted=99,
            verified_on=DAY, note="x", by=clerk,
        ).save()  # fmt: skip


def test_handing_up_twice_is_handing_up_once(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)
    first = hand_up(gift, secretary, voucher="V1")

    assert hand_up(gift, secretary, voucher="V1") == first
    with pytest.raises(Refused) as refusal:
        hand_up(gift, secretary, voucher="V2")
    assert refusal.value.code == "contributions.handed_up"


def test_nothing_enters_a_batch_that_was_handed_up(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)
    hand_up(gift, secretary)
    later = make_gift(town.branch, secretary)
    assert later.batch != gift.batch

    row = gift_row(make_membership(organisation=town.branch), batch_key=gift.batch.key)
    with pytest.raises(RowsRefused) as refusal:
        import_contributions(rows=[row], by=secretary)
    assert refusal.value.code == "contributions.batch_closed"


def test_the_database_refuses_a_remittance_that_is_not_the_sum(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)
    with pytest.raises(IntegrityError, match="holds 100.00, not 101.00"), transaction.atomic():
        Remittance.of(
            town.branch, batch=gift.batch, to=town.street_committee, entries=1,
            total=Decimal("101.00"), handed_on=DAY, voucher="V",
        ).save()  # fmt: skip


def test_the_database_takes_no_unequal_count_into_a_batch(
    town: Town, secretary: User, clerk: User
) -> None:
    first = verify(hand_up(make_gift(town.branch, secretary), secretary), clerk)
    remittance = hand_up(make_gift(town.branch, secretary), secretary)
    wrong = Verification.of(
        town.branch, remittance=remittance, to=remittance.to, stated=100, counted=99,
        into=first.into, verified_on=DAY, note="x",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="verification_equal_or_blocked"), transaction.atomic():
        wrong.save()
    wrong.stated = Decimal(99)
    of_what = "verification_of_what_was_stated"
    with pytest.raises(IntegrityError, match=of_what), transaction.atomic():
        wrong.save()


def test_the_same_batch_posted_three_times_is_one_batch(town: Town, secretary: User) -> None:
    members = [make_membership(organisation=town.branch) for _n in range(3)]
    rows = [gift_row(member, "50") for member in members]
    posted = [
        post_batch(
            organisation=town.branch, key="2020-1", rows=rows, counted=Decimal(150),
            handed_on=DAY, voucher="V", by=secretary,
        )
        for _n in range(3)
    ]  # fmt: skip

    assert len(set(posted)) == Batch.objects.count() == Remittance.objects.count() == 1
    assert Contribution.objects.count() == 3


def test_a_key_stands_for_one_content(town: Town, secretary: User) -> None:
    row = gift_row(make_membership(organisation=town.branch), "50")
    facts = {"organisation": town.branch, "key": "2020-1", "handed_on": DAY, "voucher": "V"}
    post_batch(rows=[row], counted=Decimal(50), by=secretary, **facts)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refusal:
        post_batch(
            rows=[row._replace(amount=Decimal(60))],
            counted=Decimal(60),
            by=secretary,
            **facts,  # type: ignore[arg-type]
        )

    assert refusal.value.code == "contributions.key_reused"


def test_a_posted_batch_that_does_not_add_up_leaves_nothing(town: Town, secretary: User) -> None:
    row = gift_row(make_membership(organisation=town.branch), "50")
    with pytest.raises(Difference):
        post_batch(
            organisation=town.branch, key="2020-1", rows=[row], counted=Decimal(49),
            handed_on=DAY, voucher="V", by=secretary,
        )  # fmt: skip

    assert not Contribution.objects.exists() and not Batch.objects.exists()


def remittance_row(town: Town, total: str, **given: object) -> RemittanceRow:
    row = RemittanceRow(
        town.branch.code, "2020-1", "branch", Decimal(total), DAY, "V", Decimal(total), DAY, "",
        "2020-1",
    )  # fmt: skip
    return row._replace(**given)  # type: ignore[arg-type]


def test_papers_of_a_tier_are_entered_once(town: Town, secretary: User, clerk: User) -> None:
    members = [make_membership(organisation=town.branch) for _n in range(3)]
    import_contributions(rows=[gift_row(member, "50") for member in members], by=secretary)
    rows = [remittance_row(town, "150")]

    assert import_remittances(rows=rows, by=clerk).created == 1
    assert import_remittances(rows=rows, by=clerk).unchanged == 1
    assert Verification.objects.get().counted == 150


def test_a_paper_that_differs_is_refused_with_both_numbers(
    town: Town, secretary: User, clerk: User
) -> None:
    import_contributions(
        rows=[gift_row(make_membership(organisation=town.branch), "50")], by=secretary
    )
    with pytest.raises(RowsRefused) as refusal:
        import_remittances(rows=[remittance_row(town, "51")], by=clerk)

    assert refusal.value.code == "contributions.difference"
    assert "51.00" in refusal.value.message and "50.00" in refusal.value.message
    with pytest.raises(RowsRefused) as unknown:
        import_remittances(rows=[remittance_row(town, "50", batch_key="9")], by=clerk)
    assert unknown.value.code == "contributions.unknown_batch"


def test_the_board_adds_up_at_each_level(town: Town, secretary: User, clerk: User) -> None:
    """100 accepted, 40 on the way, 7 with a difference, 3 still at the branch."""
    verify(hand_up(make_gift(town.branch, secretary, "100"), secretary), clerk)
    hand_up(make_gift(town.branch, secretary, "40"), secretary)
    remittance = hand_up(make_gift(town.branch, secretary, "7"), secretary)
    verify(remittance, clerk, counted="6", note="少一元")
    make_gift(town.branch, secretary, "3")
    make_gift(make_organisation(area=town.community, parent=town.branch), secretary, "0.50")

    level = levels_below(town.street_committee)[town.branch.pk]
    assert (level.given, level.accepted, level.waiting, level.differing) == (
        Decimal("150.50"), Decimal(100), Decimal(40), Decimal(7),
    )  # fmt: skip
    assert level.below == Decimal("3.50")
    assert not level.is_equal
    assert set(levels_below(town.city_committee)) == {town.street_committee.pk}
