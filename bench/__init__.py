"""What the product promises about speed, measured beside floors in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """With a floor the goal is a ratio to it, else a bound in `unit`; `at_least` turns it round.

    `is_bound` keeps the goal a bound in `unit` where the floor is only shown beside it.
    """

    figure: str
    measured: float
    goal: float
    floor: float | None = None
    unit: str = "ms"
    at_least: bool = False
    is_bound: bool = False

    @property
    def ratio(self) -> float | None:
        return self.measured / self.floor if self.floor else None

    @property
    def ok(self) -> bool:
        compared = self.measured if self.ratio is None or self.is_bound else self.ratio
        return compared >= self.goal if self.at_least else compared <= self.goal


@dataclass
class Report:
    lines: list[Line] = field(default_factory=list)

    def line(
        self,
        figure: str,
        *,
        measured: float,
        goal: float,
        floor: float | None = None,
        unit: str = "ms",
        at_least: bool = False,
    ) -> None:
        """Add a line and print it."""
        self.add(Line(figure, measured, goal, floor, unit, at_least))

    def add(self, line: Line) -> None:
        self.lines.append(line)
        print(row(line), flush=True)


HEAD = f"{'figure':<58}{'measured':>12}{'floor':>12}{'ratio':>8}{'goal':>10}  ok?"


def row(line: Line) -> str:
    figure, measured, floor, ratio, goal, verdict = cells(line)
    return f"{figure:<58}{measured:>12}{floor:>12}{ratio:>8}{goal:>10}  {verdict}"


def cells(line: Line) -> tuple[str, ...]:
    """Figure, measured, floor, ratio, goal, verdict, as words."""
    floor = "" if line.floor is None else f"{line.floor:,.1f}"
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    sign = "≥" if line.at_least else "≤"
    goal = f"{sign} {line.goal:g}{'×' if line.floor and not line.is_bound else ''}"
    measured = f"{line.measured:,.1f} {line.unit}".rstrip()
    return line.figure, measured, floor, ratio, goal, "yes" if line.ok else "NO"


def best(work: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of the fastest of several runs."""
    return min(_once(work) for _n in range(times))


def alternate(
    measured: Callable[[], object], floor: Callable[[], object], times: int = 7
) -> tuple[float, float]:
    """(measured, floor) in ms, the medians of runs in turn, so that both meet the same noise."""
    pairs = [(_once(measured), _once(floor)) for _n in range(times)]
    ours, theirs = (sorted(column) for column in zip(*pairs, strict=True))
    return ours[times // 2], theirs[times // 2]


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
