"""The left rail and the bottom bar: what a role can't use isn't shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from os.path import commonprefix

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Entry:
    """A line of the menu; `acts` any of which it needs, none for everybody who signed in.

    `also` are pages whose names do not tell that they belong to it.
    """

    title: Words
    view: str
    acts: tuple[str, ...] = ()
    icon: str = ""
    below: tuple[Entry, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def space(self) -> str:
        """The URL namespace whose pages this entry stands for."""
        return self.view.split(":")[0]


MENU = (
    Entry(_("工作台"), "home", icon="desk"),
    Entry(
        _("区划网格"), "areas:list", ("areas.view",), "grid",
        (
            Entry(_("区划"), "areas:list", ("areas.view",)),
            Entry(_("小区"), "compounds:list", ("areas.view",)),
            Entry(_("四级架构"), "tiers:structure", ("areas.view",)),
            Entry(_("业主委员会"), "committees:list", ("organisations.view",)),
            Entry(_("党员中心户"), "households:list", ("people.view",)),
        ),
    ),
    Entry(
        _("组织党员"), "organisations:list", ("organisations.view",), "people",
        (
            Entry(_("党组织"), "organisations:list", ("organisations.view",)),
            Entry(_("党员"), "members:list", ("people.view",)),
            Entry(_("任职"), "appointments:list", ("people.view",)),
            Entry(_("单位"), "units:list", ("organisations.view",)),
        ),
    ),
    Entry(
        _("动员"), "mobilisations:list", ("mobilisation.view", "figures.view"), "clock",
        (
            Entry(_("历次动员"), "mobilisations:list", ("mobilisation.view",)),
            Entry(_("承诺"), "mobilisations:pledges", ("mobilisation.view",)),
            Entry(_("演练成绩"), "mobilisations:exercises", ("mobilisation.view",)),
            Entry(_("我的动员"), "mobilisations:mine", ("figures.view",)),
        ),
    ),
    Entry(
        _("突击队"), "squads:list", ("squads.view", "figures.view"), "place",
        (
            Entry(_("突击队"), "squads:list", ("squads.view",)),
            Entry(_("值守班次"), "squads:shifts", ("squads.view",)),
            Entry(_("封闭单元"), "squads:closed", ("squads.view",)),
            Entry(_("我的班次"), "squads:mine", ("figures.view",)),
        ),
    ),
    Entry(_("捐款捐物"), "contributions:board", ("contributions.view",), "check"),
    Entry(
        _("填报"), "returns:list", ("returns.view",), "report",
        (
            Entry(_("填报任务"), "returns:list", ("returns.view",)),
            Entry(_("报送情况"), "returns:board", ("returns.view",)),
            Entry(_("报表"), "returns:forms", ("returns.view",), also=("ask", "edition_new")),
            Entry(_("对照表"), "returns:tables", ("returns.view",), also=("say", "rank")),
        ),
    ),
    Entry(
        _("报到服务"), "service:pairings", ("service.view", "figures.view"), "link",
        (
            Entry(_("单位包联"), "service:pairings", ("service.view",)),
            Entry(_("待接收"), "service:queue", ("service.accept",)),
            Entry(
                _("本单位"), "service:unit", ("service.liaise",),
                also=("upload", "template", "preview", "commit", "exempt_one"),
            ),
            Entry(
                _("报到名册"), "service:check_ins", ("service.view",),
                also=("accept", "move", "exemptions"),
            ),
            Entry(
                _("双报告"), "service:member_reports", ("service.view",),
                also=("unit_reports", "report", "draft", "confirm", "remark"),
            ),
            Entry(
                _("我的报到"), "service:mine", ("figures.view",),
                also=("check_in_mine", "move_mine"),
            ),
        ),
    ),
    Entry(_("指标"), "figures:catalogue", ("figures.view",), "figure"),
    Entry(_("综述"), "reports:list", ("reports.view",), "report"),
    Entry(_("导入"), "imports:list", ("import",), "import"),
    Entry(
        _("管理"),
        "grants:list",
        ("grants.give", "audit.view", "events.view", "jobs.view"),
        "shield",
        (
            Entry(_("授权"), "grants:list", ("grants.give",)),
            Entry(_("经过"), "events:list", ("events.view", "audit.view")),
            Entry(_("查阅"), "looks:list", ("audit.view",)),
            Entry(_("存证链"), "chains:list", ("audit.view",)),
            Entry(_("后台任务"), "jobs:list", ("jobs.view",)),
        ),
    ),
)  # fmt: skip

BOTTOM = (
    Entry(_("待办"), "home", icon="desk"),
    Entry(_("区划"), "areas:list", ("areas.view",), "grid"),
    Entry(_("组织"), "organisations:list", ("organisations.view",), "people"),
    Entry(_("服务"), "service:mine", ("figures.view",), "link"),
    Entry(_("我的"), "mine", icon="person"),
)


@dataclass(frozen=True)
class Item:
    """An entry as one user sees it on one page."""

    title: Words
    href: str
    icon: str
    is_here: bool
    below: list[Item] = field(default_factory=list)


def menu_for(
    acts: frozenset[str], here: str, query: str, entries: tuple[Entry, ...] = MENU
) -> list[Item]:
    """`here` is the view's full name; a page without a URL (a later domain) has no entry."""
    return [item for entry in entries if (item := _item(entry, acts, here, query))]


@lru_cache(maxsize=2048)
def menu_html(
    template: str, acts: frozenset[str], here: str, query: str, language: str
) -> SafeString:
    """The rail or the bottom bar; the same for everybody with these acts on this page."""
    entries = BOTTOM if template == "shell/bottom.html" else MENU
    context = {"items": menu_for(acts, here, query, entries), "home": reverse("home") + query}
    return mark_safe(render_to_string(template, context))  # noqa: S308


def _item(entry: Entry, acts: frozenset[str], here: str, query: str) -> Item | None:
    opened = [sub for sub in entry.below if not sub.acts or acts.intersection(sub.acts)]
    if entry.below and not opened or entry.acts and not acts.intersection(entry.acts):
        return None
    try:
        current = closest(opened or [entry], here)
        below = [_line(sub, query, sub is current) for sub in opened]
        item = _line(entry, query, current is not None, below)
    except NoReverseMatch:
        return None
    return item


def _line(entry: Entry, query: str, is_here: bool, below: Sequence[Item] = ()) -> Item:
    href = below[0].href if below else reverse(entry.view) + query
    return Item(entry.title, href, entry.icon, is_here, list(below))


def closest(entries: Sequence[Entry], here: str) -> Entry | None:
    """The one entry that a page belongs to: by its name or, of a namespace that several share, by
    the longest beginning of it; the first where names tell nothing. None in another namespace."""
    space, _colon, name = here.partition(":")
    near = [entry for entry in entries if entry.space == space]
    named = [e for e in near if e.view == here or name in e.also]
    if named or not near:
        return named[0] if named else None
    return max(near, key=lambda entry: len(commonprefix([entry.view, here])))
