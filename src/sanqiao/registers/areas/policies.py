"""What may be done to areas, and what an area may be. Pure; raises Refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Reason, Refusals

from .models import Area, AreaEdge

LEVELS = list(Area.Level)
KINDS: dict[str, frozenset[str]] = {
    "city": frozenset({"statutory"}),
    "county": frozenset({"statutory", "functional"}),
    "township": frozenset({"subdistrict", "town", "rural_township", "other_township"}),
    "community": frozenset({"village", "residents", "other_community"}),
    "grid": frozenset({"urban_grid", "compound_grid", "rural_grid"}),
    "microgrid": frozenset({"micro"}),
}

OUT_OF_SCOPE = Reason("areas.out_of_scope", "area_key", gettext_lazy("不在您的管理范围内"))
BAD_LEVEL = Reason("areas.bad_level", "level", gettext_lazy("没有这个层级：%(value)s"))
BAD_KIND = Reason("areas.bad_kind", "kind", gettext_lazy("%(level)s不能是“%(value)s”类型"))
BAD_PARENT = Reason(
    "areas.bad_parent", "parent_key", gettext_lazy("%(level)s不能放在%(parent)s下面")
)


def check_may(by: User, act: str, *areas: Area) -> None:
    """Raises Refused unless `by` may do `act` in every one of the areas."""
    for area in areas:
        if not by.may(act, area=area.path):
            words = _("您无权在“%(area)s”办理此事") % {"area": area.name}
            raise Refused("areas.not_allowed", words)


def refuse_out_of_scope(
    by: User, paths: Iterable[str], refusals: Refusals, *, act: str = "import", field: str = ""
) -> None:
    """Add the rows whose area `by` may not touch; one check for each different path."""
    reason = OUT_OF_SCOPE._replace(field=field or OUT_OF_SCOPE.field)
    allowed: dict[str, bool] = {"": True}
    for row, path in enumerate(paths):
        if path not in allowed:
            allowed[path] = by.may(act, area=path)
        if not allowed[path]:
            refusals.add(row, reason)


def may_contain(parent: str, child: str) -> bool:
    """By level: a parent stands higher; grids of compounds may lie in a grid."""
    if parent == child:
        return child == Area.Level.GRID
    return LEVELS.index(Area.Level(parent)) < LEVELS.index(Area.Level(child))


def refuse_shape(
    row: int, *, level: str, kind: str, parent_level: str | None, refusals: Refusals
) -> None:
    """Add a row whose level, kind and parent do not go together."""
    if level not in KINDS:
        refusals.add(row, BAD_LEVEL, value=level)
        return
    label = Area.Level(level).label
    if kind not in KINDS[level]:
        refusals.add(row, BAD_KIND, level=label, value=kind)
    if parent_level is not None and not may_contain(parent_level, level):
        refusals.add(row, BAD_PARENT, level=label, parent=Area.Level(parent_level).label)


def check_kind(level: str, kind: str) -> None:
    """Raises Refused: areas.bad_kind."""
    if kind not in KINDS[level]:
        words = {"level": Area.Level(level).label, "value": kind}
        raise Refused("areas.bad_kind", str(BAD_KIND.message) % words, field="kind")


def check_can_move(area: Area, to: Area, edge: AreaEdge | None, on: date, by: User) -> None:
    """Raises Refused: areas.not_allowed, into_itself, bad_parent, same_parent, move_too_early."""
    check_may(by, "areas.move", area, to)
    if to.path.startswith(area.path):
        raise Refused("areas.into_itself", _("不能划入自身或其下级"), field="to")
    if not may_contain(to.level, area.level):
        words = {"level": area.get_level_display(), "parent": to.get_level_display()}
        raise Refused("areas.bad_parent", str(BAD_PARENT.message) % words, field="to")
    if edge is None:
        raise Refused("areas.no_parent", _("没有现行的隶属关系，不能划转"))
    if edge.parent_id == to.pk:
        raise Refused("areas.same_parent", _("已经隶属于该区划"), field="to")
    if on <= edge.valid_from:
        words_on = {"day": edge.valid_from}
        raise Refused(
            "areas.move_too_early",
            _("划转日期应晚于现隶属关系的起始日期 %(day)s") % words_on,
            field="on",
        )
