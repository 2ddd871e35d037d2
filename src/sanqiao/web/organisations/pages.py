"""What the pages about organisations and units show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.models import User
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.organisations.policies import NEVER_PARENT
from sanqiao.registers.people.counting import with_full_members
from sanqiao.web.actions import Action, permitted
from sanqiao.web.addresses import address
from sanqiao.web.crumbs import Crumb

Facts = list[tuple[str, Any]]


def organisation_facts(organisation: Organisation) -> Facts:
    return [
        (_("类型"), organisation.get_kind_display()),
        (_("设置依托"), organisation.get_setting_display()),
        (_("上级党组织"), organisation.parent.name if organisation.parent else ""),
        (_("区划"), organisation.area.name),
        (_("成立日期"), organisation.founded_on),
        (_("换届日期"), organisation.elected_on),
        (_("任期"), _("%(n)d 年") % {"n": organisation.term_years}),
        (_("届满日期"), organisation.term_ends_on),
        (_("批复文号"), organisation.document),
        (_("编码"), organisation.code),
    ]


def full_members(ids: Iterable[int], as_of: date) -> dict[int, int]:
    """Of each organisation, with those of all below, whether or not the reader may open them."""
    with unscoped():
        rows = with_full_members(Organisation.objects.filter(pk__in=ids), as_of)
        return {organisation.pk: vars(organisation)["full_members"] for organisation in rows}


def members_fact(organisation: Any, members: int) -> tuple[str, str]:
    """`organisation` comes with the `full_members` that the reader may open."""
    if organisation.full_members == members:
        return _("正式党员"), f"{members:,}"
    words = _("%(all)d 人，其中您可以查看 %(seen)d 人")
    return _("正式党员"), words % {"all": members, "seen": organisation.full_members}


def organisation_actions(organisation: Organisation, user: User) -> list[Action]:
    """One that is dissolved can only be corrected."""
    act, code = "organisations.change", organisation.code
    actions = [_action(_("修改"), "organisations:edit", code, "edit")]
    if organisation.dissolved_on is None:
        if organisation.kind not in NEVER_PARENT:
            href = f"{reverse('organisations:new')}?{urlencode({'parent': code})}"
            actions.append(Action(_("新设下级"), href, "plus"))
        actions.append(_action(_("调整隶属"), "organisations:move", code, "move"))
        actions.append(_action(_("撤销"), "organisations:dissolve", code, "stop"))
    return permitted(user, organisation, *((act, action) for action in actions))


def unit_actions(unit: Unit, user: User) -> list[Action]:
    act = "organisations.change"
    offers = [(act, _action(_("修改"), "units:edit", unit.pk, "edit"))]
    if unit.valid_to is None:
        offers.append((act, _action(_("注销"), "units:close", unit.pk, "stop")))
    return permitted(user, unit, *offers)


def _action(title: str, view: str, key: str | int, icon: str) -> Action:
    return Action(title, address(view, key), icon)


def organisation_crumbs(organisation: Organisation, user: User) -> list[Crumb]:
    """Superior organisations that the reader may see, from the top down."""
    ids = [int(part) for part in organisation.path.split(".")[:-2]]
    rows = Organisation.objects.visible_to(user).filter(pk__in=ids).order_by("path")
    names = rows.values_list("name", "code")
    return [(name, address("organisations:detail", code)) for name, code in names]


def below(parent: Organisation, user: User, as_of: date) -> QuerySet[Organisation]:
    return parent.children.visible_to(user).on(as_of).order_by("kind", "pinyin", "id")


def with_children(rows: Any, user: User, as_of: date) -> Any:
    """Each with `has_children`, so that only those open that have something below."""
    children = Organisation.objects.filter(parent=OuterRef("pk"))
    return rows.annotate(has_children=Exists(children))


def unit_facts(unit: Unit) -> Facts:
    return [
        (_("统一社会信用代码"), unit.credit_code),
        (_("类型"), unit.get_kind_display()),
        (_("隶属"), unit.get_rank_display()),
        (_("区划"), unit.area.name),
        (_("单位党组织"), unit.organisation.name if unit.organisation else ""),
        (_("登记日期"), unit.valid_from),
        (_("注销日期"), unit.valid_to),
    ]
