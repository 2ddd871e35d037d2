"""Numbers as doors: a value with the way down to its records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sanqiao.figures import catalogue, engine
from sanqiao.figures.figure import Figure, Text
from sanqiao.web.addresses import address

from .viewing import Viewing


@dataclass(frozen=True)
class Door:
    """`value` is None where there is nothing to divide by, or when it was not asked for."""

    code: str
    name: Text
    unit: Text
    href: str
    value: Decimal | None = None
    decimals: int = 0

    @property
    def shown(self) -> str:
        return shown(self.value, self.decimals)


def shown(value: Decimal | None, decimals: int = 0) -> str:
    """With separators and the figure's own decimals; a dash for no value."""
    return "—" if value is None else f"{value:,.{decimals}f}"


def known(codes: Iterable[str], day: date) -> list[Figure]:
    """Those of the codes that are in force on the day, in the order asked."""
    figures = catalogue.figures_on(day)
    return [figures[code] for code in codes if code in figures]


def drawer(code: str, query: str) -> str:
    return address("figures:drawer", code) + query


def closed(codes: Iterable[str], viewing: Viewing) -> list[Door]:
    """Doors without their values; asks nothing of the database."""
    query = viewing.figure_query
    return [_door(figure, query) for figure in known(codes, viewing.as_of)]


def doors(codes: Iterable[str], viewing: Viewing) -> list[Door]:
    """Values of the viewing's area and period; four or five queries for all."""
    if viewing.area is None:
        return []
    figures, query = known(codes, viewing.as_of), viewing.figure_query
    found = engine.values_of(figures, viewing.area, viewing.as_of, viewing.start)
    return [_door(figure, query, each.value) for figure, each in zip(figures, found, strict=True)]


def _door(figure: Figure, query: str, value: Decimal | None = None) -> Door:
    href = drawer(figure.code, query)
    return Door(figure.code, figure.name, figure.unit, href, value, figure.decimals)
