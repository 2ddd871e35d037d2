"""空白点: micro-grids that lack a tier."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sanqiao.figures import catalogue, engine
from sanqiao.figures.catalogue.tiers import TIERS
from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.web.listing import Choice, Column, Listing, Search, link, number, text
from sanqiao.web.listing.columns import Row
from sanqiao.web.listing.columns import Value as CellValue
from sanqiao.web.viewing import Viewing

ALL = 2 ** len(TIERS)
TABS = ((_("四级架构"), "tiers:structure"), (_("空白点"), "tiers:gaps"))


def gaps(user: User, viewing: Viewing) -> QuerySet[Area]:
    """With `lacking`, a bit a tier in their order: the very rows of the figure `incomplete`."""
    found: dict[int, list[int]] = defaultdict(list)
    for pk, bits in _lacking(viewing):
        found[bits].append(pk)
    if not found:
        return Area.objects.none().annotate(lacking=Value(0))
    whens = [When(pk__in=pks, then=Value(bits)) for bits, pks in found.items()]
    rows = Area.objects.filter(pk__in=[pk for pks in found.values() for pk in pks])
    return rows.annotate(lacking=Case(*whens, default=0, output_field=IntegerField()))


def _lacking(viewing: Viewing) -> list[tuple[int, int]]:
    """(id, bits), past the reader's scope: areas are public, and a record out of sight counts."""
    day = viewing.as_of
    figure = catalogue.figures_on(day).get("tiers.incomplete")
    if viewing.area is None or figure is None:
        return []
    marks = {
        f"bit_{n}": Case(When(tier.having(day), then=Value(0)), default=Value(2**n))
        for n, tier in enumerate(TIERS)
    }
    with unscoped():
        rows = engine.rows_of(figure, viewing.area, day).annotate(**marks)
        return [(pk, sum(bits)) for pk, *bits in rows.values_list("pk", *marks)]


@dataclass(frozen=True)
class Lacks(Choice):
    """Rows that lack the chosen tier, whatever else they lack."""

    def q(self, given: QueryDict) -> Q | None:
        codes = [tier.code for tier in TIERS]
        chosen = given.get(self.name, "")
        if chosen not in codes:
            return None
        bit = 2 ** codes.index(chosen)
        return Q(lacking__in=[bits for bits in range(ALL) if bits & bit])


def _bind_lacking() -> CellValue:
    names = [str(tier.name) for tier in TIERS]
    return lambda row: "、".join(name for n, name in enumerate(names) if row["lacking"] & 2**n)


def _href(row: Row) -> str:
    return f"{reverse('tiers:structure')}?area={row['key']}"


GAPS = Listing(
    "gaps",
    _("空白点"),
    gaps,
    (
        link("name", _("小微网格"), "name", _href, "key", sort=("pinyin", "name")),
        Column("lacking", _("缺什么"), ("lacking",), _bind_lacking, ("lacking",)),
        text("grid", _("城区网格"), "parent__name"),
        text("community", _("社区"), "parent__parent__name"),
        text("township", _("乡镇（街道）"), "parent__parent__parent__name"),
        number("households", _("户数"), is_hidden=True),
        text("key", _("编码"), is_hidden=True),
    ),
    ("path",),
    filters=(
        Lacks("tier", _("缺哪一级"), choices=tuple((tier.code, tier.name) for tier in TIERS)),
        Search("q", _("名称"), ("name", "pinyin", "initials"), ("key",), _("名称、拼音、编码")),
    ),
    sums=("tiers.incomplete", *(f"tiers.without_{tier.code}" for tier in TIERS)),
    empty=_("这里没有缺级的小微网格。"),
    tabs=TABS,
)
