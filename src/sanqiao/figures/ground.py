"""The subtree of an area on a day, as a condition on records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q

from sanqiao.kernel.scope import within
from sanqiao.registers.areas.models import Area

from .figure import Records
from .tree import Tree, missing_on, tree_on


@dataclass(frozen=True)
class Day:
    """The territory of a day; whoever asks for several areas of it asks the database once."""

    on: date

    @cached_property
    def missing(self) -> list[str] | None:
        return missing_on(self.on)

    @cached_property
    def tree(self) -> Tree:
        return tree_on(self.on)

    @cached_property
    def stranded(self) -> Q:
        """Records of areas that had no place in the tree; by paths where these can tell, which is a
        tenth of the work of laying out the tree."""
        if self.missing is not None:
            return within("area_path", tuple(self.missing))
        every = set(Area.objects.values_list("pk", flat=True))
        return Q(area__in=every - set(self.tree.ids))


@dataclass(frozen=True)
class Ground:
    """By path where today's paths stand for the day's tree, else by the ids of that tree."""

    area: Area
    day: Day

    @cached_property
    def stood(self) -> bool:
        """Was the area there on the day?"""
        if self.day.missing is None:
            return self.area.pk in self.day.tree
        is_gone = any(self.area.path.startswith(path) for path in self.day.missing)
        is_begun = self.area.parent_id is not None or self.area.valid_from <= self.day.on
        return is_begun and not is_gone

    def condition(self, records: Records) -> Q:
        if not self.stood:
            return Q(pk__in=[])
        if self.day.missing is None:
            return Q(**{f"{records.area}__in": self._ids(records)})
        condition = below(records, self.area.path) & _within(records)
        for path in self.day.missing:
            if path.startswith(self.area.path):
                condition &= ~below(records, path)
        return condition

    def _ids(self, records: Records) -> set[int]:
        tree = self.day.tree
        ids = set(tree.descendants(self.area.pk))
        return ids & tree.below(records.within) if records.within else ids


def _within(records: Records) -> Q:
    if not records.within:
        return Q()
    condition = Q(pk__in=[])
    for path in Area.objects.filter(key__in=records.within).values_list("path", flat=True):
        condition |= below(records, path)
    return condition


def below(records: Records, path: str) -> Q:
    """In the subtree of an area by today's paths."""
    return Q(**{f"{records.path}__gte": path, f"{records.path}__lt": f"{path}~"})
