"""Goods given to the reference city, and what its money was spent on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import NamedTuple

from sanqiao.work.contributions import commands
from sanqiao.work.contributions.rows import DeliveryRow, GoodsRow, SpendingRow

from .city import City
from .draw import day_between, draw, spread
from .part import Part, part_of
from .party import ROOT

GOODS_VALUE, LOTS = 9_000_000, 420
SPENT, PAYMENTS = 10_948_300, 160
RECEIVED = date(2020, 1, 28), date(2020, 4, 20)
PAID = date(2020, 4, 1), date(2020, 6, 28)
DELIVERED_UNTIL = date(2020, 6, 20)
USE = "社区防控值守"
DONORS = (
    "市外企业（示例）",
    "在外乡友（示例）",
    "市内企业（示例）",
    "商会（示例）",
    "外地对口单位（示例）",
)
BASES = {
    "invoice": "捐赠方发票", "market": "当日市场价（三家平均）", "appraisal": "市价格认证机构评估",
    "stated": "捐赠方申报，经复核",
}  # fmt: skip
PURPOSES = {
    "front_line": "慰问一线医务人员和社区干部", "supplies": "购置口罩和消毒用品",
    "communities": "补助村（社区）防控", "hardship": "帮扶困难党员和群众",
}  # fmt: skip


class Item(NamedTuple):
    """Quantities come in tens, so that every value is whole."""

    name: str
    specification: str
    measure: str
    price: str
    most: int


ITEMS = (
    Item("一次性医用口罩", "每只", "只", "2.50", 800),
    Item("N95口罩", "每只", "只", "18.00", 120),
    Item("医用防护服", "一次性", "套", "95.00", 25),
    Item("护目镜", "医用", "副", "32.00", 60),
    Item("84消毒液", "5升", "桶", "26.50", 80),
    Item("医用酒精", "500毫升", "瓶", "9.80", 200),
    Item("红外额温枪", "手持", "支", "220.00", 10),
    Item("一次性手套", "每盒100只", "盒", "35.00", 80),
    Item("蔬菜", "混装", "公斤", "4.20", 600),
    Item("方便食品", "每箱24袋", "箱", "58.00", 60),
)
CHEAPEST = ITEMS[0]._replace(price="1.00", specification="儿童用，每只")
"""The last lot makes the sum come out."""


@dataclass(frozen=True)
class Donated:
    city: City

    @property
    def share(self) -> float:
        return min(self.city.scale, 1)

    @cached_property
    def receivers(self) -> list[str]:
        """The city's committee and the counties'."""
        counties = [f"D{county.key}" for county in self.city.territory.counties]
        return [ROOT, ROOT, *counties]

    @cached_property
    def goods(self) -> list[GoodsRow]:
        """Together the source's value."""
        worth, count = round(GOODS_VALUE * self.share), max(12, round(LOTS * self.share))
        chance = draw("goods")
        shares = spread(worth * 99 // 100, [chance.uniform(0.3, 2) for _ in range(count - 1)])
        lots = [self._lot(n, share, chance) for n, share in enumerate(shares, 1)]
        rest = worth - sum(row.quantity * row.price for row in lots)
        return [*lots, self._row(count, CHEAPEST, Decimal(rest), chance)]

    def _lot(self, n: int, worth: int, chance: Random) -> GoodsRow:
        item = chance.choice(ITEMS)
        tens = max(1, int(worth / Decimal(item.price) / 10))
        return self._row(n, item, Decimal(10 * tens), chance)

    def _row(self, n: int, item: Item, quantity: Decimal, chance: Random) -> GoodsRow:
        basis = chance.choice(list(BASES))
        return GoodsRow(
            f"WZ2020{n:04}", chance.choice(DONORS), item.name, item.specification, item.measure,
            quantity, Decimal(item.price), basis, BASES[basis], day_between(chance, *RECEIVED),
            chance.choice(self.receivers),
        )  # fmt: skip

    @cached_property
    def deliveries(self) -> list[DeliveryRow]:
        """One or two a lot; of every twelfth lot a part is left."""
        return [row for n, lot in enumerate(self.goods) for row in self._of_lot(n, lot)]

    def _of_lot(self, n: int, lot: GoodsRow) -> Iterator[DeliveryRow]:
        chance, places = draw("delivery", lot.number), self.city.territory.places
        whole = lot.quantity // 2 if n % 12 == 0 else lot.quantity
        first = whole // 2 if chance.random() < 0.5 else whole
        for k, quantity in enumerate((first, whole - first), 1):
            if quantity:
                place, day = (
                    chance.choice(places),
                    day_between(chance, lot.received_on, DELIVERED_UNTIL),
                )
                number = f"{lot.number}-{k}"
                yield DeliveryRow(
                    number, lot.number, quantity, day, place.official_name, "社区签收人", USE
                )

    @cached_property
    def spending(self) -> list[SpendingRow]:
        worth, count = round(SPENT * self.share / 100), max(8, round(PAYMENTS * self.share))
        chance = draw("spending")
        shares = spread(worth, [chance.uniform(0.3, 3) for _ in range(count)], least=1)
        return [self._payment(n, 100 * share, chance) for n, share in enumerate(shares, 1)]

    def _payment(self, n: int, amount: int, chance: Random) -> SpendingRow:
        purpose = list(PURPOSES)[n % 4]
        day = day_between(chance, *PAID)
        return SpendingRow(f"ZC2020{n:04}", ROOT, purpose, PURPOSES[purpose], Decimal(amount), day)


def stock_parts(city: City) -> Iterator[Part]:
    donated = Donated(city)
    yield part_of("donated goods", commands.import_goods, lambda: donated.goods)
    yield part_of("deliveries", commands.import_deliveries, lambda: donated.deliveries)
    yield part_of("spending", commands.import_spending, lambda: donated.spending)
