"""Do the declared checks hold, for an area on a day? With both numbers, and the rows at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sanqiao.registers.areas.models import Area

from . import catalogue
from .check import Check, CheckKind, Cover
from .engine import (
    ZERO,
    Column,
    Period,
    direct_rows,
    made,
    month_ends,
    values_in,
    whole_rows,
)
from .figure import Figure, Records
from .ground import Day, Ground, below
from .source import Counting, counted
from .tree import Trees, tree_rows
from .unscoped import unscoped


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """校验结果: `left` and `right` are the two numbers compared; `rows` are those at fault.

    A check marked `flag` that does not hold is no error, but must be said: `note` says it.
    """

    check: Check
    holds: bool
    left: Decimal
    right: Decimal
    note: str
    rows: QuerySet[Any] | None = None


Columns = Mapping[Period, Mapping[str, Column]]


@dataclass(frozen=True)
class Case:
    """A check at work: the numbers of its figures for one area."""

    check: Check
    period: Period
    read: Columns
    ground: Ground
    counts: list[tuple[Decimal, int]] = field(default_factory=list)
    """(number, rows) of what `COUNTINGS` has of its kind."""

    @property
    def area(self) -> Area:
        return self.ground.area

    @property
    def columns(self) -> Mapping[str, Column]:
        return self.read[self.period]

    def found(self, code: str) -> Decimal | None:
        """None where there is nothing to say."""
        column = self.columns[code]
        return column[self.area.pk].value if self.area.pk in column.tree else None

    def number(self, code: str) -> Decimal:
        return self.found(code) or Decimal(0)

    def said(self, codes: tuple[str, ...]) -> str:
        """The numbers added, in words; a dash where none of them is there."""
        numbers = [number for code in codes if (number := self.found(code)) is not None]
        return str(sum(numbers, Decimal(0))) if numbers else "—"

    @property
    def left(self) -> Decimal:
        return sum(map(self.number, self.check.left), Decimal(0))

    @property
    def right(self) -> Decimal:
        return sum(map(self.number, self.check.right), Decimal(0))

    @property
    def both(self) -> dict[str, str]:
        return {"left": self.said(self.check.left), "right": self.said(self.check.right)}

    @cached_property
    def covered(self) -> tuple[QuerySet[Any], QuerySet[Any]]:
        """Of a cover: all in the area, and those among them that are missing."""
        cover = cast(Cover, self.check.cover)
        every = cover.all(self.period.as_of)
        records = Records(of=every.model, where=lambda start, as_of: Q(), area=cover.area)
        if cover.missing is None:
            every = every.filter(below(records, self.area.path))
            return every, every.filter(self.ground.day.stranded)
        here = self.ground.condition(records)
        return every.filter(here), cover.missing(self.period.as_of).filter(here)

    def result(
        self,
        holds: bool,
        left: Decimal,
        right: Decimal,
        note: str = "",
        rows: QuerySet[Any] | None = None,
    ) -> CheckResult:
        said = note or _("%(left)s 与 %(right)s") % {"left": left, "right": right}
        is_always_said = not self.check.flag and self.check.kind != "cover"
        if self.check.reason and (is_always_said or not holds):
            said = f"{said}；{self.check.reason}"
        return CheckResult(
            check=self.check, holds=holds, left=left, right=right, note=said, rows=rows
        )


def run_checks(area: Area, as_of: date, start: date | None = None) -> list[CheckResult]:
    """Every declared check for one area; figures are read together."""
    checks, period = checks_for(area, as_of), Period(as_of, start)
    trees = Trees(tree_rows(date.min, date.max))
    areas = [area.pk, *trees[as_of].children(area.pk)]
    read = values_in(figures_in(checks, period), trees, areas)
    return results(checks, area, period, read)


def checks_for(area: Area, as_of: date) -> list[Check]:
    """Those that speak of the area, over figures that are in force on the day."""
    known = catalogue.figures_on(as_of)
    return [check for check in catalogue.checks() if _is_asked(check, area, known)]


def figures_in(checks: Iterable[Check], period: Period) -> dict[Period, list[Figure]]:
    """The figures that are compared, each once; of some also what they were before."""
    known = catalogue.figures_on(period.as_of)
    found: dict[Period, dict[str, Figure]] = {period: {}, _before(period): {}}
    for check in checks:
        codes = {code: known[code] for code in (*check.left, *check.right)}
        found[period] |= codes
        if check.kind == "monotone":
            found[_before(period)] |= codes
    return {period: list(figures.values()) for period, figures in found.items()}


def _before(period: Period) -> Period:
    """As of the end of the month before."""
    return period._replace(as_of=month_ends(period.as_of, 2)[0])


def results(
    checks: Iterable[Check], area: Area, period: Period, read: Columns
) -> list[CheckResult]:
    """Checks over `figures_in`, read of the area and of those one level down."""
    ground = Ground(area, Day(period.as_of))
    cases = [Case(check, period, read, ground) for check in checks]
    with unscoped():
        _count(cases)
        return [KINDS[case.check.kind](case) for case in cases]


def _count(cases: Sequence[Case]) -> None:
    """What has to be counted besides the figures, of all checks in one statement."""
    counting = [case for case in cases if case.check.kind in COUNTINGS]
    asked = [(case, each) for case in counting for each in COUNTINGS[case.check.kind](case)]
    found = counted([each for _case, each in asked])
    for (case, _each), numbers in zip(asked, found, strict=True):
        case.counts.append(numbers)


def _is_asked(check: Check, area: Area, known: Mapping[str, Figure]) -> bool:
    """Its figures are in force, and it speaks of this area."""
    in_force = all(code in known for code in (*check.left, *check.right))
    return in_force and (area.parent_id is None or not check.of_all)


def _identity(case: Case) -> CheckResult:
    return case.result(case.left == case.right, case.left, case.right)


def _subset(case: Case) -> CheckResult:
    return case.result(case.left <= case.right, case.left, case.right)


def _order(case: Case) -> CheckResult:
    """Strictly rising, unless there is nothing at all."""
    numbers = [case.number(code) for code in case.check.left]
    holds = all(a < b for a, b in pairwise(numbers)) or not any(numbers)
    note = " < ".join(map(str, numbers)) if holds else ", ".join(map(str, numbers))
    return case.result(holds, numbers[0], numbers[-1], note)


def _monotone(case: Case) -> CheckResult:
    """Never less than at the end of the month before."""
    column = case.read[_before(case.period)][case.check.left[0]]
    earlier = column.get(case.area.pk, ZERO).value or Decimal(0)
    return case.result(earlier <= case.left, earlier, case.left)


def _claim(case: Case) -> CheckResult:
    """`right` is what is said elsewhere: nothing said, or the records say the same."""
    claims = [case.found(code) for code in case.check.right]
    holds = all(claim is None for claim in claims) or case.both["left"] == case.both["right"]
    note = _("%(left)s 与 %(right)s") % case.both
    return case.result(holds, case.left, case.right, note)


def _apart(case: Case) -> CheckResult:
    """Two numbers that stand beside each other: to be said as soon as both are there."""
    note = _("%(left)s 与 %(right)s") % case.both
    return case.result(not (case.left and case.right), case.left, case.right, note)


def _ratio_bounds(case: Case) -> CheckResult:
    """Within bounds, or nothing to divide by. The note gives the ratio."""
    if not case.right:
        return case.result(True, case.left, case.right, _("分母为零"))
    ratio = case.left / case.right
    holds = case.check.low <= ratio <= case.check.high
    words = {"left": case.left, "right": case.right, "ratio": f"{ratio:.3f}"}
    return case.result(holds, case.left, case.right, _("%(left)s ÷ %(right)s = %(ratio)s") % words)


def _cover(case: Case) -> CheckResult:
    """`left` of `right` are covered; the rows are those that are not."""
    (_all, total), (_missing, uncovered) = case.counts
    words = {"covered": total - uncovered, "total": total}
    note = _("%(total)s个中有%(covered)s个满足") % words
    return case.result(
        not uncovered, Decimal(total - uncovered), Decimal(total), note, case.covered[1]
    )


def _children_sum(case: Case) -> CheckResult:
    """The rows of the subtree, counted at once, against the roll-up one level down."""
    column = case.columns[case.check.left[0]]
    children = column.tree.children(case.area.pk)
    children_sum = sum((column[pk].value or Decimal(0) for pk in children), Decimal(0))
    counts, (own, _rows) = case.counts
    if case.area.pk not in column.tree:
        own = Decimal(0)
    whole = made(column.figure, [column.figure], [counts]).value or Decimal(0)
    return case.result(whole == children_sum + own, whole, children_sum + own)


def _covered(case: Case) -> Iterable[Counting]:
    return map(Counting, case.covered)


def _whole_and_own(case: Case) -> Iterable[Counting]:
    figure = case.columns[case.check.left[0]].figure
    yield whole_rows(figure, case.ground, case.period.start)
    yield direct_rows(figure, case.area, *case.period)


COUNTINGS: dict[CheckKind, Callable[[Case], Iterable[Counting]]] = {
    "cover": _covered,
    "children_sum": _whole_and_own,
}
KINDS: dict[CheckKind, Callable[[Case], CheckResult]] = {
    "identity": _identity,
    "subset": _subset,
    "order": _order,
    "monotone": _monotone,
    "ratio_bounds": _ratio_bounds,
    "cover": _cover,
    "children_sum": _children_sum,
    "cross_source": _subset,
    "claim": _claim,
    "apart": _apart,
}
