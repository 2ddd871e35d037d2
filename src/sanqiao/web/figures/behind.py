"""The rows behind a number, as far as the reader may see them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Field, Model, QuerySet

from sanqiao.figures import engine
from sanqiao.figures.figure import Figure
from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Scoped
from sanqiao.registers.areas.models import Area
from sanqiao.web.viewing import Viewing

from .pages import PAGES, READ_ALONG

WANTED = (
    "name", "title", "receipt", "item", "person", "post", "organisation", "kind", "row", "area",
    "compound", "unit", "line", "value", "place", "founded_on", "issued_on", "given_on",
    "received_on", "pledged_on", "done_on", "checked_in_on", "valid_from", "valid_to", "closed_on",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How many rows, and how many of their columns, a page shows."""

    rows: int
    columns: int


FIRST, ALL = Size(10, 3), Size(50, 8)


class Line(NamedTuple):
    href: str
    cells: list[str]


@dataclass(frozen=True)
class Behind:
    """`shown` of `total` rows are the reader's to see."""

    heads: list[Any]
    lines: list[Line]
    start: int
    shown: int
    total: int
    size: Size

    @property
    def following(self) -> int:
        """The number of the next page; 0 when this is the last."""
        return self.start // self.size.rows + 2 if self.shown > self.start + self.size.rows else 0


def behind(
    user: User, figure: Figure, viewing: Viewing, total: int, size: Size, start: int = 0
) -> Behind:
    """Rows of the first part, whose number is the numerator. Three queries."""
    found = engine.rows_of(figure, viewing.place, viewing.as_of, viewing.start)
    rows = visible(found, user)
    if rows is None:
        return Behind([], [], 0, 0, total, size)
    fields = fields_of(found.model, size.columns)
    page = _page(rows, fields, viewing.figure_query, range(start, start + size.rows))
    heads = [field.verbose_name for field in fields]
    return Behind(heads, page, start, rows.count(), total, size)


def visible(rows: QuerySet[Any], user: User) -> QuerySet[Any] | None:
    """None without the act that opens rows of this domain."""
    model = rows.model
    if f"{model._meta.app_label}.view" not in user.acts:
        return None
    return rows.filter(model.rows_in(user.scope)) if issubclass(model, Scoped) else public(rows)


def public(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Areas and the like are public, but records that make them count may be out of sight: which
    rows they are is found past the scope."""
    with unscoped():
        found = list(rows.values_list("pk", flat=True))
    picked: QuerySet[Any] = rows.model._default_manager.filter(pk__in=found)
    return picked


def _page(
    rows: QuerySet[Any], fields: list[Field[Any, Any]], query: str, numbers: range
) -> list[Line]:
    href = PAGES.get(rows.model._meta.label)
    return [
        Line(href(row, query) if href else "", [word(row, field) for field in fields])
        for row in picked(rows, fields)[numbers.start : numbers.stop]
    ]


def picked(rows: QuerySet[Any], fields: list[Field[Any, Any]]) -> QuerySet[Any]:
    """In a fixed order, with the records that the fields name."""
    related = [field.name for field in fields if field.is_relation]
    related += READ_ALONG.get(rows.model._meta.label, ())
    ordered = rows.order_by("pk")
    if rows.model is Area:
        ordered = ordered.defer("boundary")
    return ordered.select_related(*related) if related else ordered


def fields_of(model: type[Model], most: int) -> list[Field[Any, Any]]:
    """What a row is called, where it belongs, since when."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return [fields[name] for name in WANTED if name in fields][:most]


def word(row: Model, field: Field[Any, Any]) -> str:
    if field.flatchoices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)
