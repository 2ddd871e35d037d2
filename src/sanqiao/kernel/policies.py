"""May this happen? Pure questions; each raises Refused. They also decide which buttons show."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import Refused
from .models import Duty, Grant, User
from .roles import ROLES, SEPARATED_ROLES


def check_can_give(*, user: User, role: str, start: date, end: date | None, by: User) -> None:
    """Raises Refused: kernel.no_right, kernel.to_oneself, kernel.unknown_role,
    kernel.separated_roles."""
    check_gives_grants(user=user, by=by)
    if role not in ROLES:
        raise Refused("kernel.unknown_role", _("没有这个角色。"), field="role")
    if clashes(user=user, role=role, start=start, end=end):
        raise Refused(
            "kernel.separated_roles",
            _("系统管理员、安全管理员、审计管理员须由三人分任，且不得兼任业务角色。"),
            field="role",
        )


def check_gives_grants(*, user: User, by: User) -> None:
    """Raises Refused: kernel.no_right, kernel.to_oneself."""
    if not by.may("grants.give"):
        raise Refused("kernel.no_right", _("您没有授权的权限。"))
    if user == by:
        raise Refused("kernel.to_oneself", _("不能给自己授权或收回自己的授权。"), field="user")


def clashes(*, user: User, role: str, start: date, end: date | None) -> bool:
    """Would `role` meet another role in `[start, end)` that one person may not hold beside it?"""
    others = user.grants.exclude(role=role).filter(Q(valid_to=None) | Q(valid_to__gt=start))
    if end is not None:
        others = others.filter(valid_from__lt=end)
    if role not in SEPARATED_ROLES:
        others = others.filter(role__in=SEPARATED_ROLES)
    return others.exists()


def check_ends(grant: Grant, *, on: date) -> None:
    """Raises Refused: kernel.grant_over, kernel.ends_before_start."""
    if grant.valid_to is not None and grant.valid_to <= timezone.localdate():
        raise Refused("kernel.grant_over", _("该授权已经结束。"))
    if on <= grant.valid_from:
        raise Refused("kernel.ends_before_start", _("结束日期须晚于开始日期。"), field="on")


def check_manages_users(by: User) -> None:
    """Raises Refused: kernel.no_right."""
    if not by.may("users.manage"):
        raise Refused("kernel.no_right", _("您没有管理用户的权限。"))


def check_gives_duties(area_path: str, by: User) -> None:
    """Raises Refused: kernel.no_right."""
    if not by.may("duties.give", area=area_path):
        raise Refused("kernel.no_right", _("您不能在这个区划下派任务。"))


def check_works_on(duty: Duty, by: User) -> None:
    """The owner and collaborators. Raises Refused: kernel.not_your_duty, kernel.duty_not_open."""
    if by != duty.owner and not duty.collaborators.filter(pk=by.pk).exists():
        raise Refused("kernel.not_your_duty", _("这不是您的任务。"))
    if duty.state != Duty.State.OPEN:
        raise Refused("kernel.duty_not_open", _("任务已提交或已销号。"))


def check_hands_in(duty: Duty, by: User) -> None:
    """Raises Refused: kernel.not_your_duty, kernel.duty_not_open."""
    check_works_on(duty, by)
    if by != duty.owner:
        raise Refused("kernel.not_your_duty", _("只有责任人可以提交。"))


def check_checks(duty: Duty, by: User) -> None:
    """A second pair of eyes, with a right over the duty's area.

    Raises Refused: kernel.own_duty, kernel.no_right.
    """
    if by == duty.owner or duty.collaborators.filter(pk=by.pk).exists():
        raise Refused("kernel.own_duty", _("本人办理的任务须由他人核查。"))
    if not by.may("duties.check", area=duty.area_path):
        raise Refused("kernel.no_right", _("您没有核查这个任务的权限。"))


def check_state(duty: Duty, state: str) -> None:
    """Raises Refused: kernel.duty_state."""
    if duty.state != state:
        raise Refused(
            "kernel.duty_state",
            _("任务现为“%(state)s”。") % {"state": duty.get_state_display()},
        )


def check_says_why(text: str, *, field: str) -> str:
    """The text without blanks at its ends. Raises Refused: kernel.reason_missing."""
    if not text.strip():
        raise Refused("kernel.reason_missing", _("请写明理由。"), field=field)
    return text.strip()
