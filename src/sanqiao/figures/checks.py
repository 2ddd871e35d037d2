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
from .engine import Column, counted, direct_rows, month_ends, value_of, values
from .figure import Figure, Records
from .ground import Day, Ground, below
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


@dataclass(frozen=True)
class Case:
    """A check at work: the numbers of its figures for one area."""

    check: Check
    area: Area
    as_of: date
    start: date | None
    columns: Mapping[str, Column]
    ground: Ground
    counts: list[int] = field(default_factory=list)
    """Of a cover: how many there are in all and missing."""

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
        every, missing = cover.all(self.as_of), cover.missing(self.as_of)
        records = Records(of=every.model, where=lambda start, as_of: Q(), area=cover.area)
        here = below(records, self.area.path)
        if not cover.by_path:
            here = self.ground.condition(records)
        return every.filter(here), missing.filter(here)

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
    checks = checks_for(area, as_of)
    return results(checks, area, as_of, start, values(figures_in(checks, as_of), as_of, start))


def checks_for(area: Area, as_of: date) -> list[Check]:
    """Those that speak of the area, over figures that are in force on the day."""
    known = catalogue.figures_on(as_of)
    return [check for check in catalogue.checks() if _is_asked(check, area, known)]


def figures_in(checks: Iterable[Check], as_of: date) -> list[Figure]:
    """The figures that are compared, each once."""
    known = catalogue.figures_on(as_of)
    codes = {code: None for check in checks for code in (*check.left, *check.right)}
    return [known[code] for code in codes]


def results(
    checks: Iterable[Check],
    area: Area,
    as_of: date,
    start: date | None,
    columns: Mapping[str, Column],
) -> list[CheckResult]:
    """Checks over figures that have been read already, with others perhaps."""
    ground = Ground(area, Day(as_of))
    cases = [Case(c, area, as_of, start, columns, ground) for c in checks]
    with unscoped():
        _count([case for case in cases if case.check.cover])
        return [KINDS[case.check.kind](case) for case in cases]


def _count(cases: Sequence[Case]) -> None:
    """How many there are to cover and how many are missing, of all checks in one statement."""
    found = iter(counted([rows for case in cases for rows in case.covered]))
    for case in cases:
        case.counts.extend((next(found), next(found)))


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
    before = month_ends(case.as_of, 2)[0]
    figure = case.columns[case.check.left[0]].figure
    earlier = value_of(figure, case.area, before, case.start).value or Decimal(0)
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
    total, uncovered = case.counts
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
    own = Decimal(0)
    if case.area.pk in column.tree:
        own = direct_rows(column.figure, case.area, case.as_of, case.start)
    found = value_of(column.figure, case.area, case.as_of, case.start, ground=case.ground)
    whole = found.value or Decimal(0)
    return case.result(whole == children_sum + own, whole, children_sum + own)


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
