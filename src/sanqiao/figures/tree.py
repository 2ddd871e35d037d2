"""The territory of a day, from the dated parent links; sums go up it in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from sanqiao.registers.areas.models import Area

Number = TypeVar("Number", int, Any)
MISSING = 100
"""So many areas may be excluded by path before ids are faster."""


class Node(NamedTuple):
    """An area as it stood in the tree; `parent` is None at the root."""

    id: int
    parent: int | None
    level: str
    key: str
    name: str


class Tree:
    """Areas and their parents on one day. An area that did not exist that day is not in it."""

    def __init__(self, nodes: Iterable[Sequence[Any]]) -> None:
        self._nodes = {node[0]: node for node in nodes}
        self._children: dict[int | None, list[int]] = {}
        for pk, parent, *_rest in self._nodes.values():
            self._children.setdefault(parent, []).append(pk)
        if len(self.ids) < len(self._nodes):
            self._drop_the_cut_off()

    def _drop_the_cut_off(self) -> None:
        """Areas whose chain of links does not reach a root: something above them has ended."""
        self._nodes = {pk: self._nodes[pk] for pk in self.ids}
        self._children = {pk: v for pk, v in self._children.items() if pk is None or pk in self}

    def __contains__(self, pk: object) -> bool:
        return pk in self.place

    def node(self, pk: int) -> Node:
        return Node._make(self._nodes[pk])

    def parent(self, pk: int) -> int | None:
        parent: int | None = self._nodes[pk][1]
        return parent

    def children(self, pk: int) -> list[int]:
        """Ids one level down, by id."""
        return self._children.get(pk, [])

    @cached_property
    def ids(self) -> list[int]:
        """Every area, parents before children."""
        return self.descendants(None)

    @cached_property
    def place(self) -> dict[int, int]:
        """{area id: its index in `ids`}."""
        return {pk: index for index, pk in enumerate(self.ids)}

    @cached_property
    def _above(self) -> list[int]:
        """The parent's index of each index; -1 at a root."""
        parents = (self._nodes[pk][1] for pk in self.ids)
        return [self.place[parent] if parent is not None else -1 for parent in parents]

    def descendants(self, pk: int | None) -> list[int]:
        """The area itself and everything below it, parents first; None is the whole territory."""
        if pk is not None and pk not in self._nodes:
            return []
        found = list(self._children.get(None, [])) if pk is None else [pk]
        for each in found:
            found += self._children.get(each, ())
        return found

    def subtree(self, pk: int) -> Tree:
        """The area as a root, with everything below it; empty when it is not in the tree."""
        ids = self.descendants(pk)
        return Tree((i, None if i == pk else self.parent(i), *self._nodes[i][2:]) for i in ids)

    def thinned(self, areas: Iterable[int]) -> Thinned:
        """Of these areas alone."""
        kept = {pk: None for pk in areas if pk in self}
        nearest: dict[int | None, int | None] = {None: None}
        for pk in self.ids:
            nearest[pk] = pk if pk in kept else nearest[self.parent(pk)]
        nodes = [(pk, nearest[self.parent(pk)], *self._nodes[pk][2:]) for pk in kept]
        return Thinned(Tree(nodes), {pk: near for pk, near in nearest.items() if pk and near})

    def below(self, keys: Iterable[str]) -> set[int]:
        """Everything in the subtrees of the areas with these keys."""
        wanted = set(keys)
        roots = [pk for pk, node in self._nodes.items() if node[3] in wanted]
        return {pk for root in roots for pk in self.descendants(root)}

    def chain(self, pk: int) -> list[int]:
        """Indexes of the area and of all above it; empty when it is not in the tree."""
        index, chain = self.place.get(pk, -1), []
        while index >= 0:
            chain.append(index)
            index = self._above[index]
        return chain

    def sums(self, own: Mapping[int, Number], zero: Number) -> list[Number]:
        """By index of `ids`: each area's own number and those of all below it."""
        totals = [zero] * len(self.ids)
        for pk, number in own.items():
            if pk in self.place:
                totals[self.place[pk]] = number
        above = self._above
        for index in range(len(totals) - 1, 0, -1):
            if totals[index] and above[index] >= 0:
                totals[above[index]] += totals[index]
        return totals


class Thinned(NamedTuple):
    """Some areas of a tree, and for each area the nearest of them, at it or above it."""

    tree: Tree
    nearest: dict[int, int]


def tree_rows(first: date, last: date) -> QuerySet[Area, tuple[Any, ...]]:
    """(id, parent, level, key, name, from, to) of links that held between two days; and roots."""
    linked = Area.objects.annotate(link=FilteredRelation("edges", condition=_held_by(first, last)))
    linked = linked.filter(Q(link__isnull=False) | Q(parent__isnull=True, valid_from__lte=last))
    since = Coalesce("link__valid_from", "valid_from")
    names = ("pk", "link__parent", "level", "key", "name")
    return linked.order_by("pk").values_list(*names, since, "link__valid_to")


class Trees:
    """The tree of any day, from links of the time around it; days between which no link changed
    share one."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._links = list(rows)
        self._changes = sorted({day for row in self._links for day in row[5:7] if day})
        self._made: dict[int, Tree] = {}

    def __getitem__(self, day: date) -> Tree:
        version = bisect_right(self._changes, day)
        if version not in self._made:
            held = (r[:5] for r in self._links if r[5] <= day and (r[6] is None or r[6] > day))
            self._made[version] = Tree(held)
        return self._made[version]


def trees_in(rows: Iterable[Sequence[Any]], days: Iterable[date]) -> dict[date, Tree]:
    """A tree for each day."""
    trees = Trees(rows)
    return {day: trees[day] for day in days}


def trees_on(days: Sequence[date]) -> dict[date, Tree]:
    """The trees of several days; one query."""
    return trees_in(tree_rows(min(days), max(days)), days)


def tree_on(day: date) -> Tree:
    """The tree of one day; one query."""
    return trees_on([day])[day]


def missing_on(day: date) -> list[str] | None:
    """Paths of today's areas that were not there on `day`; one query.

    None where paths cannot stand for the day's tree: an area hung elsewhere, or too many were
    missing.
    """
    linked = Area.objects.annotate(link=FilteredRelation("edges", condition=_held_by(day, day)))
    moved = Q(parent__isnull=True) | ~Q(link__parent=F("parent"))
    gone = Q(parent__isnull=False, link__isnull=True)
    differs = linked.filter(gone | Q(moved, link__isnull=False)).values_list("path", "link__parent")
    found = list(differs[: MISSING + 1])
    if len(found) > MISSING or any(parent is not None for _path, parent in found):
        return None
    return [path for path, _parent in found]


def _held_by(first: date, last: date) -> Q:
    """Links that held on some day from `first` to `last`."""
    ended = Q(edges__valid_to__isnull=True) | Q(edges__valid_to__gt=first)
    return Q(edges__valid_from__lte=last) & ended
