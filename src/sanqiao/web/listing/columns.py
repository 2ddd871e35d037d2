"""Columns of a list. A row is a dict of query values; a column makes a cell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Row = dict[str, Any]
Words = str | Promise
Value = Callable[[Row], Any]
Place = Callable[[Row], str]
NUMBER, UNKNOWN = "n", "—"
Fill = Callable[[list[Row]], None]
YEAR = "y"


@dataclass(frozen=True, eq=False)
class Column:
    """`bind` is called once a page, so that words are translated once and not once a cell.

    `fill` adds to all rows of a page what the list's own query cannot give.
    """

    name: str
    title: Words
    fields: tuple[str, ...]
    bind: Callable[[], Value]
    sort: tuple[str, ...] = ()
    css: str = ""
    href: Place | None = None
    tone: Place | None = None
    is_hidden: bool = False
    fill: Fill | None = None

    def cell(self) -> Callable[[Row], str]:
        """Row → inner HTML."""
        value, href, tone = self.bind(), self.href, self.tone
        if self.css == YEAR:
            return lambda row: _year(value(row))
        if href:
            return lambda row: f'<a href="{escape(href(row))}">{_html(value(row))}</a>'
        if tone:
            return lambda row: _badge(tone(row), value(row))
        if self.css == NUMBER:
            return lambda row: _html(value(row)) or UNKNOWN
        return lambda row: _html(value(row))


def filled(rows: list[Row], columns: Iterable[Column]) -> list[Row]:
    for column in columns:
        if column.fill and rows:
            column.fill(rows)
    return rows


def _badge(tone: str, value: Any) -> str:
    return f'<span class="status {tone}">{_html(value)}</span>' if value else ""


def _html(value: Any) -> str:
    """Escaped; dates as 2020-06-04, whole numbers with separators, nothing for nothing."""
    if type(value) is str:
        return value if value.isalnum() else escape(value)
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, date):
        return value.isoformat()
    return escape(str(value))


def _field(name: str) -> Callable[[], Value]:
    return lambda: lambda row: row[name]


def _year(value: Any) -> str:
    return "" if value is None else f"{value}"


def text(name: str, title: Words, field: str = "", **more: Any) -> Column:
    """The value of one field as it is."""
    field = field or name
    more.setdefault("sort", (field,))
    return Column(name, title, (field,), _field(field), **more)


def link(name: str, title: Words, field: str, href: Place, *needs: str, **more: Any) -> Column:
    """A field that leads to a page; `needs` are the fields that `href` reads."""
    more.setdefault("sort", (field,))
    return Column(name, title, (field, *needs), _field(field), href=href, **more)


def area(title: Words, field: str = "area", **more: Any) -> Column:
    """An area by its name, which leads to its page; sorted as the tree lies."""
    key = f"{field}__key"
    more.setdefault("sort", (f"{field}_path",))
    return link(field, title, f"{field}__name", lambda row: f"/areas/{row[key]}/", key, **more)


def number(name: str, title: Words, field: str = "", **more: Any) -> Column:
    """A whole number; one that nobody knows is a dash and not 0."""
    return text(name, title, field, css=NUMBER, **more)


def year(name: str, title: Words, field: str = "", **more: Any) -> Column:
    """A whole number without separators."""
    return text(name, title, field, css=YEAR, **more)


def day(name: str, title: Words, field: str = "", **more: Any) -> Column:
    return text(name, title, field, css="d", **more)


def choice(
    name: str, title: Words, choices: Iterable[tuple[str, Words]], field: str = "", **more: Any
) -> Column:
    """A field with choices, shown by its label."""
    field = field or name
    pairs = list(choices)

    def bind() -> Value:
        labels = {value: str(label) for value, label in pairs}
        return lambda row: labels.get(row[field], row[field])

    return Column(name, title, (field,), bind, sort=(field,), **more)


def flag(name: str, title: Words, field: str = "", **more: Any) -> Column:
    """Yes or no; no is a dash, so that the yes stand out."""
    field = field or name

    def bind() -> Value:
        words = {True: _("是"), False: "—"}
        return lambda row: words[bool(row[field])]

    return Column(name, title, (field,), bind, sort=(field,), **more)
