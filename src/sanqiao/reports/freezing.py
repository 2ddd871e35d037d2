"""The rows behind the numbers of a report, laid down beside it: each part once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from sanqiao.figures.freeze import Freezing, Part, Want, measured
from sanqiao.kernel.errors import Refused

from .documents.model import Term
from .documents.rows import freeze


def lay_down(values: Mapping[Want, Decimal | None], folder: Path) -> dict[Want, tuple[Term, ...]]:
    """The terms of each number, their rows in `folder`.

    Raises Refused: reports.moved_while_freezing, when rows do not come to the value.
    """
    freezing = Freezing(values)
    laid: dict[Part, Term] = {}
    numbers: dict[Part, tuple[Decimal, int]] = {}
    for part, table in freezing.tables():
        name, measure = str(part.ask.part.name), part.ask.part.measure
        laid[part] = freeze(table, folder=folder, name=name, measure=measure, selector="")
        numbers[part] = measured(part.ask, table)
    for want, value in values.items():
        _check_same(want, freezing.value(want, numbers), value)
    return {want: tuple(_selected(want, laid[part]) for part in want.parts) for want in values}


def _check_same(want: Want, now: Decimal | None, then: Decimal | None) -> None:
    if now != then:
        message = _("“%(name)s”在冻结时变了，请重试。") % {"name": want.figure.name}
        raise Refused("reports.moved_while_freezing", message)


def _selected(want: Want, term: Term) -> Term:
    return replace(term, selector=f"{want.figure.code} @{want.area.key} {want.as_of}")
