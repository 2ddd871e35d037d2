"""What stands behind a number: its split over the areas below, and its trend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sanqiao.figures import engine
from sanqiao.figures.figure import Figure
from sanqiao.figures.tree import Node
from sanqiao.registers.areas.models import Area
from sanqiao.web.doors import drawer, shown
from sanqiao.web.viewing import Viewing

WIDTH, HEIGHT = 440, 60


@dataclass(frozen=True)
class Bar:
    """One area below: its value, the width in percent of the longest, and the door deeper.

    No width where areas are not compared.
    """

    name: str
    shown: str
    percent: int | None
    href: str


@dataclass(frozen=True)
class Evidence:
    """The number as shown; one level down, the largest first, or by their codes where areas are
    not compared; rows behind its first part."""

    value: str
    bars: list[Bar]
    rows: int


def read(figure: Figure, area: Area, viewing: Viewing) -> Evidence:
    """All from one reading of the area's tree of the day; no rows where it was not there yet."""
    found_values = engine.values([figure], viewing.as_of, viewing.start, below=area)
    column = found_values[figure.code]
    if area.pk not in column.tree:
        return Evidence(shown(None), [], 0)
    nodes = [column.tree.node(pk) for pk in column.tree.children(area.pk)]
    found = [(node, value) for node in nodes if (value := column[node.id].value) is not None]
    found.sort(key=lambda pair: (-pair[1] if figure.comparable else 0, pair[0].key))
    return Evidence(
        shown(column[area.pk].value, figure.decimals),
        _bars(figure, viewing, found),
        column.totals[0].rows[column.tree.place[area.pk]],
    )


def _bars(figure: Figure, viewing: Viewing, found: list[tuple[Node, Decimal]]) -> list[Bar]:
    longest = max((abs(value) for _node, value in found), default=Decimal(0))
    return [
        Bar(
            name=node.name,
            shown=shown(value, figure.decimals),
            percent=_width(value, longest) if figure.comparable else None,
            href=drawer(figure.code, viewing.query_at(node.key)),
        )
        for node, value in found
    ]


def _width(value: Decimal, longest: Decimal) -> int:
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
    dot = '<circle cx="{}" cy="{}" r="2.6" fill="currentColor"><title>{}：{}</title></circle>'
    places = zip(points, words, strict=True)
    dots = format_html_join("", dot, ((f"{x:.1f}", f"{y:.1f}", *word) for (x, y), word in places))
    frame = (
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><polyline points="{}"'
        ' fill="none" stroke="currentColor" stroke-width="2"/>{}</svg>'
    )
    return format_html(frame, WIDTH, HEIGHT, figure.name, path, dots)
