"""What may be entered, handed up, counted and spent. Raises Refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from sanqiao.kernel.acts import sees_everything
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership, Person

from .collecting import collect_path
from .models import Batch, Content, Contribution, Delivery, Goods, Remittance, Spending

Entry = Contribution | Goods | Delivery | Spending


class Difference(Refused):
    """What was counted is not what is entered. `stated` and `held` are in yuan."""

    def __init__(self, stated: Decimal, held: Content) -> None:
        words = _("清点 %(stated)s 元，登记 %(entries)d 笔共 %(held)s 元，相差 %(difference)s 元")
        numbers = {
            "stated": f"{stated:,.2f}", "held": f"{held.total:,.2f}", "entries": held.entries,
            "difference": f"{stated - held.total:+,.2f}",
        }  # fmt: skip
        super().__init__("contributions.difference", words % numbers, field="counted")
        self.stated, self.held = stated, held


class Gift(NamedTuple):
    """What a receipt says."""

    receipt: str
    given_on: date
    amount: Decimal
    way: str
    collector: str


def may(by: User, act: str, organisation: Organisation) -> bool:
    """Where a unit has its house gives nobody a right over what its members give."""
    is_unit = organisation.setting == Organisation.Setting.UNIT
    area = collect_path(organisation.pk) if is_unit else organisation.area_path
    return by.may(act, area=area, organisation=organisation.path)


def check_may(by: User, act: str, organisation: Organisation) -> None:
    """A loader, whose transaction sees everything, acts for anyone.

    Raises Refused: contributions.not_allowed.
    """
    if not may(by, act, organisation) and not sees_everything():
        words = _("您无权在“%(name)s”办理此事") % {"name": organisation.name}
        raise Refused("contributions.not_allowed", words)


def check_is_member(person: Person, organisation: Organisation, on: date) -> None:
    """Members give through their own branch. Raises Refused: contributions.not_member."""
    own = Membership.objects.on(on).filter(person=person, organisation=organisation)
    if not own.exists():
        words = _("%(day)s此人的组织关系不在“%(name)s”") % {"day": on, "name": organisation.name}
        raise Refused("contributions.not_member", words, field="person")


def check_amount(amount: Decimal, *, field: str = "amount") -> None:
    """Raises Refused: contributions.amount."""
    if amount <= 0:
        raise Refused("contributions.amount", _("金额应大于零"), field=field)


def check_same(entry: Contribution, person: Person, organisation: Organisation, gift: Gift) -> None:
    """The receipt is entered already: with the same words it is the same entry.

    Raises Refused: contributions.receipt_taken.
    """
    known = Gift(entry.receipt, entry.given_on, entry.amount, entry.way, entry.collector)
    same = (entry.person_id, entry.organisation_id) == (person.pk, organisation.pk)
    if not same or known != gift or entry.reverses_id:
        words = _("收据号已登记，内容不同；登记后不能修改，有误的请冲正后用新收据重新登记")
        raise Refused("contributions.receipt_taken", words, field="receipt")


def check_can_reverse(entry: Contribution, on: date, reason: str, by: User) -> None:
    """Raises Refused: contributions.not_allowed, reversed, is_reversal, reverse_too_early,
    no_reason."""
    check_reversible(entry, "contributions.collect", by)
    check_reverses(entry.given_on, on, reason)


def check_reversible(
    record: Contribution | Goods | Delivery | Spending, act: str, by: User
) -> None:
    """Raises Refused: contributions.not_allowed, reversed, is_reversal."""
    check_may(by, act, record.organisation)
    if record.reverses_id is not None:
        raise Refused("contributions.is_reversal", _("冲正记录不能再冲正"))
    if hasattr(record, "reversal"):
        raise Refused("contributions.reversed", _("这一笔已经冲正"))


def check_reverses(entered_on: date, on: date, reason: str) -> None:
    """Raises Refused: contributions.reverse_too_early, no_reason."""
    if on < entered_on:
        words = _("冲正日期不能早于 %(day)s") % {"day": entered_on}
        raise Refused("contributions.reverse_too_early", words, field="on")
    if not reason.strip():
        raise Refused("contributions.no_reason", _("请写明冲正原因"), field="reason")


def act_for(batch: Batch) -> str:
    """Who hands a batch up: the branch's collector, or whoever passes on above."""
    is_branch = batch.tier == Batch.Tier.BRANCH
    return "contributions.collect" if is_branch else "contributions.pass"


def check_hands_up(batch: Batch, by: User) -> None:
    """Raises Refused: contributions.not_allowed, top."""
    check_may(by, act_for(batch), batch.organisation)
    if batch.organisation.parent_id is None:
        raise Refused("contributions.top", _("已是最高一级，不再上缴"))


def check_can_remit(batch: Batch, counted: Decimal, held: Content, by: User) -> None:
    """Raises Refused: contributions.not_allowed, top, empty; Difference."""
    check_hands_up(batch, by)
    if not held.entries:
        raise Refused("contributions.empty", _("批次里还没有登记"))
    if counted != held.total:
        raise Difference(counted, held)


def check_same_remittance(known: Remittance, counted: Decimal, voucher: str) -> None:
    """The same again is no second one. Raises Refused: contributions.handed_up."""
    if (known.total, known.voucher) != (counted, voucher):
        words = _("这一批已于 %(day)s 上缴 %(total)s 元")
        numbers = {"day": known.handed_on, "total": f"{known.total:,.2f}"}
        raise Refused("contributions.handed_up", words % numbers)


def check_counts(remittance: Remittance, by: User) -> None:
    """Raises Refused: contributions.not_allowed, own_batch, accepted."""
    check_may(by, "contributions.pass", remittance.to)
    if remittance.by_id == by.pk:
        raise Refused("contributions.own_batch", _("本人上缴的批次须由他人核收"))
    if remittance.counts.exclude(into=None).exists():
        raise Refused("contributions.accepted", _("这一批已经核收"))


def check_can_verify(
    remittance: Remittance, counted: Decimal, on: date, note: str, by: User
) -> None:
    """Raises Refused: contributions.not_allowed, own_batch, accepted, verified_too_early,
    difference_unsaid."""
    check_counts(remittance, by)
    if on < remittance.handed_on:
        words = _("核收日期不能早于上缴日期 %(day)s") % {"day": remittance.handed_on}
        raise Refused("contributions.verified_too_early", words, field="verified_on")
    if counted != remittance.total and not note.strip():
        words = _("上缴 %(stated)s 元，核收 %(counted)s 元，不相等；请写明情况，这一批暂不核收")
        numbers = {"stated": f"{remittance.total:,.2f}", "counted": f"{counted:,.2f}"}
        raise Refused("contributions.difference_unsaid", words % numbers, field="note")
