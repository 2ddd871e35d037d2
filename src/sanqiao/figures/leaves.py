"""What stands directly in each area: conditional aggregates over one table are one query, and all
queries one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, cast

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When

from .figure import Figure, Records
from .tree import Number

Rows = Iterable[Sequence[Any]]
Query = QuerySet[Any, Any]
Run = Callable[[Sequence[Query]], Iterable[Rows]]
Reading = tuple[Query, Callable[[Rows], None]]
"""A query, and what takes its rows."""


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

    def kept(self, areas: Collection[int]) -> Leaf:
        """What stands in these areas alone."""
        return self.moved({area: area for area in areas})

    def moved(self, to: Mapping[int, int]) -> Leaf:
        """Each number to another area; those of areas that lead nowhere are left out."""
        repeats = ([to[area] for area in areas if area in to] for areas in self.repeats)
        rows, amounts = _added(self.rows, to, 0), _added(self.amounts, to, Decimal(0))
        return Leaf(rows, amounts, list(repeats))


def _added(numbers: Mapping[int, Number], to: Mapping[int, int], zero: Number) -> dict[int, Number]:
    found: dict[int, Number] = {}
    for area, number in numbers.items():
        if area in to:
            found[to[area]] = found.get(to[area], zero) + number
    return found


def read(asks: Sequence[Ask], run: Run, among: set[int] | None = None) -> list[Leaf]:
    """A leaf for each ask; one query a table, one more where subjects are counted once."""
    leaves = [Leaf() for _ask in asks]
    readings = list(_readings(asks, leaves, among))
    found = run([query for query, _take in readings])
    for (_query, take), rows in zip(readings, found, strict=True):
        take(rows)
    return leaves


def _readings(asks: Sequence[Ask], leaves: list[Leaf], among: set[int] | None) -> Iterator[Reading]:
    for table in _tables(asks, lambda r: (r.of, r.area)):
        yield _rows_of(table, leaves, among)
    counted_once = {i: ask for i, ask in enumerate(asks) if ask.part.measure == "distinct"}
    for table in _tables(asks, lambda r: (r.of, r.area, r.subject), counted_once):
        yield _repeats_of(table, leaves, among)


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
    few = len({ask.as_of for ask in asks}) <= 4
    groups: dict[Any, dict[int, Ask]] = defaultdict(dict)
    for index, ask in (dict(enumerate(asks)) if members is None else members).items():
        groups[key(ask.records), ask.as_of if few else None][index] = ask
    yield from map(Table, groups.values())


def _rows_of(table: Table, leaves: list[Leaf], among: set[int] | None) -> Reading:
    counts = {f"n{i}": Count("pk", filter=own or None) for i, own in table.own.items()}
    sums = {
        f"s{i}": Sum(ask.records.amount, filter=table.own[i] or None)
        for i, ask in table.asks.items()
        if ask.records.amount
    }
    rows = table.base(among).values_list(table.records.area).annotate(**counts, **sums)

    def take(rows: Rows) -> None:
        found = list(rows)
        for place, name in enumerate((*counts, *sums), 1):
            numbers = {row[0]: row[place] for row in found if row[place]}
            if name in counts:
                leaves[int(name[1:])].rows = numbers
            else:
                leaves[int(name[1:])].amounts = {a: Decimal(n) for a, n in numbers.items()}

    return rows, take


def _repeats_of(table: Table, leaves: list[Leaf], among: set[int] | None) -> Reading:
    """Only subjects with several rows: each counts once in every area above them."""
    subject, base = table.records.subject or "pk", table.base(among)
    several = base.values(subject).annotate(rows=Count("pk")).filter(rows__gt=1).values(subject)
    flags = {f"f{i}": flag(own) for i, own in table.own.items()}
    rows = base.filter(**{f"{subject}__in": several}).values_list(subject, table.records.area)

    def take(rows: Rows) -> None:
        found: dict[tuple[int, Any], list[int]] = defaultdict(list)
        for key, area, *marks in rows:
            for index, mark in zip(table.asks, marks, strict=True):
                if mark:
                    found[index, key].append(area)
        for (index, _key), areas in found.items():
            if len(areas) > 1:
                leaves[index].repeats.append(areas)

    return rows.annotate(**flags), take


def flag(own: Q) -> Case | Value:
    """1 for the rows of an ask among those of its table, else 0."""
    return Case(When(own, then=Value(1)), default=Value(0)) if own else Value(1)
