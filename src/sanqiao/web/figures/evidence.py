"""What stands behind a number: trend, split over the areas below, first rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Field, Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sanqiao.figures import catalogue, engine
from sanqiao.figures.figure import Figure
from sanqiao.figures.tree import Node
from sanqiao.registers.areas.models import Area
from sanqiao.web.doors import drawer, shown
from sanqiao.web.viewing import Viewing

WIDTH, HEIGHT = 440, 60


@dataclass(frozen=True)
class Rows:
    """How many rows, and how many of their columns, a page shows."""

    size: int
    columns: int


FIRST, ALL = Rows(10, 3), Rows(50, 8)


@dataclass(frozen=True)
class Bar:
    """One area below: its value, the width in percent of the longest, and the door deeper."""

    name: str
    shown: str
    percent: int
    href: str


def value_and_bars(figure: Figure, area: Area, viewing: Viewing) -> tuple[str, list[Bar]]:
    """The number, and one level down the largest first; all from one reading of the tree."""
    column = engine.values([figure], viewing.as_of, viewing.start)[figure.code]
    if area.pk not in column.tree:
        return shown(None), []
    nodes = [column.tree.node(pk) for pk in column.tree.children(area.pk)]
    found = [(node, value) for node in nodes if (value := column[node.id].value) is not None]
    found.sort(key=lambda pair: (-pair[1], pair[0].key))
    return shown(column[area.pk].value, figure.decimals), _bars(figure, viewing, found)


def _bars(figure: Figure, viewing: Viewing, found: list[tuple[Node, Decimal]]) -> list[Bar]:
    longest = max((abs(value) for _node, value in found), default=Decimal(0))
    return [
        Bar(node.name, shown(value, figure.decimals), _percent(value, longest),
            drawer(figure.code, viewing.query_at(node.key)))
        for node, value in found
    ]  # fmt: skip


def _percent(value: Decimal, longest: Decimal) -> int:
    return round(100 * abs(value) / longest) if longest else 0


@dataclass(frozen=True)
class Trend:
    """A line of values; `first` and `last` are (month, value) in words."""

    svg: SafeString
    first: tuple[str, str]
    last: tuple[str, str]


def trend(figure: Figure, area: Area, as_of: date) -> Trend | None:
    """Twelve months; None without two values."""
    found = engine.trend(figure, area, as_of)
    values = [(day, value.value) for day, value in found if value.value is not None]
    if len(values) < 2:
        return None
    words = [(f"{day:%Y-%m}", shown(value, figure.decimals)) for day, value in values]
    return Trend(_line(figure, [value for _day, value in values], words), words[0], words[-1])


def _line(figure: Figure, values: list[Decimal], words: list[tuple[str, str]]) -> SafeString:
    low, high = min(values), max(values)
    spread, step = (high - low) or Decimal(1), Decimal(WIDTH - 12) / (len(values) - 1)
    points = [(6 + n * step, HEIGHT - 6 - 48 * (v - low) / spread) for n, v in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = format_html_join(
        "", '<circle cx="{}" cy="{}" r="2.6" fill="currentColor"><title>{}：{}</title></circle>',
        ((f"{x:.1f}", f"{y:.1f}", *word) for (x, y), word in zip(points, words, strict=True)),
    )  # fmt: skip
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><polyline points="{}"'
        ' fill="none" stroke="currentColor" stroke-width="2"/>{}</svg>',
        WIDTH, HEIGHT, figure.name, path, dots,
    )  # fmt: skip


def heads(model: type[Model], most: int) -> list[Field[Any, Any]]:
    """The columns by which rows of a model are shown: what it is called, where, since when."""
    wanted = ("name", "person", "post", "organisation", "kind", "area", "compound", "unit",
              "founded_on", "valid_from", "valid_to", "closed_on")  # fmt: skip
    fields = {field.name: field for field in model._meta.concrete_fields}
    return [fields[name] for name in wanted if name in fields][:most]


def lines(fields: list[Field[Any, Any]], rows: Any) -> list[list[str]]:
    """Rows as words; related names come in the same query."""
    related = [f.name for f in fields if f.is_relation]
    picked = rows.select_related(*related) if related else rows
    return [[_word(row, field) for field in fields] for row in picked]


def _word(row: Model, field: Field[Any, Any]) -> str:
    if field.flatchoices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    return "" if value is None else str(value)


def figure_on(code: str, day: date) -> Figure | None:
    return catalogue.figures_on(day).get(code)
