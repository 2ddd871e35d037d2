"""What the find box answers: pages and figures from memory, records from the registers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sanqiao.figures import catalogue
from sanqiao.kernel.models import User
from sanqiao.registers.people.finding import find
from sanqiao.registers.spelling import spelled
from sanqiao.web.addresses import address
from sanqiao.web.doors import drawer
from sanqiao.web.menu import menu_for
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .codes import codes_of

MOST = 6


@dataclass(frozen=True)
class Found:
    name: str
    more: str
    href: str


Group = tuple[str, list[Found]]


def answers(request: Request, text: str) -> list[Group]:
    """Groups that have something, the likeliest kind first."""
    groups = [
        (_("页面"), pages(request.user, text)),
        *records(request.user, text),
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


def records(user: User, text: str) -> list[Group]:
    """A group for each register that the user may open."""
    titles = [
        ("area", _("区划"), "areas.view"),
        ("organisation", _("党组织"), "organisations.view"),
        ("unit", _("单位"), "organisations.view"),
        ("person", _("人员"), "people.view"),
    ]
    kinds = {kind: title for kind, title, act in titles if act in user.acts}
    rows = [one for one in find(text, user, MOST) if one.kind in kinds] if kinds else []
    codes = codes_of(rows)
    groups: dict[str, list[Found]] = {kind: [] for kind in kinds}
    for one in rows:
        href = address(one.url_name, codes.get((one.kind, one.id), one.id))
        groups[one.kind].append(Found(one.title, one.subtitle, href))
    return [(kinds[kind], found) for kind, found in groups.items()]


def pages(user: User, text: str) -> list[Found]:
    items = [item for entry in menu_for(user.acts, "", "") for item in (entry, *entry.below)]
    found = {str(item.title): item.href for item in items if matches(str(item.title), text)}
    return [Found(name, "", href) for name, href in found.items()][:MOST]


def figures(request: Request, text: str) -> list[Found]:
    """The shortest names first: they are the nearest to what was typed."""
    if "figures.view" not in request.user.acts:
        return []
    query = viewing_of(request).figure_query
    known = catalogue.figures().items()
    found = [(code, f) for code, f in known if text.lower() in code or matches(str(f.name), text)]
    found.sort(key=lambda pair: len(str(pair[1].name)))
    return [Found(str(f.name), str(f.unit), drawer(code, query)) for code, f in found][:MOST]
