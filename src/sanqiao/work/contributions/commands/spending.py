"""What the money was used for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.contributions.models import Spending
from sanqiao.work.contributions.policies import (
    check_amount,
    check_may,
    check_reverses,
    check_reversible,
)

from .goods import PASS, REVERSED

REASONS = {
    "contributions_spending_reverses_id_key": REVERSED,
    "contributions_spending_number_key": Reason(
        "contributions.number_taken", "number", _("凭证号已登记")
    ),
    "spending_covered": Reason("contributions.not_covered", "amount", _("超过已到账的捐款结余")),
    "spending_amount": Reason("contributions.amount", "amount", _("金额应大于零")),
}


class SpendingFacts(TypedDict):
    number: str
    purpose: str
    what: str
    amount: Decimal
    spent_on: date


@transaction.atomic
def spend(*, organisation: Organisation, by: User, **facts: Unpack[SpendingFacts]) -> Spending:
    """Enter a payment. Raises Refused: contributions.not_allowed, amount, not_covered,
    number_taken."""
    check_may(by, PASS, organisation)
    check_amount(facts["amount"])
    spending = Spending.of(organisation, **facts)
    with refusing(REASONS):
        spending.save()
    note("contributions.spent", subject=spending, by=by)
    return spending


@transaction.atomic
def reverse_spending(
    *, spending: Spending, number: str, on: date, reason: str, by: User
) -> Spending:
    """A payment came back. Raises Refused: contributions.not_allowed, reversed, is_reversal,
    reverse_too_early, no_reason, number_taken."""
    spending = Spending.objects.select_related("organisation").get(pk=spending.pk)
    check_reversible(spending, PASS, by)
    check_reverses(spending.spent_on, on, reason)
    reversal = Spending.of(
        spending.organisation, number=number, purpose=spending.purpose, what=spending.what,
        amount=-spending.amount, spent_on=on, reverses=spending, reason=reason.strip(),
    )  # fmt: skip
    with refusing(REASONS):
        reversal.save()
    note("contributions.spending_reversed", subject=reversal, by=by, reverses=spending.number)
    return reversal
