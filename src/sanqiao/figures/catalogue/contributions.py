"""捐款捐物: money and goods are two figures in two units, and are never added."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records, Text
from sanqiao.work.contributions.models import (
    Batch,
    Contribution,
    Delivery,
    Goods,
    Spending,
    Verification,
    standing,
)

SINCE = date(2019, 1, 1)
LEDGER, OFFICE = _("捐款捐物台账"), _("市委组织部")
GIVING, GIVEN_GOODS = _("通过党支部捐款的党员"), _("党组织接收的捐赠物资")
YUAN, VALUED, PERSON, ENTRY = _("元"), _("元（折价）"), _("人"), _("笔")
Tier = Batch.Tier
USUAL: dict[str, Any] = {
    "timing": "flow", "unit": YUAN, "population": GIVING, "source": LEDGER, "owner": OFFICE,
    "since": SINCE, "decimals": 2, "comparable": False,
}  # fmt: skip


def between(field: str, start: date | None, as_of: date) -> Q:
    """From `start`, or the first record on, to `as_of`, both days included."""
    until = Q(**{f"{field}__lte": as_of})
    return until & Q(**{f"{field}__gte": start}) if start else until


def entries(subject: str | None = None) -> Records:
    """Gifts that no reversal had taken back by the day."""
    return Records(
        of=Contribution,
        where=lambda start, as_of: between("given_on", start, as_of) & standing(as_of),
        subject=subject,
        fields=("given_on", "reversed_on"),
    )


def flow(code: str, name: Text, definition: Text, records: Records, **more: Any) -> Figure:
    """Of a period, in yuan given by members unless `more` says otherwise."""
    return Figure(
        code=f"contributions.{code}", name=name, definition=definition, records=records,
        **{**USUAL, "kind": "sum", **more},
    )  # fmt: skip


def derived(code: str, name: Text, definition: Text, *parts: str, **more: Any) -> Figure:
    """From other figures of the ledger; a difference unless `more` says otherwise."""
    return Figure(
        code=f"contributions.{code}", name=name, definition=definition,
        parts=tuple(f"contributions.{part}" for part in parts),
        **{**USUAL, "kind": "difference", **more},
    )  # fmt: skip


def spent(purpose: str) -> Records:
    return Records(
        of=Spending,
        where=lambda start, as_of: between("spent_on", start, as_of) & Q(purpose=purpose),
        amount="amount",
        fields=("spent_on", "purpose"),
    )


def received(**batch: object) -> Records:
    """What was counted and is equal to what was handed up, at the sender's area."""
    return Records(
        of=Verification,
        where=lambda start, as_of: (
            between("verified_on", start, as_of) & Q(into__isnull=False, **batch)
        ),
        amount="counted",
        fields=("verified_on", "into__tier"),
    )


GIVERS = flow(
    "givers", _("捐款党员"),
    _("期内通过党支部捐款、没有冲正的党员，每人计一次，不论捐了几笔；不是应捐人数，不计算比例。"),
    entries("person"), unit=PERSON, kind="distinct", decimals=0,
    apart=("mobilisation.responding_members", "people.members"),
)  # fmt: skip
ENTRIES = flow(
    "entries", _("捐款笔数"), _("期内登记、没有冲正的捐款，一张收据计一笔；一人可以有几笔。"),
    entries(), unit=ENTRY, kind="count", decimals=0,
)  # fmt: skip
CASH = flow(
    "cash", _("党员捐款金额"),
    _("期内登记的捐款金额之和，冲正以负数计入；只计现金、转账和扫码，不含物资折价。"),
    Records(
        of=Contribution,
        where=lambda start, as_of: between("given_on", start, as_of),
        amount="amount",
        fields=("given_on", "way"),
    ),
    apart=("contributions.goods_value", "contributions.goods_used"),
)  # fmt: skip
MEAN = derived(
    "mean", _("捐款党员平均捐款"),
    _("党员捐款金额除以捐款党员人数。捐款自愿，没有标准；只供核对，不用于比较和排名。"),
    "cash", "givers", kind="ratio", unit=_("元/人"),
)  # fmt: skip
ABOVE_RESPONDERS = Figure(
    code="contributions.givers_above_responders",
    name=_("捐款党员比响应动员的党员多"),
    unit=PERSON,
    kind="difference",
    timing="flow",
    population=_("捐款党员和响应动员的党员，两个不同的人群"),
    definition=_("捐款党员人数减去响应动员的党员人数；两个数口径和时间不同，只能并列，不能相除。"),
    source=_("捐款捐物台账、动员记录"),
    owner=OFFICE,
    since=SINCE,
    comparable=False,
    parts=("contributions.givers", "mobilisation.responding_members"),
)
FROM_BRANCHES = flow(
    "from_branches", _("党支部上缴、上级已核收的捐款"),
    _("期内党支部上缴、由上级党组织清点相符的金额之和，按上缴的党组织所在区划计。"),
    received(remittance__batch__tier=Tier.BRANCH),
)  # fmt: skip
AT_COUNTIES = flow(
    "at_counties", _("县级已核收的捐款"),
    _("期内县（市、区）和市直机关工委核收相符的金额之和，按上缴的党组织所在区划计。"),
    received(into__tier=Tier.COUNTY),
)  # fmt: skip
AT_CITY = flow(
    "at_city", _("市级已核收的捐款"),
    _("期内市级核收相符、已到账的金额之和，按上缴的党组织所在区划计。"),
    received(into__tier=Tier.CITY),
)  # fmt: skip
GOODS_VALUE = flow(
    "goods_value", _("捐赠物资折价"),
    _("期内接收的捐赠物资按登记的单价来源折价之和；是物资的价值，不是钱，不与捐款相加。"),
    Records(
        of=Goods, where=lambda start, as_of: between("received_on", start, as_of),
        amount="value", fields=("received_on", "name", "quantity", "measure", "price", "basis"),
    ),
    unit=VALUED, population=GIVEN_GOODS,
)  # fmt: skip
GOODS_USED = flow(
    "goods_used", _("已发放物资折价"),
    _("期内签收发放的捐赠物资，按接收时登记的单价折价之和。"),
    Records(
        of=Delivery, where=lambda start, as_of: between("delivered_on", start, as_of),
        amount="value", fields=("delivered_on", "quantity", "price", "use"),
    ),
    unit=VALUED, population=GIVEN_GOODS,
)  # fmt: skip
GOODS_LEFT = derived(
    "goods_left", _("结存物资折价"), _("捐赠物资折价减去已发放物资折价。"),
    "goods_value", "goods_used", unit=VALUED, population=GIVEN_GOODS,
)  # fmt: skip
SPENT_FRONT_LINE = flow(
    "spent_front_line", _("捐款用于慰问一线人员"),
    _("期内用于慰问一线医务人员、干部群众的支出之和。"), spent(Spending.Purpose.FRONT_LINE),
)  # fmt: skip
SPENT_SUPPLIES = flow(
    "spent_supplies", _("捐款用于购置防疫物资"),
    _("期内用于购置防疫物资的支出之和。"), spent(Spending.Purpose.SUPPLIES),
)  # fmt: skip
SPENT_COMMUNITIES = flow(
    "spent_communities", _("捐款用于补助村（社区）防控"),
    _("期内用于补助村（社区）防控的支出之和。"), spent(Spending.Purpose.COMMUNITIES),
)  # fmt: skip
SPENT_HARDSHIP = flow(
    "spent_hardship", _("捐款用于帮扶困难党员群众"),
    _("期内用于帮扶困难党员群众的支出之和。"), spent(Spending.Purpose.HARDSHIP),
)  # fmt: skip
SPENT = derived(
    "spent", _("捐款支出"), _("期内各项用途的支出之和。"),
    "spent_front_line", "spent_supplies", "spent_communities", "spent_hardship", kind="total",
)  # fmt: skip
BALANCE = derived(
    "balance", _("捐款结余"), _("党员捐款金额减去捐款支出。"),
    "cash", "spent_front_line", "spent_supplies", "spent_communities", "spent_hardship",
)  # fmt: skip
USES = (SPENT_FRONT_LINE, SPENT_SUPPLIES, SPENT_COMMUNITIES, SPENT_HARDSHIP)

ON_THE_WAY = _(
    "差额是还没有上缴、没有核收或者核收有差额的批次，逐批可查；单位党组织经机关工委上缴，"
    "所以单个县、乡的数按区划看可能不等，以批次为准。"
)


def arrived(code: str, statement: Text) -> Check:
    """What was given is what has been counted at this level."""
    return Check(
        code=f"contributions.{code}_equals_given", kind="identity", statement=statement,
        left=("contributions.cash",), right=(f"contributions.{code}",), flag=True,
        reason=ON_THE_WAY,
    )  # fmt: skip


FROM_BRANCHES_EQUALS = arrived("from_branches", _("登记的捐款都已由党支部上缴并核收。"))
AT_COUNTIES_EQUALS = arrived("at_counties", _("登记的捐款都已由县级核收。"))
AT_CITY_EQUALS = arrived("at_city", _("登记的捐款都已由市级核收。"))
GIVERS_WITHIN_ENTRIES = Check(
    code="contributions.givers_within_entries",
    kind="subset",
    statement=_("捐款党员人数不多于捐款笔数。"),
    left=("contributions.givers",),
    right=("contributions.entries",),
)
CASH_BY_CHILDREN = Check(
    code="contributions.cash_by_children",
    kind="children_sum",
    statement=_("下一级的捐款与本级直属的捐款之和等于本级。"),
    left=("contributions.cash",),
)
SPENT_WITHIN_CASH = Check(
    code="contributions.spent_within_cash",
    kind="subset",
    statement=_("捐款支出不多于捐款金额。"),
    left=("contributions.spent",),
    right=("contributions.cash",),
)
GOODS_USED_WITHIN = Check(
    code="contributions.goods_used_within",
    kind="subset",
    statement=_("已发放物资折价不多于捐赠物资折价。"),
    left=("contributions.goods_used",),
    right=("contributions.goods_value",),
)
MEAN_AS_PRINTED = Check(
    code="contributions.mean_as_printed",
    kind="ratio_bounds",
    relation="R-18",
    statement=_("全市捐款党员平均捐款在125.07元至125.20元之间。"),
    left=("contributions.cash",),
    right=("contributions.givers",),
    low=Decimal("125.07"),
    high=Decimal("125.20"),
    flag=True,
    of_all=True,
    reason=_("原文捐款党员9.08万人是约数，全市平均应在这个区间；各县、各支部的平均数不作比较。"),
)
GOODS_ARE_NO_MONEY = Check(
    code="contributions.goods_are_no_money",
    kind="apart",
    relation="R-31",
    statement=_("捐赠物资折价和党员捐款金额不相加。"),
    left=("contributions.goods_value",),
    right=("contributions.cash",),
    flag=True,
    reason=_("物资折价不是钱，与捐款相加没有意义；引用时各写各的单位。"),
)
