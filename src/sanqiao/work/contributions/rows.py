"""What the bulk commands take: one tuple a row; receipts, codes and numbers, not ids."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class ContributionRow(NamedTuple):
    """What a member gave. An empty `name` is not compared; `batch_key` is the branch's own."""

    receipt: str
    name: str
    id_number: str
    organisation_code: str
    given_on: date
    amount: Decimal
    way: str
    collector: str
    batch_key: str


class RemittanceRow(NamedTuple):
    """A batch of an organisation that is handed up to its superior, and perhaps counted there.

    The receiver's batch `into_key` takes it when the count is equal.
    """

    organisation_code: str
    batch_key: str
    tier: str
    total: Decimal
    handed_on: date
    voucher: str
    counted: Decimal | None
    verified_on: date | None
    note: str
    into_key: str


class GoodsRow(NamedTuple):
    number: str
    donor: str
    name: str
    specification: str
    measure: str
    quantity: Decimal
    price: Decimal
    basis: str
    basis_note: str
    received_on: date
    organisation_code: str


class DeliveryRow(NamedTuple):
    number: str
    goods_number: str
    quantity: Decimal
    delivered_on: date
    receiver: str
    signed_by: str
    use: str


class SpendingRow(NamedTuple):
    number: str
    organisation_code: str
    purpose: str
    what: str
    amount: Decimal
    spent_on: date
