"""Goods, deliveries and payments in bulk, from the papers of a time without this register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import LiteralString

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up
from sanqiao.registers.areas.imports import TWIN, note_import
from sanqiao.work.contributions.models import Delivery, Goods, Spending
from sanqiao.work.contributions.rows import DeliveryRow, GoodsRow, SpendingRow

from . import goods, spending
from .goods import PASS
from .homes import NO_HOME, homes_of, homes_where, refuse_homes

ENTERED = Reason("contributions.number_taken", "number", _("单号已登记，内容不同；有误的请冲正"))
UNKNOWN_GOODS = Reason("contributions.unknown_goods", "goods_number", _("没有这批物资：%(value)s"))
PLACE = ("organisation_id", "organisation_path", "area_id", "area_path")
GOODS = Upsert(
    Goods, key=("number",), given=(), reasons=goods.REASONS,
    derived=(
        "donor", "name", "specification", "measure", "quantity", "price", "basis", "basis_note",
        "received_on", "value", *PLACE, "reason",
    ),
)  # fmt: skip
DELIVERIES = Upsert(
    Delivery, key=("number",), given=(), reasons=goods.REASONS,
    derived=(
        "goods_id", "price", "value", *PLACE, "quantity", "delivered_on", "receiver", "signed_by",
        "use", "reason",
    ),
)  # fmt: skip
SPENDINGS = Upsert(
    Spending, key=("number",), given=(), reasons=spending.REASONS,
    derived=("purpose", "what", "amount", "spent_on", *PLACE, "reason"),
)  # fmt: skip
OTHER_GOODS: LiteralString = (
    "EXISTS (SELECT FROM contributions_goods t WHERE t.number = s.number"
    " AND (t.quantity, t.price, t.organisation_id, t.name, t.received_on)"
    " IS DISTINCT FROM (s.quantity, s.price, s.organisation_id, s.name, s.received_on))"
)
OTHER_DELIVERY: LiteralString = (
    "EXISTS (SELECT FROM contributions_delivery t WHERE t.number = s.number"
    " AND (t.quantity, t.goods_id, t.delivered_on, t.receiver)"
    " IS DISTINCT FROM (s.quantity, s.goods_id, s.delivered_on, s.receiver))"
)
OTHER_SPENDING: LiteralString = (
    "EXISTS (SELECT FROM contributions_spending t WHERE t.number = s.number"
    " AND (t.amount, t.organisation_id, t.purpose, t.spent_on)"
    " IS DISTINCT FROM (s.amount, s.organisation_id, s.purpose, s.spent_on))"
)


@transaction.atomic
def import_goods(*, rows: Sequence[GoodsRow], by: User) -> Imported:
    """Enter lots by their number; `changed` is always 0. Raises RowsRefused."""
    refusals = Refusals()
    homes = homes_of([row.organisation_code for row in rows], PASS, by, refusals)
    refusals.check()
    values = (
        (*row[:10], row.quantity * row.price, *home.place, "")
        for row, home in zip(rows, homes, strict=True)
    )
    done = _enter(GOODS, values, OTHER_GOODS, refusals)
    return note_import("contributions.goods_imported", done, (h.area_path for h in homes), by)


@transaction.atomic
def import_deliveries(*, rows: Sequence[DeliveryRow], by: User) -> Imported:
    """Enter deliveries by their number; `changed` is always 0. Raises RowsRefused."""
    refusals = Refusals()
    numbers = [row.goods_number for row in rows]
    found = Goods.objects.filter(number__in=set(numbers))
    columns = found.values_list("number", "id", "price", "organisation_id")
    codes = set(found.values_list("organisation__code", flat=True))
    homes = {home.id: home for home in homes_where(code__in=codes).values()}
    known = {number: (pk, price, homes[owner]) for number, pk, price, owner in columns}
    lots = look_up(numbers, known, (0, Decimal(0), NO_HOME), refusals, UNKNOWN_GOODS)
    refuse_homes([home for _pk, _price, home in lots], PASS, by, refusals)
    refusals.check()
    values = (
        (row.number, lot, price, row.quantity * price, *home.place, *row[2:], "")
        for row, (lot, price, home) in zip(rows, lots, strict=True)
    )
    done = _enter(DELIVERIES, values, OTHER_DELIVERY, refusals)
    paths = (home.area_path for _pk, _price, home in lots)
    return note_import("contributions.deliveries_imported", done, paths, by)


@transaction.atomic
def import_spending(*, rows: Sequence[SpendingRow], by: User) -> Imported:
    """Enter payments by their voucher; `changed` is always 0. Raises RowsRefused."""
    refusals = Refusals()
    homes = homes_of([row.organisation_code for row in rows], PASS, by, refusals)
    refusals.check()
    values = (
        (row.number, row.purpose, row.what, row.amount, row.spent_on, *home.place, "")
        for row, home in zip(rows, homes, strict=True)
    )
    done = _enter(SPENDINGS, values, OTHER_SPENDING, refusals)
    return note_import("contributions.spending_imported", done, (h.area_path for h in homes), by)


def _enter(
    upsert: Upsert, values: Iterable[Sequence[object]], other: LiteralString, refusals: Refusals
) -> Imported:
    """New numbers; the same again is unchanged, a known number in other words is refused."""
    staged = upsert.stage(values)
    staged.refuse_twins(refusals, "number", reason=TWIN._replace(field="number"))
    staged.refuse(refusals, other, ENTERED)
    refusals.check()
    return upsert.run(staged)
