"""Every figure and check that is declared in this package, found by scanning it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.utils import timezone

from sanqiao.figures import rules
from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure


@cache
def declared() -> tuple[Figure, ...]:
    """Every figure in every version, oldest first, in the order of declaration.

    Raises rules.Misdeclared.
    """
    found = tuple(sorted(_found(Figure), key=lambda figure: figure.since))
    rules.check(found)
    return found


@cache
def checks() -> tuple[Check, ...]:
    return tuple(_found(Check))


def figures() -> dict[str, Figure]:
    """The figures in force today, by code."""
    return figures_on(timezone.localdate())


def figures_on(day: date) -> dict[str, Figure]:
    """The figures in force on `day`, by code; a later `since` replaces an earlier one."""
    return {figure.code: figure for figure in declared() if figure.since <= day}


def parts_of(figure: Figure, day: date) -> tuple[Figure, ...]:
    """The simple figures behind `figure`, in order; itself when it is simple."""
    if figure.records:
        return (figure,)
    known = figures_on(max(day, figure.since))
    return tuple(known[code] for code in figure.parts)


def _found(kind: type[Any]) -> Iterable[Any]:
    for module in iter_modules(__path__):
        members = vars(import_module(f"{__name__}.{module.name}")).values()
        yield from (member for member in members if isinstance(member, kind))
