"""What stands directly in each area: conditional aggregates over one table run as one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, cast

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When

from .figure import Figure, Records

Run = Callable[[QuerySet[Any, Any]], Iterable[Sequence[Any]]]


class Ask(NamedTuple):
    """A simple figure over a period."""

    part: Figure
    start: date | None
    as_of: date

    @property
    def records(self) -> Records:
        return cast(Records, self.part.records)

    @property
    def where(self) -> Q:
        return self.records.where(self.start, self.as_of)


@dataclass(slots=True)
class Leaf:
    """By area id: rows and amounts. `repeats` are the areas of each subject with several rows."""

    rows: dict[int, int] = field(default_factory=dict)
    amounts: dict[int, Decimal] = field(default_factory=dict)
    repeats: list[list[int]] = field(default_factory=list)


def read(asks: Sequence[Ask], run: Run, among: set[int] | None = None) -> list[Leaf]:
    """A leaf for each ask; one query a table, one more where subjects are counted once."""
    leaves = [Leaf() for _ask in asks]
    for table in _tables(asks, lambda r: (r.of, r.area)):
        _read_rows(table, leaves, run, among)
    counted_once = {i: ask for i, ask in enumerate(asks) if ask.part.measure == "distinct"}
    for table in _tables(asks, lambda r: (r.of, r.area, r.subject), counted_once):
        _read_repeats(table, leaves, run, among)
    return leaves


@dataclass
class Table:
    """Asks of one table. `shared` holds for every row; `own` tells the rows of each ask apart."""

    asks: dict[int, Ask]
    shared: Q = field(init=False)
    own: dict[int, Q] = field(init=False)

    def __post_init__(self) -> None:
        wheres = {index: ask.where for index, ask in self.asks.items()}
        common = _common(list(wheres.values()))
        self.shared = Q(*common)
        self.own = {i: _without(where, common) for i, where in wheres.items()}
        if all(self.own.values()):
            self.shared &= reduce(or_, self.own.values())
        if len(wheres) == 1:
            self.own = dict.fromkeys(wheres, Q())

    @property
    def records(self) -> Records:
        return next(iter(self.asks.values())).records

    def base(self, among: set[int] | None) -> QuerySet[Any]:
        base = self.records.of._default_manager.filter(self.shared).order_by()
        return base if among is None else base.filter(**{f"{self.records.area}__in": among})


def _common(wheres: list[Q]) -> list[Any]:
    """Conditions that all have, where all are plain conjunctions."""
    if any(where.connector != Q.AND or where.negated for where in wheres):
        return []
    return [c for c in wheres[0].children if all(c in where.children for where in wheres)]


def _without(where: Q, common: list[Any]) -> Q:
    return Q(*(c for c in where.children if c not in common)) if common else where


def _tables(
    asks: Sequence[Ask], key: Callable[[Records], Any], members: dict[int, Ask] | None = None
) -> Iterator[Table]:
    """By table; and by day, as long as the days are few, for then more is shared."""
    few = len({ask.as_of for ask in asks}) <= 2
    groups: dict[Any, dict[int, Ask]] = defaultdict(dict)
    for index, ask in (dict(enumerate(asks)) if members is None else members).items():
        groups[key(ask.records), ask.as_of if few else None][index] = ask
    yield from map(Table, groups.values())


def _read_rows(table: Table, leaves: list[Leaf], run: Run, among: set[int] | None) -> None:
    counts = {f"n{i}": Count("pk", filter=own or None) for i, own in table.own.items()}
    sums = {
        f"s{i}": Sum(ask.records.amount, filter=table.own[i] or None)
        for i, ask in table.asks.items()
        if ask.records.amount
    }
    rows = table.base(among).values_list(table.records.area).annotate(**counts, **sums)
    found = list(run(rows))
    for place, name in enumerate((*counts, *sums), 1):
        numbers = {row[0]: row[place] for row in found if row[place]}
        if name in counts:
            leaves[int(name[1:])].rows = numbers
        else:
            leaves[int(name[1:])].amounts = {area: Decimal(n) for area, n in numbers.items()}


def _read_repeats(table: Table, leaves: list[Leaf], run: Run, among: set[int] | None) -> None:
    """Only subjects with several rows: each counts once in every area above them."""
    subject, base = table.records.subject or "pk", table.base(among)
    several = base.values(subject).annotate(rows=Count("pk")).filter(rows__gt=1).values(subject)
    flags = {f"f{i}": flag(own) for i, own in table.own.items()}
    rows = base.filter(**{f"{subject}__in": several}).values_list(subject, table.records.area)
    found: dict[tuple[int, Any], list[int]] = defaultdict(list)
    for key, area, *marks in run(rows.annotate(**flags)):
        for index, mark in zip(table.asks, marks, strict=True):
            if mark:
                found[index, key].append(area)
    for (index, _key), areas in found.items():
        if len(areas) > 1:
            leaves[index].repeats.append(areas)


def flag(own: Q) -> Case | Value:
    """1 for the rows of an ask among those of its table, else 0."""
    return Case(When(own, then=Value(1)), default=Value(0)) if own else Value(1)
