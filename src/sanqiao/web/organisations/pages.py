"""What the pages about organisations and units show."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User
from sanqiao.registers.organisations.models import Organisation, Unit
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


def organisation_warnings(organisation: Organisation, as_of: date) -> list[Any]:
    """Rules that the organisation does not meet on the day, each with its source."""
    return []


def organisation_crumbs(organisation: Organisation, user: User) -> list[Crumb]:
    """Superior organisations that the reader may see, from the top down."""
    ids = [int(part) for part in organisation.path.split(".")[:-2]]
    rows = Organisation.objects.visible_to(user).filter(pk__in=ids).order_by("path")
    names = rows.values_list("name", "code")
    return [(name, reverse("organisations:detail", args=[code])) for name, code in names]


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
