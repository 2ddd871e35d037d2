"""What the find box answers: pages and figures from memory, records from the registers."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.figures import catalogue
from sanqiao.kernel.models import User
from sanqiao.registers.spelling import spelled
from sanqiao.web.doors import drawer
from sanqiao.web.menu import menu_for
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .registers import areas, organisations, people

MOST = 6


@dataclass(frozen=True)
class Found:
    name: str
    more: str
    href: str


Group = tuple[str, list[Found]]


def answers(request: Request, text: str) -> list[Group]:
    """Groups that have something, the likeliest kind first."""
    user = request.user
    groups = [
        (_("页面"), pages(user, text)),
        (_("区划"), _areas(user, text)),
        (_("党组织"), _organisations(user, text)),
        (_("人员"), _people(user, text)),
        (_("指标"), figures(request, text)),
    ]
    return [(title, found) for title, found in groups if found]


def matches(name: str, text: str) -> bool:
    """By Chinese, pinyin or its initials, from the start of any character."""
    wanted = text.lower().replace(" ", "")
    if wanted in name.lower():
        return True
    spelling = spelled(name)
    return wanted.isascii() and (wanted in spelling.pinyin or wanted in spelling.initials)


def pages(user: User, text: str) -> list[Found]:
    items = [item for entry in menu_for(user.acts, "", "") for item in (entry, *entry.below)]
    found = {str(item.title): item.href for item in items if matches(str(item.title), text)}
    return [Found(name, "", href) for name, href in found.items()][:MOST]


def figures(request: Request, text: str) -> list[Found]:
    if "figures.view" not in request.user.acts:
        return []
    query = viewing_of(request).figure_query
    known = catalogue.figures().items()
    found = [(code, f) for code, f in known if text in code or matches(str(f.name), text)]
    return [Found(str(f.name), str(f.unit), drawer(code, query)) for code, f in found][:MOST]


def _areas(user: User, text: str) -> list[Found]:
    if "areas.view" not in user.acts:
        return []
    return [
        Found(area.name, area.get_level_display(), reverse("areas:detail", args=[area.key]))
        for area in areas(user, text, MOST)
    ]


def _organisations(user: User, text: str) -> list[Found]:
    if "organisations.view" not in user.acts:
        return []
    return [
        Found(o.name, o.get_kind_display(), reverse("organisations:detail", args=[o.code]))
        for o in organisations(user, text, MOST)
    ]


def _people(user: User, text: str) -> list[Found]:
    if "people.view" not in user.acts:
        return []
    return [
        Found(p.name, p.area.name, reverse("people:detail", args=[p.pk]))
        for p in people(user, text, MOST)
    ]
