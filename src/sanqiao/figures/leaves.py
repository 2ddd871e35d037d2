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
    for members in _together(asks, lambda r: (r.of, r.area)):
        _read_rows(members, leaves, run, among)
    counted_once = [(i, ask) for i, ask in enumerate(asks) if ask.part.measure == "distinct"]
    for members in _grouped(counted_once, lambda r: (r.of, r.area, r.subject)):
        _read_repeats(members, leaves, run, among)
    return leaves


Members = list[tuple[int, Ask]]


def _together(asks: Sequence[Ask], key: Callable[[Records], Any]) -> Iterator[Members]:
    return _grouped(list(enumerate(asks)), key)


def _grouped(numbered: Members, key: Callable[[Records], Any]) -> Iterator[Members]:
    groups: dict[Any, Members] = defaultdict(list)
    for index, ask in numbered:
        groups[key(ask.records)].append((index, ask))
    yield from groups.values()


def _read_rows(members: Members, leaves: list[Leaf], run: Run, among: set[int] | None) -> None:
    counts, sums = _columns(members)
    base = _base(members, among)
    for area, *numbers in run(
        base.values_list(members[0][1].records.area).annotate(**counts, **sums)
    ):
        for (index, _ask), count in zip(members, numbers, strict=False):
            if count:
                leaves[index].rows[area] = int(count)
        for name, amount in zip(sums, numbers[len(counts) :], strict=True):
            if amount:
                leaves[int(name[1:])].amounts[area] = Decimal(amount)


def _columns(members: Members) -> tuple[dict[str, Count], dict[str, Sum]]:
    """A count for each member, a sum for those that add amounts; alone needs no condition."""
    alone = len(members) == 1
    conditions = {index: None if alone else ask.where for index, ask in members}
    counts = {f"n{index}": Count("pk", filter=conditions[index]) for index, _ask in members}
    sums = {
        f"s{index}": Sum(ask.records.amount, filter=conditions[index])
        for index, ask in members
        if ask.records.amount
    }
    return counts, sums


def _base(members: Members, among: set[int] | None) -> QuerySet[Any]:
    records = members[0][1].records
    wanted = reduce(or_, (ask.where for _index, ask in members))
    base = records.of._default_manager.filter(wanted).order_by()
    return base if among is None else base.filter(**{f"{records.area}__in": among})


def _read_repeats(members: Members, leaves: list[Leaf], run: Run, among: set[int] | None) -> None:
    """Only subjects with several rows: each counts once in every area above them."""
    records = members[0][1].records
    subject = records.subject or "pk"
    base = _base(members, among)
    several = base.values(subject).annotate(rows=Count("pk")).filter(rows__gt=1).values(subject)
    flags = {f"f{i}": Case(When(ask.where, then=Value(1)), default=Value(0)) for i, ask in members}
    rows = base.filter(**{f"{subject}__in": several}).values_list(subject, records.area)
    found: dict[tuple[int, Any], list[int]] = defaultdict(list)
    for key, area, *marks in run(rows.annotate(**flags)):
        for (index, _ask), mark in zip(members, marks, strict=True):
            if mark:
                found[index, key].append(area)
    for (index, _key), areas in found.items():
        if len(areas) > 1:
            leaves[index].repeats.append(areas)
