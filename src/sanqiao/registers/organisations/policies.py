"""What may be done to organisations and units. Pure; raises Refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Reason, Refusals

from .models import Organisation, Unit

OUT_OF_SCOPE = Reason("organisations.out_of_scope", "code", gettext_lazy("不在您的管理范围内"))
NEVER_PARENT = frozenset({"group", "grid_group", "functional_branch"})
"""Kinds below which nothing stands."""
BAD_PARENT = Reason(
    "organisations.bad_parent", "parent_code", gettext_lazy("%(parent)s下面不能设%(child)s")
)


def may(by: User, act: str, *, area: str, organisation: str) -> bool:
    return by.may(act, area=area, organisation=organisation)


def check_may(by: User, act: str, organisation: Organisation) -> None:
    """Raises Refused: organisations.not_allowed."""
    if not may(by, act, area=organisation.area_path, organisation=organisation.path):
        words = _("您无权在“%(name)s”办理此事") % {"name": organisation.name}
        raise Refused("organisations.not_allowed", words)


def check_may_in(by: User, act: str, *, area_path: str, name: str) -> None:
    """For records that only an area owns. Raises Refused: organisations.not_allowed."""
    if not by.may(act, area=area_path):
        words = _("您无权在“%(name)s”办理此事") % {"name": name}
        raise Refused("organisations.not_allowed", words)


def refuse_out_of_scope(
    by: User, paths: Iterable[tuple[str, str]], refusals: Refusals, *, field: str = ""
) -> None:
    """Add the rows whose (area path, organisation path) `by` may not import into."""
    reason = OUT_OF_SCOPE._replace(field=field or OUT_OF_SCOPE.field)
    allowed: dict[tuple[str, str], bool] = {("", ""): True}
    for row, place in enumerate(paths):
        if place not in allowed:
            allowed[place] = may(by, "import", area=place[0], organisation=place[1])
        if not allowed[place]:
            refusals.add(row, reason)


def may_contain(parent: str, child: str) -> bool:
    """By kind: groups and functional branches have nothing below; only groups stand in a branch,
    and a committee only below a committee."""
    if parent in NEVER_PARENT:
        return False
    if parent in {"branch", "temporary_branch"}:
        return child in NEVER_PARENT
    return child != "committee" or parent == "committee"


def check_parent(parent: str | None, child: str) -> None:
    """By kinds. Raises Refused: organisations.bad_parent."""
    if parent is not None and not may_contain(parent, child):
        kinds = Organisation.Kind
        words = {"parent": kinds(parent).label, "child": kinds(child).label}
        raise Refused(BAD_PARENT.code, str(BAD_PARENT.message) % words, field="parent")


def check_open(organisation: Organisation, on: date) -> None:
    """Raises Refused: organisations.dissolved."""
    ended = organisation.dissolved_on
    if ended is not None and ended <= on:
        words = _("“%(name)s”已于 %(day)s 撤销") % {"name": organisation.name, "day": ended}
        raise Refused("organisations.dissolved", words)


def check_can_dissolve(organisation: Organisation, *, members: int, below: int) -> None:
    """Raises Refused: organisations.has_members, organisations.has_children."""
    if members:
        words = _("还有 %(count)d 名党员，先转出再撤销") % {"count": members}
        raise Refused("organisations.has_members", words)
    if below:
        words = _("还有 %(count)d 个下级党组织，先调整再撤销") % {"count": below}
        raise Refused("organisations.has_children", words)


def check_can_close(unit: Unit, *, on: date) -> None:
    """Raises Refused: organisations.unit_closed."""
    if unit.valid_to is not None and unit.valid_to <= on:
        raise Refused("organisations.unit_closed", _("该单位已注销"))
