"""Lists of gifts, batches, goods and payments. Gifts are never sorted by amount."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.web.addresses import address
from sanqiao.web.listing import (
    Button,
    Choice,
    Column,
    Days,
    Flag,
    Listing,
    Search,
    choice,
    day,
    link,
    text,
)
from sanqiao.web.listing.columns import Place, Row, Value, Words
from sanqiao.web.people.listings import InOrganisation
from sanqiao.web.viewing import Viewing, in_area
from sanqiao.work.contributions.models import Batch, Contribution, Goods, Spending

TONES = {"open": "live", "sent": "soon", "differs": "late", "accepted": "good", "kept": "good"}
TABS = (
    (_("总览"), "contributions:board"),
    (_("批次"), "contributions:batches"),
    (_("物资"), "contributions:goods"),
    (_("使用"), "contributions:spending"),
)


def money(name: str, title: Words, field: str = "", *, decimals: int = 2, **more: Any) -> Column:
    """Yuan with separators."""
    field = field or name

    def bind() -> Value:
        return lambda row: "" if row[field] is None else f"{row[field]:,.{decimals}f}"

    return Column(name, title, (field,), bind, css="n", **more)


def organisation() -> Column:
    return text("organisation", _("党组织"), "organisation__name", sort=("organisation_path",))


def to(view: str) -> Place:
    return lambda row: address(view, row["pk"])


def contributions(user: User, viewing: Viewing) -> QuerySet[Contribution]:
    return in_area(Contribution.objects.visible_to(user), viewing)


def _bind_state() -> Value:
    """What became of an entry; empty for one that stands."""
    taken_back, reversal = _now("已冲正"), _now("冲正")
    return lambda row: reversal if row["reverses_id"] else taken_back if row["reversed_on"] else ""


def _state_tone(row: Row) -> str:
    return "late" if row["reverses_id"] or row["reversed_on"] else ""


CONTRIBUTIONS = Listing(
    "contributions",
    _("捐款登记"),
    contributions,
    (
        link("receipt", _("收据号"), "receipt", to("contributions:entry")),
        text("name", _("姓名"), "person__name", sort=("person__pinyin", "person__name")),
        day("given_on", _("日期")),
        money("amount", _("金额（元）")),
        choice("way", _("方式"), Contribution.Way.choices),
        text("collector", _("经手人")),
        organisation(),
        text("batch", _("批次"), "batch__key"),
        Column(
            "state", _("状态"), ("reverses_id", "reversed_on"), _bind_state, tone=_state_tone
        ),
    ),
    ("-given_on", "-id"),
    (
        Search(
            "q", _("收据号或姓名"), ("person__name", "person__pinyin", "person__initials"),
            ("receipt",), _("收据号、姓名或拼音"),
        ),
        Choice("way", _("方式"), choices=Contribution.Way.choices),
        InOrganisation("organisation", _("党组织")),
        Days("given", _("日期"), field="given_on"),
        Flag("reversed", _("冲正"), Q(reverses__isnull=False) | Q(reversed_on__isnull=False)),
    ),
    ("contributions.givers", "contributions.entries", "contributions.cash"),
    (
        Button(_("登记"), "contributions:branches", "contributions.collect"),
        Button(_("导入"), "imports:upload", "import", "import", ("contributions",)),
    ),
    _("这里还没有登记捐款；捐款自愿，没有标准和任务。"),
)  # fmt: skip


def batches(user: User, viewing: Viewing) -> QuerySet[Batch]:
    return in_area(Batch.objects.visible_to(user).with_state(), viewing)


def _bind_batch_state() -> Value:
    labels = {value: str(label) for value, label in Batch.State.choices}
    return lambda row: labels[row["state"]]


BATCHES = Listing(
    "batches",
    _("上缴批次"),
    batches,
    (
        link(
            "organisation", _("党组织"), "organisation__name", to("contributions:batch"),
            sort=("organisation_path",),
        ),
        text("key", _("批次"), sort=("key",)),
        choice("tier", _("层级"), Batch.Tier.choices),
        Column(
            "state", _("状态"), ("state",), _bind_batch_state, ("state",),
            tone=lambda row: TONES[row["state"]],
        ),
        text("entries", _("笔数"), "remittance__entries", css="n"),
        money("total", _("上缴金额（元）"), "remittance__total"),
        text("to", _("上缴至"), "remittance__to__name"),
        day("handed_on", _("上缴日期"), "remittance__handed_on"),
        text("voucher", _("凭证号"), "remittance__voucher", is_hidden=True),
    ),
    ("-remittance__handed_on", "-id"),
    (
        Choice("state", _("状态"), choices=Batch.State.choices),
        Choice("tier", _("层级"), choices=Batch.Tier.choices),
        InOrganisation("organisation", _("党组织")),
        Search("q", _("批次"), (), ("key", "remittance__voucher"), _("批次或凭证号")),
        Days("handed", _("上缴日期"), field="remittance__handed_on"),
    ),
    ("contributions.cash", "contributions.from_branches", "contributions.at_city"),
    (),
    _("还没有批次；登记捐款时自动产生。"),
    TABS,
)  # fmt: skip


def goods(user: User, viewing: Viewing) -> QuerySet[Goods]:
    return in_area(Goods.objects.visible_to(user), viewing)


def _bind_quantity() -> Value:
    return lambda row: f"{row['quantity'].normalize():,f} {row['measure']}"


GOODS = Listing(
    "goods",
    _("捐赠物资"),
    goods,
    (
        link("name", _("品名"), "name", to("contributions:lot")),
        text("specification", _("规格"), is_hidden=True),
        Column("quantity", _("数量"), ("quantity", "measure"), _bind_quantity, css="n"),
        money("price", _("单价（元）")),
        choice("basis", _("单价来源"), Goods.Basis.choices),
        money("value", _("折价（元）")),
        day("received_on", _("接收日期")),
        organisation(),
        text("donor", _("捐赠方"), is_hidden=True),
        text("number", _("接收单号")),
    ),
    ("-received_on", "-id"),
    (
        Search("q", _("品名"), ("name",), ("number",), _("品名或单号")),
        Choice("basis", _("单价来源"), choices=Goods.Basis.choices),
        Days("received", _("接收日期"), field="received_on"),
    ),
    ("contributions.goods_value", "contributions.goods_used", "contributions.goods_left"),
    (Button(_("登记物资"), "contributions:goods_branches", "contributions.pass"),),
    _("这里还没有登记捐赠物资。"),
    TABS,
)  # fmt: skip


def spending(user: User, viewing: Viewing) -> QuerySet[Spending]:
    return in_area(Spending.objects.visible_to(user), viewing)


SPENDING = Listing(
    "spending",
    _("捐款使用"),
    spending,
    (
        link("number", _("凭证号"), "number", to("contributions:payment")),
        choice("purpose", _("用途"), Spending.Purpose.choices),
        text("what", _("事由")),
        money("amount", _("金额（元）"), sort=("amount",)),
        day("spent_on", _("支出日期")),
        organisation(),
    ),
    ("-spent_on", "-id"),
    (
        Choice("purpose", _("用途"), choices=Spending.Purpose.choices),
        Days("spent", _("支出日期"), field="spent_on"),
    ),
    ("contributions.cash", "contributions.spent", "contributions.balance"),
    (Button(_("登记支出"), "contributions:spending_branches", "contributions.pass"),),
    _("这里还没有登记支出。"),
    TABS,
)  # fmt: skip
