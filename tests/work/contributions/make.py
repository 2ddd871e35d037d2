"""Gifts and batches: valid and dull; say only what matters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sanqiao.kernel.models import User
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership, Person
from sanqiao.work.contributions.commands import (
    enter_contribution,
    receive_goods,
    remit_batch,
    verify_remittance,
)
from sanqiao.work.contributions.models import Contribution, Goods, Remittance, Verification
from sanqiao.work.contributions.rows import ContributionRow
from tests.make import make_membership

DAY = date(2020, 3, 2)
number = count(1)


def make_gift(branch: Organisation, by: User, amount: str = "100", **given: Any) -> Contribution:
    """By a new member of the branch unless `person` says."""
    person = given.pop("person", None) or make_membership(organisation=branch).person
    usual: dict[str, Any] = {
        "receipt": f"R{next(number)}", "given_on": DAY, "way": "cash", "collector": "周",
    }  # fmt: skip
    return enter_contribution(
        organisation=branch, person=person, by=by, amount=Decimal(amount), **usual | given
    )


def gift_row(membership: Membership, amount: str = "100", **given: Any) -> ContributionRow:
    person: Person = membership.person
    usual: dict[str, Any] = {
        "receipt": f"R{next(number)}", "name": person.name, "id_number": person.id_number,
        "organisation_code": membership.organisation.code, "given_on": DAY,
        "amount": Decimal(amount), "way": "cash", "collector": "周", "batch_key": "2020-1",
    }  # fmt: skip
    return ContributionRow(**usual | given)


def hand_up(gift: Contribution, by: User, counted: str = "", **given: Any) -> Remittance:
    """The batch of the gift, with the sum that it holds unless `counted` says."""
    batch = gift.batch
    sum_ = Decimal(counted) if counted else batch.content.total
    usual: dict[str, Any] = {"handed_on": DAY, "voucher": f"V{next(number)}"}
    return remit_batch(batch=batch, counted=sum_, by=by, **usual | given)


def verify(remittance: Remittance, by: User, counted: str = "", note: str = "") -> Verification:
    sum_ = Decimal(counted) if counted else remittance.total
    return verify_remittance(
        remittance=remittance, counted=sum_, verified_on=DAY, note_text=note, by=by
    )


def make_goods(organisation: Organisation, by: User, **given: Any) -> Goods:
    usual: dict[str, Any] = {
        "number": f"G{next(number)}", "donor": "某企业", "name": "口罩", "specification": "",
        "measure": "只", "quantity": Decimal("100"), "price": Decimal("2.50"), "basis": "market",
        "basis_note": "三家询价", "received_on": DAY,
    }  # fmt: skip
    return receive_goods(organisation=organisation, by=by, **usual | given)
