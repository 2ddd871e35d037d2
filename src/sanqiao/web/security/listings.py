"""Lists of rights and logs."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import Event, Grant, Look, User
from sanqiao.kernel.roles import ROLE_NAMES
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
    text,
)
from sanqiao.web.listing.columns import Row, Value
from sanqiao.web.titles import EVENT_TITLES
from sanqiao.web.viewing import Viewing


def grants(user: User, viewing: Viewing) -> QuerySet[Grant]:
    return Grant.objects.all()


def _user_name(row: Row) -> str:
    return str(row["user__display_name"] or row["user__username"])


def _bind_user() -> Value:
    return _user_name


def _moment(field: str) -> Column:
    """A moment to the second, in local time."""

    def bind() -> Value:
        return lambda row: timezone.localtime(row[field]).strftime("%Y-%m-%d %H:%M:%S")

    return Column(field, _("时间"), (field,), bind, (field,), "d")


def _end_href(row: Row) -> str:
    return address("grants:end", row["pk"])


GRANTS = Listing(
    "grants",
    _("授权"),
    grants,
    (
        Column(
            "user",
            _("用户"),
            ("user__display_name", "user__username"),
            _bind_user,
            ("user__username",),
            href=_end_href,
        ),
        choice("role", _("角色"), ROLE_NAMES.items()),
        choice("tree", _("范围类型"), Grant.Tree.choices),
        text("place", _("授权范围")),
        day("valid_from", _("起")),
        day("valid_to", _("止")),
        text("given_by", _("授权人"), "given_by__username"),
    ),
    ("-valid_from", "-id"),
    (
        Search("q", _("用户"), ("user__username", "user__display_name", "place")),
        Choice("role", _("角色"), choices=tuple(ROLE_NAMES.items())),
        Flag("in_force", _("未结束"), Q(valid_to=None)),
    ),
    buttons=(Button(_("授权"), "grants:give", "grants.give"),),
    empty=_("还没有授权。"),
)


def events(user: User, viewing: Viewing) -> QuerySet[Event]:
    return Event.objects.visible_to(user)


EVENTS = Listing(
    "events",
    _("经过"),
    events,
    (
        _moment("at"),
        choice("kind", _("事项"), EVENT_TITLES.items()),
        text("subject_name", _("对象")),
        text("by", _("办理人")),
        text("subject", _("记录号"), is_hidden=True),
        text("code", _("事项代码"), "kind", is_hidden=True),
    ),
    ("-id",),
    (
        Search("q", _("查找"), ("subject_name", "by"), titled={"kind": EVENT_TITLES}),
        Choice("kind", _("事项"), choices=tuple(EVENT_TITLES.items())),
        Days("at", _("日期"), field="at__date"),
    ),
    empty=_("还没有任何经过。"),
)


def looks(user: User, viewing: Viewing) -> QuerySet[Look]:
    return Look.objects.visible_to(user)


LOOKS = Listing(
    "looks",
    _("查阅"),
    looks,
    (
        _moment("at"),
        Column(
            "user",
            _("查阅人"),
            ("user__display_name", "user__username"),
            _bind_user,
            ("user__username",),
        ),
        text("subject", _("对象")),
        text("field", _("信息项")),
        text("purpose", _("查阅事由")),
    ),
    ("-id",),
    (
        Search("q", _("查找"), ("subject", "purpose", "user__username", "user__display_name")),
        Days("at", _("日期"), field="at__date"),
    ),
    empty=_("还没有人查看过未遮盖的个人信息。"),
)
