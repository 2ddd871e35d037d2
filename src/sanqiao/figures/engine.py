"""Values, rows, drill and trend of figures. A number and its rows are one query.

A value depends on figure, area and period, never on who looks: the queries see every row, and
only aggregates leave. Rows are read later, in the reader's own scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from sanqiao.registers.areas.models import Area

from . import catalogue
from .figure import Figure
from .ground import Day, Ground
from .leaves import Ask, Leaf, Query, Rows, read
from .source import LIVE, Counting, Source, counted
from .tree import Thinned, Tree, Trees, tree_on, tree_rows, trees_in
from .unscoped import unscoped

__all__ = ["ZERO", "Value", "drill", "rows_of", "tree_on", "trend", "value_of", "values_of"]


class Value(NamedTuple):
    """`value` in the figure's unit, None when undefined; the terms it is made of; rows behind."""

    value: Decimal | None
    terms: tuple[Decimal | None, ...]
    rows: int


class Period(NamedTuple):
    """What a figure is asked for: a flow from `start` on."""

    as_of: date
    start: date | None = None


ZERO = Value(None, (), 0)
"""Of an area that was not there on the day."""


class Total(NamedTuple):
    """One simple figure for the whole tree, by index of the tree."""

    part: Figure
    numbers: list[Any]
    rows: list[int]


class Column(Mapping[int, Value]):
    """{area id: value} of one figure; a value is made when it is asked for."""

    def __init__(self, figure: Figure, tree: Tree, totals: Sequence[Total]) -> None:
        self.figure, self.tree, self.totals = figure, tree, totals
        self._made: dict[tuple[Any, ...], Value] = {}

    def __getitem__(self, area: int) -> Value:
        index = self.tree.place[area]
        numbers = (*(t.numbers[index] for t in self.totals), *(t.rows[index] for t in self.totals))
        made = self._made.get(numbers)
        if made is None:
            made = self._made[numbers] = self._make(numbers)
        return made

    def _make(self, numbers: tuple[Any, ...]) -> Value:
        """From the numbers of the terms, then the rows behind each."""
        given, rows = numbers[: len(self.totals)], numbers[len(self.totals) :]
        return made(self.figure, [t.part for t in self.totals], list(zip(given, rows, strict=True)))

    def __iter__(self) -> Iterator[int]:
        return iter(self.tree.ids)

    def __len__(self) -> int:
        return len(self.tree.ids)


def made(figure: Figure, parts: Sequence[Figure], numbers: Sequence[tuple[Any, int]]) -> Value:
    """From (number, rows) of each part."""
    terms = tuple(part.term(*each) for part, each in zip(parts, numbers, strict=True))
    return Value(figure.value(terms), terms, sum(rows for _number, rows in numbers))


def values(
    figures: Iterable[Figure],
    as_of: date,
    start: date | None = None,
    *,
    below: Area | None = None,
    source: Source = LIVE,
) -> dict[str, Column]:
    """Every figure for every area of the day's tree: a query a table and one for the tree.

    `below` reads the subtree of one area alone; the columns then hold no other areas.
    """
    wanted = {figure: asks_of(figure, as_of, start) for figure in figures}
    asks = list({ask: None for group in wanted.values() for ask in group})
    if not asks:
        return {}
    with source.reading():
        trees = trees_in(*_tree_query(asks, source))
        among = _among(below, trees) if below and len(trees) == 1 else None
        leaves = read(asks, source.numbers, among)
    tree = trees[as_of].subtree(below.pk) if below else trees[as_of]
    totals = {
        ask: carried(total(trees[ask.as_of], ask, leaf), trees[ask.as_of], tree)
        for ask, leaf in zip(asks, leaves, strict=True)
    }
    return _columns(wanted, tree, totals)


def values_in(
    wanted: Mapping[Period, Iterable[Figure]], trees: Trees, areas: Iterable[int]
) -> dict[Period, dict[str, Column]]:
    """Figures of several periods for these areas alone, by one statement for them all."""
    groups = {
        period: {f: asks_of(f, *period) for f in figures} for period, figures in wanted.items()
    }
    asks = list({ask: None for parts in groups.values() for each in parts.values() for ask in each})
    with unscoped():
        leaves = read(asks, LIVE.numbers)
    thin = {
        day: trees[day].thinned(areas)
        for day in {ask.as_of for ask in asks} | {period.as_of for period in wanted}
    }
    found = {
        ask: total(trees[ask.as_of], ask, leaf, thin[ask.as_of])
        for ask, leaf in zip(asks, leaves, strict=True)
    }
    columns = {}
    for period, parts in groups.items():
        tree = thin[period.as_of].tree
        asked = {ask for each in parts.values() for ask in each}
        totals = {ask: carried(found[ask], thin[ask.as_of].tree, tree) for ask in asked}
        columns[period] = _columns(parts, tree, totals)
    return columns


def _columns(
    wanted: Mapping[Figure, Sequence[Ask]], tree: Tree, totals: Mapping[Ask, Total]
) -> dict[str, Column]:
    return {
        figure.code: Column(figure, tree, [totals[ask] for ask in asks])
        for figure, asks in wanted.items()
    }


def queries_of(
    figures: Iterable[Figure], as_of: date, start: date | None = None
) -> list[QuerySet[Any, Any]]:
    """Every query that `values` would run, not run."""
    asks = {ask: None for figure in figures for ask in asks_of(figure, as_of, start)}
    days = [ask.as_of for ask in asks]
    queries: list[Query] = [tree_rows(min(days), max(days))]

    def note(asked: Sequence[Query]) -> list[Rows]:
        queries.extend(asked)
        return [[] for _query in asked]

    read(list(asks), note)
    return queries


def _tree_query(asks: Iterable[Ask], source: Source) -> tuple[Iterable[Sequence[Any]], set[date]]:
    days = {ask.as_of for ask in asks}
    return source.rows(tree_rows(min(days), max(days))), days


def asks_of(figure: Figure, as_of: date, start: date | None) -> list[Ask]:
    """One for each part; the second part of a multiple is asked of its base day."""
    parts = catalogue.parts_of(figure, as_of)
    asks = [Ask(part, start if part.timing == "flow" else None, as_of) for part in parts]
    if figure.kind == "multiple" and figure.base:
        asks = [asks[0], asks[0]._replace(as_of=figure.base)]
    return asks


def total(tree: Tree, ask: Ask, leaf: Leaf, thin: Thinned | None = None) -> Total:
    """Sum a leaf up the tree; a subject with rows in several places counts once above them.

    Of some areas alone where these are given.
    """
    if ask.records.within:
        leaf = leaf.kept(tree.below(ask.records.within))
    if thin:
        tree, leaf = thin.tree, leaf.moved(thin.nearest)
    rows = tree.sums(leaf.rows, 0)
    if ask.part.measure == "count":
        return Total(ask.part, rows, rows)
    if ask.records.amount:
        return Total(ask.part, tree.sums(leaf.amounts, Decimal(0)), rows)
    return Total(ask.part, _once(tree, rows, leaf.repeats), rows)


def _once(tree: Tree, rows: list[int], repeats: list[list[int]]) -> list[int]:
    numbers = rows.copy()
    for areas in repeats:
        seen: set[int] = set()
        for area in areas:
            chain = tree.chain(area)
            for index in chain:
                if index in seen:
                    numbers[index] -= 1
            seen.update(chain)
    return numbers


def carried(total: Total, then: Tree, now: Tree) -> Total:
    """A total of another day's tree, by index of this one."""
    if then is now:
        return total
    places = [then.place.get(pk) for pk in now.ids]
    numbers = [0 if i is None else total.numbers[i] for i in places]
    return Total(total.part, numbers, [0 if i is None else total.rows[i] for i in places])


# --- one area -----------------------------------------------------------------------------------


def value_of(
    figure: Figure,
    area: Area,
    as_of: date,
    start: date | None = None,
    *,
    ground: Ground | None = None,
) -> Value:
    """The figure of one area: an aggregate over the very rows that `rows_of` gives.

    `ground` is the area's own on `as_of`, from who asks for several figures of it.
    """
    return values_of([figure], area, as_of, start, ground=ground)[0]


def values_of(
    figures: Sequence[Figure],
    area: Area,
    as_of: date,
    start: date | None = None,
    *,
    ground: Ground | None = None,
) -> list[Value]:
    """Several figures of one area, each as `value_of` has it, by one statement for them all."""
    groups = [asks_of(figure, as_of, start) for figure in figures]
    asks = list({ask: None for group in groups for ask in group})
    grounds = {day: Ground(area, Day(day)) for day in {as_of, *(ask.as_of for ask in asks)}}
    grounds[as_of] = ground or grounds[as_of]
    if not grounds[as_of].stood:
        return [ZERO for _figure in figures]
    with unscoped():
        counts = counted([Counting.of(ask, _rows(ask, grounds[ask.as_of])) for ask in asks])
    numbers = dict(zip(asks, counts, strict=True))
    return [
        made(figure, [ask.part for ask in group], [numbers[ask] for ask in group])
        for figure, group in zip(figures, groups, strict=True)
    ]


def direct_rows(figure: Figure, area: Area, as_of: date, start: date | None = None) -> Counting:
    """The records of the area itself, without those below it (simple figures)."""
    (ask,) = asks_of(figure, as_of, start)
    return Counting.of(
        ask, ask.records.rows(ask.start, ask.as_of).filter(**{ask.records.area: area.pk})
    )


def whole_rows(figure: Figure, ground: Ground, start: date | None = None) -> Counting:
    """The records of an area and of all below it (simple figures)."""
    (ask,) = asks_of(figure, ground.day.on, start)
    return Counting.of(ask, _rows(ask, ground))


def rows_of(
    figure: Figure, area: Area, as_of: date, start: date | None = None, *, part: int = 0
) -> QuerySet[Any]:
    """The rows behind a figure (or behind its `part`), of the subtree of that day, unordered.

    Lazy: who evaluates it sees what is in their scope; the value's `rows` say how many there are.
    """
    ask = asks_of(figure, as_of, start)[part]
    return _rows(ask, Ground(area, Day(ask.as_of)))


def drill(
    figure: Figure, area: Area, as_of: date, start: date | None = None
) -> list[tuple[Area, Value]]:
    """The areas one level down on that day, by key, each with its value."""
    column = values([figure], as_of, start, below=area)[figure.code]
    below = column.tree.children(area.pk)
    return [
        (child, column[child.pk]) for child in Area.objects.filter(pk__in=below).order_by("key")
    ]


def trend(figure: Figure, area: Area, as_of: date, months: int = 12) -> list[tuple[date, Value]]:
    """At the ends of the months before and on `as_of`; a flow is that of each month alone."""
    days = month_ends(as_of, months)
    asks = {day: asks_of(figure, day, day.replace(day=1)) for day in days}
    every = list({ask: None for group in asks.values() for ask in group})
    with unscoped():
        trees = trees_in(*_tree_query(every, LIVE))
        leaves = dict(zip(every, read(every, LIVE.numbers, _among(area, trees)), strict=True))
    return [(day, _of_one(figure, area.pk, asks[day], leaves, trees)) for day in days]


def month_ends(as_of: date, months: int) -> list[date]:
    """`as_of` and the last days of the months before it, oldest first."""
    days = [as_of]
    while len(days) < months:
        days.insert(0, days[0].replace(day=1) - timedelta(days=1))
    return days


def _among(area: Area, trees: Mapping[date, Tree]) -> set[int] | None:
    """Areas that were below `area` on some day; None, the whole table, where they are many."""
    below = {pk for tree in trees.values() for pk in tree.descendants(area.pk)}
    return below if len(below) <= 2000 else None


def _of_one(
    figure: Figure, area: int, asks: list[Ask], leaves: dict[Ask, Leaf], trees: Mapping[date, Tree]
) -> Value:
    if area not in trees[asks[0].as_of]:
        return ZERO
    totals = [_total_of(trees[ask.as_of], area, ask, leaves[ask]) for ask in asks]
    return made(figure, [ask.part for ask in asks], totals)


def _total_of(tree: Tree, area: int, ask: Ask, leaf: Leaf) -> tuple[Any, int]:
    """(number, rows) of a leaf for one area alone."""
    below = set(tree.descendants(area))
    if ask.records.within:
        below &= tree.below(ask.records.within)
    rows = sum(n for pk, n in leaf.rows.items() if pk in below)
    if ask.records.amount:
        return sum(n for pk, n in leaf.amounts.items() if pk in below), rows
    if ask.part.measure == "count":
        return rows, rows
    inside = (sum(pk in below for pk in areas) for areas in leaf.repeats)
    return rows - sum(n - 1 for n in inside if n), rows


def _rows(ask: Ask, ground: Ground) -> QuerySet[Any]:
    rows = ask.records.rows(ask.start, ask.as_of)
    return rows.filter(ground.condition(ask.records))
