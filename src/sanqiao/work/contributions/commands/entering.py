"""One entry at a time, from the branch's form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Person
from sanqiao.work.contributions.models import Batch, Contribution
from sanqiao.work.contributions.policies import (
    Gift,
    check_amount,
    check_can_reverse,
    check_is_member,
    check_may,
    check_same,
)

from .batches import open_batch

RECEIPT_TAKEN = Reason(
    "contributions.receipt_taken", "receipt", _("收据号已由其他党组织使用，请核对")
)
BATCH_CLOSED = Reason("contributions.batch_closed", "batch_key", _("这一批已经上缴，不能再登记"))
REASONS = {
    "contribution_receipt_once": RECEIPT_TAKEN,
    "contribution_amount": Reason("contributions.amount", "amount", _("金额应大于零")),
    "batch_open": BATCH_CLOSED,
    "contributions_contribution_reverses_id_key": Reason(
        "contributions.reversed", "receipt", _("这一笔已经冲正")
    ),
}


class GiftFacts(TypedDict):
    receipt: str
    given_on: date
    amount: Decimal
    way: str
    collector: str


@transaction.atomic
def enter_contribution(
    *, organisation: Organisation, person: Person, by: User, **facts: Unpack[GiftFacts]
) -> Contribution:
    """Enter what a member gave; entered already in the same words, it is that entry.

    Raises Refused: contributions.not_allowed, not_member, amount, receipt_taken.
    """
    check_may(by, "contributions.collect", organisation)
    gift = Gift(**facts)
    check_amount(gift.amount)
    known = Contribution.objects.filter(receipt=gift.receipt).first()
    if known is not None:
        check_same(known, person, organisation, gift)
        return known
    check_is_member(person, organisation, gift.given_on)
    entry = _keep(organisation, person_id=person.pk, **facts)
    note("contributions.entered", subject=entry, by=by)
    return entry


@transaction.atomic
def reverse_contribution(
    *, contribution: Contribution, receipt: str, on: date, reason: str, by: User
) -> Contribution:
    """Take an entry back by an entry of the negative amount, in the branch's open batch.

    Raises Refused: contributions.not_allowed, reversed, is_reversal, reverse_too_early, no_reason,
    receipt_taken.
    """
    entry = Contribution.objects.select_related("organisation").get(pk=contribution.pk)
    check_can_reverse(entry, on, reason, by)
    reversal = _keep(
        entry.organisation, person_id=entry.person_id, receipt=receipt.strip(), given_on=on,
        amount=-entry.amount, way=entry.way, collector=entry.collector, reverses=entry,
        reason=reason.strip(),
    )  # fmt: skip
    note("contributions.reversed", subject=reversal, by=by, reverses=entry.receipt)
    return reversal


def _keep(organisation: Organisation, **given: object) -> Contribution:
    batch = open_batch(organisation, Batch.Tier.BRANCH)
    entry = Contribution.of(organisation, batch=batch, collect_path=batch.collect_path, **given)
    with refusing(REASONS):
        entry.save()
    return entry
