"""What the pages of a batch, a lot and the board show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.models import User
from sanqiao.registers.organisations.models import Organisation
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.viewing import Viewing
from sanqiao.work.contributions.levels import Level, levels_below
from sanqiao.work.contributions.models import (
    Batch,
    Contribution,
    Delivery,
    Goods,
    Remittance,
    Spending,
    Verification,
)
from sanqiao.work.contributions.policies import act_for, may

Facts = list[tuple[str, Any]]
MOST = 300
"""Entries that a page of one batch shows; a branch has fewer."""


def yuan(amount: Any) -> str:
    return "" if amount is None else f"{amount:,.2f}"


@dataclass(frozen=True)
class Standing:
    """A batch with its numbers side by side: entered, handed up, each count; and what came from
    below. `receiver` is None for a reader below it."""

    batch: Batch
    remittance: Remittance | None = None
    receiver: Organisation | None = None
    counts: tuple[Verification, ...] = ()
    received: tuple[Verification, ...] = ()

    @property
    def state(self) -> str:
        if self.batch.tier == Batch.Tier.CITY:
            return str(Batch.State.KEPT)
        if self.remittance is None:
            return str(Batch.State.OPEN)
        if any(count.into_id for count in self.counts):
            return str(Batch.State.ACCEPTED)
        return str(Batch.State.DIFFERS if self.counts else Batch.State.SENT)

    @property
    def label(self) -> str:
        return str(Batch.State(self.state).label)


def standing_of(batch: Batch, user: User) -> Standing:
    """Three queries. The superior organisation often lies outside the reader's scope."""
    remittance = Remittance.objects.filter(batch=batch).first()
    receiver = None
    if remittance is not None:
        receiver = Organisation.objects.visible_to(user).filter(pk=remittance.to_id).first()
    rows = _verified(Q(remittance__batch=batch) | Q(into=batch), user)
    counts = sorted((row for row in rows if row.into_id != batch.pk), key=lambda row: row.pk)
    received = tuple(row for row in rows if row.into_id == batch.pk)
    return Standing(batch, remittance, receiver, tuple(counts), received)


def batch_facts(standing: Standing) -> Facts:
    held, remittance = standing.batch.content, standing.remittance
    return [
        (_("党组织"), standing.batch.organisation.name),
        (_("层级"), standing.batch.get_tier_display()),
        (_("登记"), _("%(n)d 笔，%(sum)s 元") % {"n": held.entries, "sum": yuan(held.total)}),
        (_("上缴金额（元）"), yuan(remittance.total) if remittance else ""),
        (_("上缴至"), _superior(standing)),
        (_("上缴日期"), remittance.handed_on if remittance else None),
        (_("凭证号"), remittance.voucher if remittance else ""),
        (_("状态"), standing.label),
    ]


def _superior(standing: Standing) -> str:
    if standing.remittance is None:
        return ""
    return standing.receiver.name if standing.receiver else _("上级党组织")


def batch_actions(standing: Standing, user: User) -> list[Action]:
    """Hand up an open batch; count one that was handed up by somebody else."""
    batch = standing.batch
    if standing.remittance is None and may_remit(batch, user):
        href = address("contributions:remit", batch.pk)
        return [Action(_("上缴"), href, "move", is_first=True)]
    if may_verify(standing, user):
        href = address("contributions:verify", batch.pk)
        return [Action(_("核收"), href, "check", is_first=True)]
    return []


def may_remit(batch: Batch, user: User) -> bool:
    is_top = batch.organisation.parent_id is None
    return not is_top and may(user, act_for(batch), batch.organisation)


def may_verify(standing: Standing, user: User) -> bool:
    """Not one's own, and not a second time."""
    remittance, receiver = standing.remittance, standing.receiver
    if remittance is None or receiver is None or standing.state == Batch.State.ACCEPTED:
        return False
    return remittance.by_id != user.pk and may(user, "contributions.pass", receiver)


def entries_of(batch: Batch, user: User) -> QuerySet[Contribution]:
    """Gifts in the batch that the reader may see, in the order of entering."""
    rows = Contribution.objects.visible_to(user).filter(batch=batch)
    return rows.select_related("person").order_by("id")[:MOST]


def received_in(batch: Batch, user: User) -> QuerySet[Verification]:
    """What came from the organisations below."""
    return _verified(Q(into=batch), user)


def _verified(which: Q, user: User) -> QuerySet[Verification]:
    rows = Verification.objects.visible_to(user).filter(which)
    return rows.select_related("organisation", "remittance__batch").order_by("organisation_path")


@dataclass(frozen=True)
class Line:
    """An organisation on the board."""

    organisation: Organisation
    level: Level
    href: str
    batches: str


@dataclass(frozen=True)
class Board:
    top: Organisation
    lines: list[Line]
    total: Level


def board_of(top: Organisation, user: User) -> Board:
    """The organisations directly below, as far as visible, with sums of everything below them."""
    with unscoped():
        levels = levels_below(top)
    children = Organisation.objects.visible_to(user).filter(parent=top, pk__in=levels)
    lines = [_line(child, levels[child.pk]) for child in children.order_by("code")]
    return Board(top, lines, _sum(levels.values()))


def _line(child: Organisation, level: Level) -> Line:
    return Line(
        child,
        level,
        f"{reverse('contributions:board')}?organisation={child.code}",
        f"{reverse('contributions:batches')}?organisation={child.code}",
    )


def _sum(levels: Iterable[Level]) -> Level:
    return sum(levels, Level())


def top_for(user: User, viewing: Viewing, code: str) -> Organisation | None:
    """The organisation asked for; else the highest visible one of the place looked at."""
    visible = Organisation.objects.visible_to(user)
    if code:
        return visible.filter(code=code).first()
    if viewing.area is not None:
        own = visible.filter(area_path=viewing.area.path)
        return own.order_by("path").first() or _above(user, viewing)
    return visible.order_by("path").first()


def _above(user: User, viewing: Viewing) -> Organisation | None:
    """Where the place has no organisation of its own: the highest one inside it."""
    area = viewing.place
    inside = Organisation.objects.visible_to(user).filter(area_path__startswith=area.path)
    return inside.order_by("path").first()


def entry_facts(entry: Contribution) -> Facts:
    return [
        (_("姓名"), entry.person.name),
        (_("党组织"), entry.organisation.name),
        (_("日期"), entry.given_on),
        (_("金额（元）"), yuan(entry.amount)),
        (_("方式"), entry.get_way_display()),
        (_("经手人"), entry.collector),
        (_("上缴批次"), entry.batch.key),
        (_("冲正日期"), entry.reversed_on),
        (_("冲正原因"), entry.reason),
    ]


def goods_facts(goods: Goods) -> Facts:
    unit = goods.measure
    return [
        (_("捐赠方"), goods.donor),
        (_("规格"), goods.specification),
        (_("数量"), f"{goods.quantity:,} {unit}"),
        (_("结存"), f"{goods.left:,} {unit}"),
        (_("单价（元）"), yuan(goods.price)),
        (_("单价来源"), f"{goods.get_basis_display()} · {goods.basis_note}"),
        (_("折价（元）"), yuan(goods.value)),
        (_("接收日期"), goods.received_on),
        (_("接收单位"), goods.organisation.name),
        (_("冲正原因"), goods.reason),
    ]


def spending_facts(spending: Spending) -> Facts:
    return [
        (_("用途"), spending.get_purpose_display()),
        (_("事由"), spending.what),
        (_("金额（元）"), yuan(spending.amount)),
        (_("支出日期"), spending.spent_on),
        (_("党组织"), spending.organisation.name),
        (_("冲正原因"), spending.reason),
    ]


def is_reversible(record: Contribution | Goods | Delivery | Spending) -> bool:
    return record.reverses_id is None and not hasattr(record, "reversal")
