from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from sanqiao.kernel.models import User
from sanqiao.web.request import Request, is_fragment
from sanqiao.web.viewing import Viewing, viewing_of

from .columns import Column, Place, Words
from .export import export
from .filters import ONE, Filter
from .page import Page, page_of

Rows = Callable[[User, Viewing], QuerySet[Any]]


@dataclass(frozen=True)
class Button:
    """A link at the head of a list, for those whom some grant allows `act`."""

    title: Words
    view: str
    act: str
    icon: str = "plus"
    arguments: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        return reverse(self.view, args=self.arguments)


@dataclass(frozen=True, eq=False)
class Listing:
    """A list page. `rows` starts at `visible_to` and keeps to the viewing's area and day; where it
    looks at nothing else, `is_plain` says so, and the unfiltered list's SQL is made once.

    The first column is the row's title. `order` must end in a unique field. `sums` are figure
    codes, shown in the footer as number doors of the same area and day.
    """

    name: str
    title: Words
    rows: Rows
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    sums: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    empty: Words = ""
    tabs: tuple[tuple[Words, str], ...] = ()
    key: Place = staticmethod(lambda row: str(row["pk"]))
    template: str = "listing/page.html"
    is_plain: bool = False

    def respond(self, request: Request, **extra: Any) -> HttpResponseBase:
        """The page, its changed part for htmx, or the export as shown."""
        viewing = viewing_of(request)
        if request.GET.get("export") in {"xlsx", "csv"}:
            return export(self, request, viewing)
        context = {"listing": self, "page": self.page(request, viewing), "viewing": viewing}
        template = "listing/rows.html" if is_fragment(request, "listing") else self.template
        return render(request, template, context | extra)

    @property
    def narrowing(self) -> tuple[Filter, ...]:
        """Its own filters, and the one record that every list can be opened at."""
        return (*self.filters, ONE)

    @property
    def places(self) -> list[tuple[Words, str]]:
        return [(title, reverse(view)) for title, view in self.tabs]

    def page(self, request: Request, viewing: Viewing) -> Page:
        return page_of(self, request, viewing)
