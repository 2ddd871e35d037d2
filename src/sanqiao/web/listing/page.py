"""One page of a list: which rows, in which order, as which HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sanqiao.web.doors import Door, closed
from sanqiao.web.request import Request
from sanqiao.web.templatetags.workbench import query_with
from sanqiao.web.viewing import Viewing

from .columns import Column, Place, Row
from .filters import ONE, controls
from .finding import COUNTED, SIZE, fields, found, narrowed, ordering

if TYPE_CHECKING:
    from .declaration import Button, Listing


@dataclass(frozen=True)
class Page:
    listing: Listing
    request: Request
    viewing: Viewing
    columns: tuple[Column, ...]
    sort: str
    number: int
    rows: list[Row]
    has_more: bool
    count: int
    is_selectable: bool

    @property
    def is_capped(self) -> bool:
        return self.count > COUNTED

    @property
    def first(self) -> int:
        return (self.number - 1) * SIZE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def previous(self) -> str:
        return query_with(self.request, page=self.number - 1) if self.number > 1 else ""

    @property
    def following(self) -> str:
        return query_with(self.request, page=self.number + 1) if self.has_more else ""

    @cached_property
    def sums(self) -> list[Door]:
        return closed(self.listing.sums, self.viewing)

    @cached_property
    def filters(self) -> SafeString:
        return controls(self.listing.narrowing, self.request.GET)

    @property
    def is_filtered(self) -> bool:
        return any(one.words(self.request.GET) for one in self.listing.narrowing)

    @property
    def is_one(self) -> bool:
        """Does it show a single record that somebody came for?"""
        return ONE.is_given(self.request.GET)

    @property
    def words(self) -> list[str]:
        """What this list is narrowed to, in words."""
        return described(self.listing, self.request, self.viewing)

    @property
    def buttons(self) -> list[Button]:
        acts = self.request.user.acts
        return [button for button in self.listing.buttons if button.act in acts]

    @property
    def width(self) -> int:
        return len(self.columns) + self.is_selectable

    @property
    def chosen(self) -> list[tuple[Column, bool]]:
        """Every column, and whether it shows; the first always does."""
        return [(column, column in self.columns) for column in self.listing.columns[1:]]

    @property
    def head(self) -> SafeString:
        cells = "".join(self._head(column) for column in self.columns)
        box = _("全选本页")
        tick = f'<th class="s"><input type="checkbox" data-all aria-label="{box}"></th>'
        return mark_safe((tick if self.is_selectable else "") + cells)  # noqa: S308

    def _head(self, column: Column) -> str:
        title, css = escape(str(column.title)), f' class="{column.css}"' if column.css else ""
        if not column.sort:
            return f'<th scope="col"{css}>{title}</th>'
        down = self.sort == column.name
        href = query_with(self.request, sort=f"-{column.name}" if down else column.name, page="")
        sorted_by = self.sort.removeprefix("-") == column.name
        way = f' aria-sort="{"ascending" if down else "descending"}"' if sorted_by else ""
        return f'<th scope="col"{css}{way}><a href="{escape(href)}">{title}</a></th>'

    @property
    def body(self) -> SafeString:
        """All rows at once: no template runs for a cell."""
        cells = [_cell(column, n == 0) for n, column in enumerate(self.columns)]
        if self.is_selectable:
            cells.insert(0, _tick(self.listing.key))
        lines = ("".join([cell(row) for cell in cells]) for row in self.rows)
        row = '<tr aria-current="true">' if self.is_one else "<tr>"
        return mark_safe("".join([f"{row}{line}</tr>" for line in lines]))  # noqa: S308


def _tick(key: Place) -> Place:
    label = escape(_("选择这一行"))
    return lambda row: (
        f'<td class="s"><input type="checkbox" name="row" value="{escape(key(row))}"'
        f' aria-label="{label}"></td>'
    )


def _cell(column: Column, is_first: bool) -> Place:
    """A phone shows the label beside the value, so each cell carries it."""
    inner, css = column.cell(), f' class="{column.css}"' if column.css else ""
    if is_first:
        return lambda row: f'<th scope="row"{css}>{inner(row)}</th>'
    label = escape(str(column.title))
    return lambda row: f'<td{css} data-l="{label}">{inner(row)}</td>'


def page_of(listing: Listing, request: Request, viewing: Viewing) -> Page:
    columns = chosen_columns(listing, request)
    sort = chosen_sort(listing, request)
    number = _number(request.GET.get("page", ""))
    shown = found(listing, request, viewing, columns, sort, number)
    return Page(
        listing=listing,
        request=request,
        viewing=viewing,
        columns=columns,
        sort=sort,
        number=number,
        rows=shown.rows,
        has_more=shown.has_more,
        count=shown.count,
        is_selectable="export" in request.user.acts,
    )


def selected(
    listing: Listing, request: Request, viewing: Viewing, columns: tuple[Column, ...], sort: str
) -> QuerySet[Any, Row]:
    """The rows as dicts of the fields that the columns read."""
    rows = narrowed(listing, request, viewing)
    return rows.order_by(*ordering(listing, sort)).values(*fields(columns))


def chosen_columns(listing: Listing, request: Request) -> tuple[Column, ...]:
    """`col=` any number of times; without it those that are not hidden."""
    wanted = set(request.GET.getlist("col"))
    if wanted & {column.name for column in listing.columns}:
        return (listing.columns[0], *(c for c in listing.columns[1:] if c.name in wanted))
    return tuple(column for column in listing.columns if not column.is_hidden)


def chosen_sort(listing: Listing, request: Request) -> str:
    sort = request.GET.get("sort", "")
    known = {column.name for column in listing.columns if column.sort}
    return sort if sort.removeprefix("-") in known else ""


def described(listing: Listing, request: Request, viewing: Viewing) -> list[str]:
    is_placed = viewing.area and not ONE.is_given(request.GET)
    place = [f"{_('区划')}：{viewing.place.name}"] if is_placed else []
    given = [one.words(request.GET) for one in listing.narrowing]
    return [*place, f"{_('截至')}：{viewing.as_of.isoformat()}", *(w for w in given if w)]


def _number(text: str) -> int:
    return max(1, min(int(text), 10_000)) if text.isdecimal() and text.isascii() else 1
