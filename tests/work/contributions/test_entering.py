"""Entries are made once, never changed, and taken back only by another entry."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, User
from sanqiao.work.contributions.commands import enter_contribution, reverse_contribution
from sanqiao.work.contributions.models import Contribution
from tests.make import Town, make_membership, make_person

from .make import DAY, hand_up, make_gift


def test_a_gift_lies_in_the_open_batch_of_its_branch(town: Town, secretary: User) -> None:
    first = make_gift(town.branch, secretary)
    second = make_gift(town.branch, secretary)

    assert first.batch == second.batch
    assert (first.batch.organisation, first.batch.tier) == (town.branch, "branch")
    assert first.area_path == town.community.path


def test_the_event_of_a_gift_names_neither_person_nor_amount(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary, amount="366.60")
    event = Event.objects.get(kind="contributions.entered")

    said = f"{event.subject_name} {event.data}"
    assert gift.person.name not in said and "366" not in said


def test_the_same_receipt_again_is_the_same_gift(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary, receipt="R-1")
    again = make_gift(town.branch, secretary, receipt="R-1", person=gift.person)

    assert again == gift
    assert (
        Contribution.objects.count()
        == Event.objects.filter(kind="contributions.entered").count()
        == 1
    )


def test_a_receipt_in_other_words_is_refused(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary, receipt="R-1")
    with pytest.raises(Refused) as refusal:
        make_gift(town.branch, secretary, receipt="R-1", person=gift.person, amount="200")

    assert refusal.value.code == "contributions.receipt_taken"


def test_only_members_of_the_day_give_through_a_branch(town: Town, secretary: User) -> None:
    stranger = make_person(area=town.community)
    later = make_membership(organisation=town.branch, valid_from=DAY.replace(day=3)).person
    for person in (stranger, later):
        with pytest.raises(Refused) as refusal:
            make_gift(town.branch, secretary, person=person)
        assert refusal.value.code == "contributions.not_member"


def test_who_does_not_collect_there_enters_nothing(
    town: Town, other_clerk: User, city_officer: User, as_seen_by: object
) -> None:
    member = make_membership(organisation=town.branch).person
    for user in (other_clerk, city_officer):
        with as_seen_by(user), pytest.raises(Refused) as refusal:  # type: ignore[operator]
            make_gift(town.branch, user, person=member)
        assert refusal.value.code == "contributions.not_allowed"


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_a_gift_is_more_than_nothing(town: Town, secretary: User, amount: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_gift(town.branch, secretary, amount=amount)

    assert refusal.value.code == "contributions.amount"


def test_a_reversal_names_its_entry_and_takes_all_of_it_back(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary, amount="88.80")
    reversal = reverse_contribution(
        contribution=gift, receipt="R-H", on=DAY, reason="重复登记", by=secretary
    )

    gift.refresh_from_db()
    assert (reversal.reverses, reversal.amount, gift.reversed_on) == (gift, Decimal("-88.80"), DAY)
    assert gift.amount == Decimal("88.80")
    assert gift.batch.content == (2, Decimal(0))


def test_what_was_handed_up_is_reversed_in_the_next_batch(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)
    hand_up(gift, secretary)
    reversal = reverse_contribution(
        contribution=gift, receipt="R-H", on=DAY, reason="登记有误", by=secretary
    )

    assert reversal.batch != gift.batch
    assert reversal.batch.content.total == -100
    assert gift.batch.content.total == 100


@pytest.mark.parametrize(
    ("reason", "day", "code"),
    [("", DAY, "no_reason"), ("误", DAY.replace(day=1), "reverse_too_early")],
)
def test_a_reversal_says_why_and_comes_later(
    town: Town, secretary: User, reason: str, day: object, code: str
) -> None:
    gift = make_gift(town.branch, secretary)
    with pytest.raises(Refused) as refusal:
        reverse_contribution(contribution=gift, receipt="H", on=day, reason=reason, by=secretary)  # type: ignore[arg-type]

    assert refusal.value.code == f"contributions.{code}"


def test_nothing_is_reversed_twice_and_no_reversal_is_reversed(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)
    taken = reverse_contribution(contribution=gift, receipt="H1", on=DAY, reason="误", by=secretary)
    for entry, code in ((gift, "reversed"), (taken, "is_reversal")):
        with pytest.raises(Refused) as refusal:
            reverse_contribution(
                contribution=entry, receipt="H2", on=DAY, reason="误", by=secretary
            )
        assert refusal.value.code == f"contributions.{code}"


# --- what the database refuses ----------------------------------------------------------------


def refused(sql: str, *values: int) -> str:
    """The constraint that says no to the statement, whoever runs it."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as c:
        c.execute("SET LOCAL ROLE NONE")
        c.execute(sql, values)
    return str(error.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_an_entry_is_neither_changed_nor_removed(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)
    table = "contributions_contribution"

    assert refused(f"UPDATE {table} SET amount = 1 WHERE id = %s", gift.pk) == f"{table}_stays"
    assert refused(f"DELETE FROM {table} WHERE id = %s", gift.pk) == f"{table}_stays"
    marked = f"UPDATE {table} SET reversed_on = given_on WHERE id = %s"
    assert refused(marked, gift.pk) == "contribution_marked"


REVERSAL = """
INSERT INTO contributions_contribution (receipt, person_id, organisation_id, organisation_path,
  area_id, area_path, batch_id, collect_path, given_on, amount, way, collector, reverses_id, reason)
SELECT 'H', person_id, organisation_id, organisation_path, area_id, area_path, batch_id,
  collect_path, given_on, %s, way, collector, id, '误' FROM contributions_contribution WHERE id = %s
"""


def test_a_reversal_of_another_amount_is_refused(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)

    assert refused(REVERSAL, -99, gift.pk) == "contributions_reversal"
    assert refused(REVERSAL, 100, gift.pk) == "contribution_amount"


def test_an_entry_follows_the_branch_when_that_moves(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(
            "UPDATE organisations_organisation SET area_id = %s, area_path = %s WHERE id = %s",
            [town.grid.pk, town.grid.path, town.branch.pk],
        )
        cursor.execute("SET LOCAL ROLE sanqiao_web")
    gift.refresh_from_db()

    assert (gift.area_id, gift.area_path) == (town.grid.pk, town.grid.path)


@given(
    amounts=st.lists(st.decimals("0.01", "99999.99", places=2), min_size=1, max_size=8),
    n=st.integers(0, 7),
)
def test_a_batch_holds_the_exact_sum_of_its_entries(
    town: Town, secretary: User, amounts: list[Decimal], n: int
) -> None:
    with transaction.atomic():
        gifts = [make_gift(town.branch, secretary, amount=str(a)) for a in amounts]
        back = gifts[n % len(gifts)]
        reverse_contribution(contribution=back, receipt="H", on=DAY, reason="误", by=secretary)

        assert gifts[0].batch.content == (len(gifts) + 1, sum(amounts) - back.amount)
        transaction.set_rollback(True)


def test_the_command_is_named_in_the_ledger_by_its_actor(town: Town, secretary: User) -> None:
    member = make_membership(organisation=town.branch).person
    enter_contribution(
        organisation=town.branch, person=member, receipt="R", given_on=DAY, way="scan",
        amount=Decimal(1), collector="周", by=secretary,
    )  # fmt: skip

    assert Event.objects.get(kind="contributions.entered").by == "chen"
