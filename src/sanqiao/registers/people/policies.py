"""What may be done to people, memberships and appointments. Pure; raises Refused."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.scope import within
from sanqiao.registers.organisations.models import Organisation

from .models import Membership, Person

PROBATION_YEARS = 1


def check_may(by: User, act: str, *, area: str, organisation: str | None = None) -> None:
    """`area` and `organisation` are paths. Raises Refused: people.not_allowed."""
    if not by.may(act, area=area, organisation=organisation):
        raise Refused("people.not_allowed", _("此人不在您的管理范围内"))


def check_may_change(person: Person, by: User) -> None:
    """By where the person lives, or by the organisation of the membership.

    Raises Refused: people.not_allowed.
    """
    act = "people.change"
    if by.may(act, area=person.area_path):
        return
    for membership in Membership.objects.filter(person=person, valid_to=None):
        if by.may(act, area=membership.area_path, organisation=membership.organisation_path):
            return
    raise Refused("people.not_allowed", _("此人不在您的管理范围内"))


def check_admits(by: User) -> None:
    """There is an organisation whose members the user keeps. Raises Refused: people.not_allowed."""
    act, tree = "people.change", Grant.Tree
    own = within("path", by.paths_for(act, tree.ORGANISATION))
    there = own | within("area_path", by.paths_for(act, tree.AREA))
    if not Organisation.objects.filter(there, dissolved_on=None).exists():
        raise Refused("people.not_allowed", _("您的授权里没有可以登记党员的党组织"))


def check_can_join(by: User, organisation: Organisation, on: date) -> None:
    """Raises Refused: people.not_allowed, people.organisation_dissolved."""
    check_may(by, "people.change", area=organisation.area_path, organisation=organisation.path)
    ended = organisation.dissolved_on
    if on < organisation.founded_on or ended is not None and ended <= on:
        raise Refused(
            "people.organisation_dissolved",
            _("“%(name)s”在该日不存在") % {"name": organisation.name},
            field="organisation",
        )


def check_can_transfer(membership: Membership, to: Organisation, on: date, by: User) -> None:
    """Raises Refused: people.membership_ended, same_organisation, transfer_too_early, …"""
    if membership.valid_to is not None:
        raise Refused("people.membership_ended", _("该党员关系已转出"))
    if membership.organisation_id == to.pk:
        raise Refused("people.same_organisation", _("已在该党组织"), field="to")
    if on <= membership.valid_from:
        words = _("转出日期应晚于转入日期 %(day)s") % {"day": membership.valid_from}
        raise Refused("people.transfer_too_early", words, field="on")
    check_may(
        by, "people.change", area=membership.area_path, organisation=membership.organisation_path
    )
    check_can_join(by, to, on)


def check_can_confirm(membership: Membership, on: date, by: User) -> None:
    """中国共产党章程 第七条: the probation lasts one year.

    Raises Refused: people.not_probationary, people.confirmed_too_early, people.not_allowed.
    """
    check_may(
        by, "people.change", area=membership.area_path, organisation=membership.organisation_path
    )
    if membership.kind != Membership.Kind.PROBATIONARY or membership.valid_to is not None:
        raise Refused("people.not_probationary", _("不是预备党员"))
    earliest = years_after(membership.joined_on, PROBATION_YEARS)
    if on < earliest:
        words = _("预备期一年，最早 %(day)s 转正") % {"day": earliest}
        raise Refused("people.confirmed_too_early", words, field="on")


def check_can_end(membership: Membership, reason: str, by: User) -> None:
    """Raises Refused: people.not_allowed, people.membership_ended, people.no_reason."""
    check_may(
        by, "people.change", area=membership.area_path, organisation=membership.organisation_path
    )
    if membership.valid_to is not None:
        raise Refused("people.membership_ended", _("该党员关系已转出"))
    if not reason.strip():
        raise Refused("people.no_reason", _("请填写原因"), field="reason")


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
