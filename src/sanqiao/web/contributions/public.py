"""公示: what came in, what it was used for, what is left. For everybody; sums alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from psycopg.sql import SQL, Identifier

from sanqiao.figures import catalogue, engine
from sanqiao.figures.figure import Figure
from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.staging import run
from sanqiao.registers.areas.models import Area, AreaEdge
from sanqiao.work.contributions.models import Contribution, Delivery, Goods, Spending

MONEY = ("contributions.cash", "contributions.spent", "contributions.balance")
USES = (
    "contributions.spent_front_line", "contributions.spent_supplies",
    "contributions.spent_communities", "contributions.spent_hardship",
)  # fmt: skip
GOODS = ("contributions.goods_value", "contributions.goods_used", "contributions.goods_left")
GIVERS = "contributions.givers"
EVERY = (*MONEY, *USES, *GOODS, GIVERS)
KEPT_SECONDS = 24 * 60 * 60
LAST = SQL(" UNION ALL ").join(
    SQL("SELECT coalesce(max(id), 0) FROM {}").format(Identifier(model._meta.db_table))
    for model in (Contribution, Goods, Delivery, Spending, AreaEdge)
)
"""The last row of everything that the sums stand on."""


@dataclass(frozen=True)
class Sum:
    """A figure of the whole city, in its own unit."""

    name: str | Promise
    value: Decimal
    unit: str | Promise
    definition: str | Promise
    decimals: int

    @property
    def shown(self) -> str:
        return f"{self.value:,.{self.decimals}f}"


@dataclass(frozen=True)
class County:
    """Money of the branches in one county, in the order of the codes: no ranking."""

    name: str
    cash: Decimal


@dataclass(frozen=True)
class Published:
    city: Area
    as_of: date
    givers: Sum
    money: list[Sum]
    uses: list[Sum]
    goods: list[Sum]
    counties: list[County]


class Numbers(NamedTuple):
    """Values by figure code, and money by county id."""

    values: dict[str, Decimal]
    counties: dict[int, Decimal]


def published(as_of: date) -> Published | None:
    """Everything received until the day; None where there is no city yet."""
    city = Area.objects.filter(parent=None).defer("boundary").order_by("path").first()
    if city is None:
        return None
    known, numbers = catalogue.figures_on(timezone.localdate()), _kept(city, as_of)
    sums = {code: _sum(known[code], numbers.values[code]) for code in EVERY}
    counties = Area.objects.filter(pk__in=numbers.counties).defer("boundary").order_by("key")
    return Published(
        city, as_of, sums[GIVERS], [sums[c] for c in MONEY], [sums[c] for c in USES],
        [sums[c] for c in GOODS],
        [County(area.name, numbers.counties[area.pk]) for area in counties],
    )  # fmt: skip


def _kept(city: Area, as_of: date) -> Numbers:
    """From the cache as long as nothing was added to the ledger, in which nothing is changed."""
    with unscoped():
        last = [str(pk) for (pk,) in run(LAST)]
    key = f"contributions.public/{city.pk}/{as_of}/{'-'.join(last)}"
    found: Numbers | None = cache.get(key)
    if found is None:
        found = _numbers(city, as_of)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _numbers(city: Area, as_of: date) -> Numbers:
    known = catalogue.figures_on(timezone.localdate())
    columns = engine.values([known[code] for code in EVERY], as_of)
    cash = columns[MONEY[0]]
    below = cash.tree.children(city.pk) if city.pk in cash.tree else []
    return Numbers(
        {code: _value(columns[code], city.pk) for code in EVERY},
        {pk: _value(cash, pk) for pk in below},
    )


def _value(column: engine.Column, area: int) -> Decimal:
    found = column[area].value if area in column.tree else None
    return found or Decimal(0)


def _sum(figure: Figure, value: Decimal) -> Sum:
    return Sum(figure.name, value, figure.unit, figure.definition, figure.decimals)
