from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, cast
from urllib.parse import quote

from django.http import Http404, HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from sanqiao.kernel.models import User

from .menu import menu_html
from .viewing import Viewing, usual_viewing, viewing_of

THEMES = ("light", "dark")
NEXT = "-this-address-"


class Shell:
    """What stands around every page; nothing is asked of the database before it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> User | None:
        return self.request.user if isinstance(self.request.user, User) else None

    @cached_property
    def viewing(self) -> Viewing:
        """On the page of an error, which may be about the area asked for, the usual place."""
        try:
            return viewing_of(self.request)
        except Http404:
            return usual_viewing(cast(User, self.request.user))

    @cached_property
    def here(self) -> str:
        match = self.request.resolver_match
        return match.view_name if match else ""

    @property
    def rail(self) -> SafeString:
        return self._menu("shell/rail.html")

    @property
    def bottom(self) -> SafeString:
        return self._menu("shell/bottom.html")

    @property
    def top(self) -> SafeString:
        viewing = self.viewing
        name = viewing.area.name if viewing.area else ""
        query = self.request.META.get("QUERY_STRING", "")
        html = top_html(get_language() or "", str(self.user), name, viewing, query)
        return mark_safe(html.replace(NEXT, quote(self.request.get_full_path())))  # noqa: S308

    def _menu(self, template: str) -> SafeString:
        acts = self.user.acts if self.user else frozenset()
        return menu_html(template, acts, self.here, self.query, get_language() or "")

    @cached_property
    def query(self) -> str:
        """Area and period as given, without looking them up: error pages have menus too."""
        kept = ("area", "as_of", "start")
        given = self.request.GET.copy()
        for name in set(given) - set(kept):
            del given[name]
        return f"?{given.urlencode()}" if given else ""

    @property
    def theme(self) -> str:
        """`light` or `dark` when chosen; empty follows the system."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""


@lru_cache(maxsize=2048)
def top_html(language: str, who: str, place: str, viewing: Viewing, query: str) -> str:
    """The head of the page, with a mark where the page's own address goes; it takes a quarter of
    a page's time, and is the same on all pages of one reader, place and period. `place` is the
    area's name, which may change."""
    asked = HttpRequest()
    asked.GET = QueryDict(query)
    context = {"request": asked, "who": who, "viewing": viewing, "next": NEXT}
    return render_to_string("shell/top.html", context)


def workbench(request: HttpRequest) -> dict[str, Any]:
    """What every page needs."""
    return {"shell": Shell(request)}
