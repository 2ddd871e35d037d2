"""Goods: received and valued, handed out for a use; taken back only by a reversal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.contributions.models import Delivery, Goods
from sanqiao.work.contributions.policies import (
    check_may,
    check_reverses,
    check_reversible,
)

PASS = "contributions.pass"  # noqa: S105 - an act
REVERSED = Reason("contributions.reversed", "number", _("这一笔已经冲正"))
REASONS = {
    "contributions_goods_reverses_id_key": REVERSED,
    "contributions_delivery_reverses_id_key": REVERSED,
    "contributions_goods_number_key": Reason(
        "contributions.number_taken", "number", _("接收单号已登记")
    ),
    "contributions_delivery_number_key": Reason(
        "contributions.number_taken", "number", _("发放单号已登记")
    ),
    "goods_quantity": Reason("contributions.quantity", "quantity", _("数量应大于零")),
    "delivery_quantity": Reason("contributions.quantity", "quantity", _("数量应大于零")),
    "goods_price": Reason("contributions.price", "price", _("单价不能为负")),
    "goods_basis_said": Reason("contributions.no_basis", "basis_note", _("请写明单价依据")),
    "delivery_use_said": Reason("contributions.no_use", "use", _("请写明用途")),
    "delivery_in_stock": Reason("contributions.in_stock", "quantity", _("超过这批物资的结存")),
}
COPIED = ("donor", "name", "specification", "measure", "price", "basis", "basis_note")
HANDED = ("receiver", "signed_by", "use")


class GoodsFacts(TypedDict):
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


class DeliveryFacts(TypedDict):
    number: str
    quantity: Decimal
    delivered_on: date
    receiver: str
    signed_by: str
    use: str


@transaction.atomic
def receive_goods(*, organisation: Organisation, by: User, **facts: Unpack[GoodsFacts]) -> Goods:
    """Enter a lot. Raises Refused: contributions.not_allowed, number_taken, quantity, price,
    no_basis."""
    check_may(by, PASS, organisation)
    goods = Goods.of(organisation, value=facts["quantity"] * facts["price"], **facts)
    with refusing(REASONS):
        goods.save()
    note("contributions.goods_received", subject=goods, by=by)
    return goods


@transaction.atomic
def deliver_goods(*, goods: Goods, by: User, **facts: Unpack[DeliveryFacts]) -> Delivery:
    """Hand out a part of a lot. Raises Refused: contributions.not_allowed, in_stock,
    number_taken, quantity, no_use."""
    check_may(by, PASS, goods.organisation)
    value = facts["quantity"] * goods.price
    delivery = Delivery.of(goods.organisation, goods=goods, price=goods.price, value=value, **facts)
    with refusing(REASONS):
        delivery.save()
    note("contributions.goods_delivered", subject=delivery, by=by)
    return delivery


@transaction.atomic
def reverse_goods(*, goods: Goods, number: str, on: date, reason: str, by: User) -> Goods:
    """Take a lot back, of which nothing is handed out. Raises Refused: contributions.not_allowed,
    reversed, is_reversal, reverse_too_early, no_reason, in_stock, number_taken."""
    goods = Goods.objects.select_related("organisation").get(pk=goods.pk)
    check_reversible(goods, PASS, by)
    check_reverses(goods.received_on, on, reason)
    copied = {name: getattr(goods, name) for name in COPIED}
    reversal = Goods.of(
        goods.organisation, number=number, quantity=-goods.quantity, value=-goods.value,
        received_on=on, reverses=goods, reason=reason.strip(), **copied,
    )  # fmt: skip
    with refusing(REASONS):
        reversal.save()
    note("contributions.goods_reversed", subject=reversal, by=by, reverses=goods.number)
    return reversal


@transaction.atomic
def reverse_delivery(
    *, delivery: Delivery, number: str, on: date, reason: str, by: User
) -> Delivery:
    """Goods that were handed out came back. Raises Refused: contributions.not_allowed, reversed,
    is_reversal, reverse_too_early, no_reason, number_taken."""
    delivery = Delivery.objects.select_related("organisation", "goods").get(pk=delivery.pk)
    check_reversible(delivery, PASS, by)
    check_reverses(delivery.delivered_on, on, reason)
    copied = {name: getattr(delivery, name) for name in HANDED}
    reversal = Delivery.of(
        delivery.organisation, goods=delivery.goods, price=delivery.price, number=number,
        quantity=-delivery.quantity, value=-delivery.value, delivered_on=on, reverses=delivery,
        reason=reason.strip(), **copied,
    )  # fmt: skip
    with refusing(REASONS):
        reversal.save()
    note("contributions.delivery_reversed", subject=reversal, by=by, reverses=delivery.number)
    return reversal
