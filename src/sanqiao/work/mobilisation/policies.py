"""What may be done with a mobilisation. Pure; raises Refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Post

from .audience import MEMBERS, Rule, skills_on
from .models import CallOut, Channel, Mobilisation, Pledge, PledgeCampaign
from .models.orders import OPEN

State = Mobilisation.State
CLOSING_DAYS = 30
"""Days after the end by which personal data must be destroyed; a city's own rule."""
LONGEST_PATIENCE = 7 * 24 * 60


def check_orders(by: User, area: str) -> None:
    """`area` is a path. Raises Refused: mobilisation.no_right."""
    if not by.may("mobilisation.order", area=area):
        raise Refused("mobilisation.no_right", _("您不能在这个区划发起动员。"))


def check_commands(mobilisation: Mobilisation, by: User, *states: str) -> None:
    """Raises Refused: mobilisation.no_right, mobilisation.state."""
    check_orders(by, mobilisation.area_path)
    check_state(mobilisation, *states)


def check_state(mobilisation: Mobilisation, *states: str) -> None:
    """Raises Refused: mobilisation.state."""
    if mobilisation.state not in states:
        words = _("动员现为“%(state)s”。") % {"state": mobilisation.get_state_display()}
        raise Refused("mobilisation.state", words)


def check_closes(mobilisation: Mobilisation, by: User) -> None:
    """Raises Refused: mobilisation.no_right, mobilisation.state."""
    if not by.may("mobilisation.close", area=mobilisation.area_path):
        raise Refused("mobilisation.no_right", _("您不能关闭这次动员。"))
    check_state(mobilisation, State.OVER)


def check_records_answer(call_out: CallOut, mobilisation: Mobilisation, by: User) -> None:
    """The branch, or whoever stands above it.

    Raises Refused: mobilisation.no_right, mobilisation.not_open.
    """
    at = {"area": call_out.area_path, "organisation": call_out.organisation_path}
    if not by.may("mobilisation.answer", **at):
        raise Refused("mobilisation.no_right", _("此人不在您的名单上。"))
    check_open(mobilisation)


def check_opens_list(mobilisation: Mobilisation, place: Organisation | Area, by: User) -> None:
    """Of a branch, or of those in an area without one.

    Raises Refused: mobilisation.no_right, mobilisation.not_open.
    """
    at = {"area": place.path}
    if isinstance(place, Organisation):
        at = {"area": place.area_path, "organisation": place.path}
    if not by.may("mobilisation.answer", **at):
        raise Refused("mobilisation.no_right", _("这不是您的名单。"))
    check_open(mobilisation)


def check_records_deed(pledge: Pledge, by: User) -> None:
    """Nobody for themselves. Raises Refused: mobilisation.no_right, mobilisation.own_deed."""
    if not by.may("mobilisation.answer", area=pledge.area_path):
        raise Refused("mobilisation.no_right", _("您不能记录这项承诺的践诺情况。"))
    if by.person_id is not None and by.person_id == pledge.person_id:
        raise Refused("mobilisation.own_deed", _("本人的践诺须由他人记录。"))


def check_open(mobilisation: Mobilisation) -> None:
    """Raises Refused: mobilisation.not_open."""
    if mobilisation.state not in OPEN:
        raise Refused("mobilisation.not_open", _("这次动员不再接受回复。"))


def check_rule(rule: Rule) -> None:
    """Every name in it is known. Raises Refused: mobilisation.rule."""
    known = (
        ("posts", Post.objects.filter(code__in=rule.posts), "code"),
        ("areas", Area.objects.filter(key__in=rule.areas), "key"),
        ("organisations", Organisation.objects.filter(code__in=rule.organisations), "code"),
    )
    for name, rows, column in known:
        missing = set(getattr(rule, name)) - set(rows.values_list(column, flat=True))
        if missing:
            words = _("找不到：%(names)s") % {"names": "、".join(sorted(missing))}
            raise Refused("mobilisation.rule", words, field=name)
    if unknown := set(rule.skills) - set(skills_on(timezone.localdate()) if rule.skills else ()):
        words = _("没有人登记过这种特长：%(names)s") % {"names": "、".join(sorted(unknown))}
        raise Refused("mobilisation.rule", words, field="skills")
    if rule.members not in MEMBERS or not (rule.members or rule.posts):
        raise Refused("mobilisation.rule", _("请选择党员或至少一种职务。"), field="members")


def check_route(route: list[dict[str, Any]]) -> None:
    """Known channels, each once; the telephone list comes last.

    Raises Refused: mobilisation.route.
    """
    codes = [step.get("channel") for step in route]
    if not codes or set(codes) - set(Channel.Code.values) or len(set(codes)) < len(codes):
        raise Refused("mobilisation.route", _("请选择渠道，每种渠道一次。"), field="route")
    if Channel.Code.PHONE in codes[:-1]:
        raise Refused("mobilisation.route", _("电话名单应排在最后。"), field="route")
    for step in route:
        minutes = step.get("patience_minutes", 0)
        if not isinstance(minutes, int) or not 0 <= minutes <= LONGEST_PATIENCE:
            raise Refused("mobilisation.route", _("等待时间应在七天以内。"), field="route")


def check_pledges(campaign: PledgeCampaign, item: str, on: date) -> None:
    """Raises Refused: mobilisation.campaign_over, mobilisation.pledge_item."""
    ended = campaign.closes_on is not None and campaign.closes_on <= on
    if on < campaign.opens_on or ended:
        raise Refused("mobilisation.campaign_over", _("承诺活动不在开放时间内。"))
    if item not in campaign.items:
        raise Refused("mobilisation.pledge_item", _("请从清单中选择承诺事项。"), field="item")
