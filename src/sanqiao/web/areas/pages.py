"""What the pages about areas show and offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.figures.policies import may_see
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported
from sanqiao.registers.areas.commands import import_areas
from sanqiao.registers.areas.models import Area, Building
from sanqiao.registers.areas.rows import AreaRow
from sanqiao.registers.organisations.models import WorkTeam
from sanqiao.web.actions import Action, permitted
from sanqiao.web.addresses import address
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

Facts = list[tuple[str, Any]]
NAMED = 60
"""Buildings that the page of a split names at most."""


def area_facts(area: Area) -> Facts:
    return [
        (_("全称"), area.official_name),
        (_("层级与类型"), f"{area.get_level_display()} · {area.get_kind_display()}"),
        (_("编码"), area.key),
        (_("统计用区划代码"), area.official_code),
        (_("上级区划"), area.parent.name if area.parent else ""),
        (_("户数"), "" if area.households is None else f"{area.households:,}"),
        (_("设立日期"), area.valid_from),
        (_("撤销日期"), area.valid_to),
    ]


class Mark(NamedTuple):
    """What an area is entered as, or has, from a day to a day."""

    title: str
    since: date
    until: date | None
    document: str


def marks_of(area: Area, user: User) -> list[Mark]:
    """Designations, and the teams stationed here that `user` may see; the latest first."""
    found = [
        Mark(row.get_kind_display(), row.valid_from, row.valid_to, row.document)
        for row in area.designations.all()
    ]
    if "organisations.view" in user.acts:
        teams = WorkTeam.objects.visible_to(user).filter(area=area).select_related("unit")
        found += [
            Mark(_("驻村工作队：%(unit)s") % {"unit": row.unit or "—"}, row.valid_from,
                 row.valid_to, "")
            for row in teams
        ]  # fmt: skip
    return sorted(found, key=lambda mark: mark.since, reverse=True)


def area_actions(area: Area, user: User) -> list[Action]:
    offers = [("areas.change", _action(_("修改"), "areas:edit", area, "edit"))]
    if area.level == Area.Level.GRID:
        offers.insert(0, ("areas.split", _action(_("划分小微网格"), "areas:split", area, "split")))
    if area.parent_id:
        offers.append(("areas.move", _action(_("划转"), "areas:move", area, "move")))
    return permitted(user, area, *offers)


def _action(title: str, view: str, area: Area, icon: str) -> Action:
    return Action(title, address(view, area.key), icon)


def area_links(area: Area, user: User) -> list[tuple[str, str]]:
    """Lists of what lies in this area, for those who may see them."""
    offers = (
        ("areas.view", _("下级区划"), "areas:list"),
        ("areas.view", _("小区"), "compounds:list"),
        ("areas.view", _("四级架构"), "tiers:structure"),
        ("organisations.view", _("党组织"), "organisations:list"),
        ("organisations.view", _("单位"), "units:list"),
        ("people.view", _("党员"), "members:list"),
        ("people.view", _("任职"), "appointments:list"),
    )
    return [
        (title, f"{reverse(view)}?area={area.key}")
        for act, title, view in offers
        if act in user.acts
    ]


def buildings_in(grid: Area, user: User) -> str:
    """In words: the buildings that stand in the grid itself, as a split names them."""
    rows = Building.objects.visible_to(user).filter(area=grid).select_related("compound")
    names = [f"{row.compound.name}{row.name}" for row in rows.order_by("compound", "pk")[:NAMED]]
    words = _("现在登记在本网格的楼栋：%(names)s")
    return words % {"names": "、".join(names)} if names else ""


def warn_of_buildings(request: Request, grid: Area) -> None:
    """Say how many buildings a split has left with the grid."""
    left = Building.objects.visible_to(request.user).filter(area=grid).count()
    if left:
        words = _("还有 %(n)d 栋楼没有划给小微网格，仍在原网格；可以导入“楼栋”表来改")
        messages.warning(request, words % {"n": left})


def set_boundaries(*, file: Mapping[str, dict[str, Any]], by: User) -> Imported:
    """New outlines by area key; everything else of the areas stays. Raises Refused."""
    areas = Area.objects.filter(key__in=file).select_related("parent")
    unknown = sorted(set(file) - {area.key for area in areas})
    if unknown:
        words = _("没有这些编码的区划：%(keys)s") % {"keys": "、".join(unknown[:10])}
        raise Refused("areas.unknown_area", words, field="file")
    return import_areas(rows=[_with_outline(area, file[area.key]) for area in areas], by=by)


def _with_outline(area: Area, outline: dict[str, Any]) -> AreaRow:
    return AreaRow(
        key=area.key, official_code=area.official_code, name=area.name,
        official_name=area.official_name, level=area.level, kind=area.kind,
        parent_key=area.parent.key if area.parent else None, households=area.households,
        boundary=outline, valid_from=area.valid_from,
    )  # fmt: skip


def switch_panel(request: Request) -> dict[str, Any]:
    """The way up, the place itself, and what lies below it, as far as the grants go."""
    here, page = _place(request), request.GET.get("next", "")
    above: Iterable[Area] = ()
    below: Iterable[Area] = ()
    if here is not None:
        rows = Area.objects.defer("boundary")
        above = rows.filter(pk__in=here.ancestor_ids).order_by("path")
        below = rows.filter(parent=here, valid_to=None).order_by("key")
    return {
        "here": here,
        "here_href": _chosen(page, here) if here else "",
        "above": _offered(request.user, above, page),
        "below": _offered(request.user, below, page),
        "granted": _offered(request.user, _granted(request.user), page),
        "next": page,
    }


def _offered(user: User, areas: Iterable[Area], page: str) -> list[tuple[Area, str]]:
    return [(area, _chosen(page, area)) for area in areas if may_see(user, area)]


def _granted(user: User) -> Iterable[Area]:
    """The places of several grants, to jump between them."""
    paths = {grant.path for grant in user.grants_today if grant.path}
    return Area.objects.defer("boundary").filter(path__in=paths) if len(paths) > 1 else ()


def _place(request: Request) -> Area | None:
    """The area of the page that asks, unless the panel itself names one."""
    asked = QueryDict(urlsplit(request.GET.get("next", "")).query).get("area")
    if not asked or "area" in request.GET:
        return viewing_of(request).area
    area = Area.objects.filter(key=asked).first()
    return area if area and may_see(request.user, area) else viewing_of(request).area


def _chosen(page: str, area: Area) -> str:
    """The page that asked, looking at `area`; only pages of ours."""
    parts = urlsplit(page)
    path = parts.path if parts.path.startswith("/") and not parts.netloc else "/"
    given = QueryDict(parts.query, mutable=True)
    given["area"] = area.key
    given.pop("page", None)
    return urlunsplit(("", "", path if not path.startswith("//") else "/", given.urlencode(), ""))
