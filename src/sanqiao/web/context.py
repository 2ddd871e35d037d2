from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sanqiao.kernel.models import User

from .menu import menu_html
from .viewing import Viewing, usual_viewing, viewing_of

THEMES = ("light", "dark")


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


def workbench(request: HttpRequest) -> dict[str, Any]:
    """What every page needs."""
    return {"shell": Shell(request)}
