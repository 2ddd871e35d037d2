"""From the bindings of a narrative to evidence: each number once, live or frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from sanqiao.figures import catalogue, engine
from sanqiao.figures.check import Check
from sanqiao.figures.checks import CheckResult, checks_for, figures_in, results
from sanqiao.figures.engine import Period
from sanqiao.figures.figure import Figure
from sanqiao.figures.freeze import Want
from sanqiao.figures.tree import Trees, tree_rows
from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.errors import Refused
from sanqiao.registers.areas.models import Area

from .documents.model import Evidence, Number, Style, Term
from .documents.printing import printed
from .freezing import lay_down
from .narrative import Binding


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A binding with everything filled in."""

    figure: Figure
    area: Area
    start: date | None
    as_of: date
    style: Style

    @property
    def want(self) -> Want:
        return Want(self.figure, self.area, self.as_of, self.start)


def figure_on(day: date, code: str) -> Figure:
    """Raises Refused: reports.unknown_figure."""
    figure = catalogue.figures_on(day).get(code)
    if figure is None:
        message = _("没有指标“%(code)s”。") % {"code": code}
        raise Refused("reports.unknown_figure", message, field="text")
    return figure


def _speaks_of(check: Check, codes: set[str]) -> bool:
    """One of its figures is among them; of a cover, and of what others claim, one of its domain."""
    if check.cover or check.kind == "claim":
        return any(code.split(".")[0] == check.code.split(".")[0] for code in codes)
    return not codes.isdisjoint((*check.left, *check.right))


class Numbers:
    """The numbers of one report: gives each bound figure a key, a printed text and its evidence."""

    def __init__(self, *, area: Area, start: date, as_of: date) -> None:
        self.area, self.start, self.as_of = area, start, as_of
        self.keys: dict[Bound, str] = {}

    @cached_property
    def _trees(self) -> Trees:
        """Of every day that somebody may write into the text."""
        return Trees(tree_rows(date.min, date.max))

    @cached_property
    def children(self) -> list[Area]:
        """The areas one level down on the day, in the order of their keys."""
        ids = self._trees[self.as_of].children(self.area.pk)
        return list(Area.objects.filter(pk__in=ids).order_by("key"))

    @property
    def level_below(self) -> str:
        """What the areas one level down are called; empty below a leaf."""
        return str(self.children[0].get_level_display()) if self.children else ""

    @cached_property
    def _areas(self) -> dict[str, Area]:
        return {self.area.key: self.area, **{child.key: child for child in self.children}}

    def bind(self, binding: Binding) -> Bound:
        """Raises Refused: reports.unknown_figure, reports.unknown_area."""
        as_of = binding.as_of or self.as_of
        figure = figure_on(as_of, binding.code)
        start = binding.start or self.start if figure.timing == "flow" else None
        bound = Bound(
            figure=figure, area=self._area(binding.area), start=start, as_of=as_of,
            style=binding.style,
        )  # fmt: skip
        self.keys.setdefault(bound, f"n{len(self.keys) + 1:03}")
        return bound

    def _area(self, key: str) -> Area:
        if not key:
            return self.area
        if key not in self._areas:
            found = Area.objects.filter(key=key).first()
            if found is None:
                message = _("没有区划“%(key)s”。") % {"key": key}
                raise Refused("reports.unknown_area", message, field="text")
            self._areas[key] = found
        return self._areas[key]

    @cached_property
    def checks(self) -> list[Check]:
        """The declared checks that speak of the report's area and of a number in it."""
        figures = {bound.figure.code: bound.figure for bound in self.keys}
        codes = {*figures, *(code for figure in figures.values() for code in figure.parts)}
        return [c for c in checks_for(self.area, self.as_of) if _speaks_of(c, codes)]

    @cached_property
    def columns(self) -> Mapping[Period, Mapping[str, engine.Column]]:
        """Every bound number and every number to check, read together."""
        wanted: dict[Period, dict[str, Figure]] = {}
        for period, figures in figures_in(self.checks, self._own_period).items():
            wanted[period] = {figure.code: figure for figure in figures}
        for bound in self.keys:
            wanted.setdefault(self._period_of(bound), {})[bound.figure.code] = bound.figure
        asked = {period: figures.values() for period, figures in wanted.items()}
        return engine.values_in(asked, self._trees, [area.pk for area in self._areas.values()])

    @property
    def _own_period(self) -> Period:
        return Period(self.as_of, self.start)

    def _period_of(self, bound: Bound) -> Period:
        """A stock has no start and is read along with the flows of its day."""
        return Period(bound.as_of, bound.start or self.start)

    @cached_property
    def values(self) -> Mapping[Bound, engine.Value]:
        return {
            bound: self.columns[self._period_of(bound)][bound.figure.code].get(
                bound.area.pk, engine.ZERO
            )
            for bound in self.keys
        }

    def check_results(self) -> list[CheckResult]:
        """Read along with the numbers, where these are not read yet."""
        with unscoped():
            return results(self.checks, self.area, self._own_period, self.columns)

    def text_of(self, bound: Bound) -> str:
        return printed(self.values[bound].value, bound.style)

    def number(self, bound: Bound) -> Number:
        return Number(key=self.keys[bound], text=self.text_of(bound))

    def evidence(self, *, folder: Path | None) -> tuple[Evidence, ...]:
        """With a folder the rows are frozen into it; without, terms carry no digest yet."""
        terms = (
            lay_down({b.want: self.values[b].value for b in self.keys}, folder) if folder else {}
        )
        return tuple(self._evidence(b, key, terms.get(b.want, ())) for b, key in self.keys.items())

    def _evidence(self, bound: Bound, key: str, terms: tuple[Term, ...]) -> Evidence:
        value = self.values[bound].value
        return Evidence(
            key=key,
            figure=bound.figure.code,
            name=str(bound.figure.name),
            definition=str(bound.figure.definition),
            since=bound.figure.since,
            source=str(bound.figure.source),
            owner=str(bound.figure.owner),
            area_code=bound.area.key,
            area_name=bound.area.name,
            as_of=bound.as_of,
            start=bound.start,
            unit=str(bound.figure.unit),
            combine=bound.figure.combine,
            factor=bound.figure.factor,
            decimals=bound.figure.decimals,
            style=bound.style,
            value=value,
            printed=printed(value, bound.style),
            terms=terms,
            url=door(bound),
        )


def door(bound: Bound) -> str:
    """Path of the evidence drawer of a bound number."""
    query = {"area": bound.area.key, "as_of": bound.as_of.isoformat()}
    if bound.start:
        query["start"] = bound.start.isoformat()
    return f"/figures/{bound.figure.code}/?{urlencode(query)}"
