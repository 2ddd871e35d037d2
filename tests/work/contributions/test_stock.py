"""Goods have a basis and a use; money spent has arrived before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, RowsRefused
from sanqiao.work.contributions.commands import (
    deliver_goods,
    import_deliveries,
    import_goods,
    import_spending,
    remit_batch,
    reverse_delivery,
    reverse_goods,
    reverse_spending,
    spend,
)
from sanqiao.work.contributions.models import Delivery, Goods, Spending
from sanqiao.work.contributions.rows import DeliveryRow, GoodsRow, SpendingRow
from tests.make import Town

from .make import DAY, hand_up, make_gift, make_goods, verify


def deliver(goods: Goods, by: User, quantity: str = "40", **given: Any) -> Delivery:
    usual: dict[str, Any] = {
        "number": f"D{Delivery.objects.count()}", "delivered_on": DAY, "receiver": "三桥社区",
        "signed_by": "何", "use": "值守",
    }  # fmt: skip
    return deliver_goods(goods=goods, quantity=Decimal(quantity), by=by, **usual | given)


def test_goods_are_valued_exactly(town: Town, clerk: User) -> None:
    goods = make_goods(
        town.street_committee, clerk, quantity=Decimal("3.33"), price=Decimal("0.07")
    )
    goods.refresh_from_db()

    assert goods.value == Decimal("0.2331")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"price": Decimal(-1)}, "price"),
        ({"basis_note": ""}, "no_basis"),
    ],
)
def test_goods_without_basis_or_quantity_are_refused(
    town: Town, clerk: User, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        make_goods(town.street_committee, clerk, **given)

    assert refusal.value.code == f"contributions.{code}"


def test_no_more_goes_out_than_came_in(town: Town, clerk: User) -> None:
    goods = make_goods(town.street_committee, clerk)
    first = deliver(goods, clerk, "60")
    with pytest.raises(Refused) as refusal:
        deliver(goods, clerk, "41")
    assert refusal.value.code == "contributions.in_stock"
    assert goods.left == 40

    reverse_delivery(delivery=first, number="D-H", on=DAY, reason="退回", by=clerk)
    assert goods.left == 100
    deliver(goods, clerk, "100")


def test_a_use_is_said(town: Town, clerk: User) -> None:
    with pytest.raises(Refused) as refusal:
        deliver(make_goods(town.street_committee, clerk), clerk, use="")

    assert refusal.value.code == "contributions.no_use"


def test_a_lot_is_taken_back_while_nothing_of_it_is_out(town: Town, clerk: User) -> None:
    goods = make_goods(town.street_committee, clerk)
    gone = deliver(goods, clerk)
    with pytest.raises(Refused) as refusal:
        reverse_goods(goods=goods, number="H", on=DAY, reason="误", by=clerk)
    assert refusal.value.code == "contributions.in_stock"

    reverse_delivery(delivery=gone, number="D-H", on=DAY, reason="退回", by=clerk)
    reversal = reverse_goods(goods=goods, number="H", on=DAY, reason="误", by=clerk)
    assert (reversal.quantity, reversal.reverses) == (Decimal(-100), goods)
    with pytest.raises(Refused) as again:
        deliver(goods, clerk)
    assert again.value.code == "contributions.in_stock"


def test_goods_and_payments_stay_as_entered(town: Town, clerk: User) -> None:
    goods = make_goods(town.street_committee, clerk)
    for change in (goods.delete, lambda: Goods.objects.update(price=1)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


@pytest.fixture
def arrived(town: Town, secretary: User, clerk: User, city_officer: User) -> None:
    """100 yuan at the city."""
    at_street = verify(hand_up(make_gift(town.branch, secretary), secretary), clerk).into
    assert at_street is not None
    remittance = remit_batch(
        batch=at_street, counted=Decimal(100), handed_on=DAY, voucher="V", by=clerk
    )
    verify(remittance, city_officer)


def pay(town: Town, by: User, amount: str) -> Spending:
    return spend(
        organisation=town.city_committee, number=f"Z{Spending.objects.count()}", by=by,
        purpose="supplies", what="购口罩", amount=Decimal(amount), spent_on=DAY,
    )  # fmt: skip


@pytest.mark.usefixtures("arrived")
def test_no_more_is_spent_than_has_arrived(town: Town, city_officer: User) -> None:
    first = pay(town, city_officer, "70")
    with pytest.raises(Refused) as refusal:
        pay(town, city_officer, "30.01")
    assert refusal.value.code == "contributions.not_covered"

    reversal = reverse_spending(
        spending=first, number="Z-H", on=DAY, reason="退货", by=city_officer
    )
    assert (reversal.amount, reversal.purpose) == (Decimal(-70), "supplies")
    pay(town, city_officer, "100")


def test_money_on_the_way_is_not_spent(town: Town, secretary: User, city_officer: User) -> None:
    make_gift(town.branch, secretary)
    with pytest.raises(Refused):
        pay(town, city_officer, "1")


def goods_row(town: Town, **given: Any) -> GoodsRow:
    row = GoodsRow(
        "G-1", "某企业", "口罩", "", "只", Decimal(10), Decimal("2.50"), "market", "询价", DAY,
        town.street_committee.code,
    )  # fmt: skip
    return row._replace(**given)


@pytest.mark.usefixtures("arrived")
def test_papers_are_entered_once(town: Town, clerk: User, city_officer: User) -> None:
    goods = [goods_row(town)]
    delivery = [DeliveryRow("D-1", "G-1", Decimal(4), DAY, "三桥社区", "何", "值守")]
    payment = [SpendingRow("Z-1", town.city_committee.code, "hardship", "帮扶", Decimal(9), DAY)]
    acts: list[tuple[Any, Any, User]] = [
        (import_goods, goods, clerk), (import_deliveries, delivery, clerk),
        (import_spending, payment, city_officer),
    ]  # fmt: skip
    for command, rows, by in acts:
        assert command(rows=rows, by=by) == Imported(1, 0, 0)
        assert command(rows=rows, by=by) == Imported(0, 0, 1)


def test_papers_in_other_words_are_refused(town: Town, clerk: User) -> None:
    import_goods(rows=[goods_row(town)], by=clerk)
    with pytest.raises(RowsRefused) as refusal:
        import_goods(rows=[goods_row(town, quantity=Decimal(11))], by=clerk)
    assert refusal.value.code == "contributions.number_taken"

    with pytest.raises(RowsRefused) as unknown:
        row = DeliveryRow("D-1", "none", Decimal(4), DAY, "三桥社区", "何", "值守")
        import_deliveries(rows=[row], by=clerk)
    assert unknown.value.code == "contributions.unknown_goods"


def test_more_than_the_lot_in_a_file_is_refused(town: Town, clerk: User) -> None:
    import_goods(rows=[goods_row(town)], by=clerk)
    row = DeliveryRow("D-1", "G-1", Decimal(6), DAY, "三桥社区", "何", "值守")
    with pytest.raises(RowsRefused) as refusal:
        import_deliveries(rows=[row, row._replace(number="D-2")], by=clerk)

    assert [error.row for error in refusal.value.errors] == [1]
    assert refusal.value.code == "contributions.in_stock"


def test_who_may_not_pass_enters_no_goods(town: Town, grid_worker: User, as_seen_by: Any) -> None:
    with as_seen_by(grid_worker), pytest.raises(Refused) as refusal:
        make_goods(town.branch, grid_worker)

    assert refusal.value.code == "contributions.not_allowed"
