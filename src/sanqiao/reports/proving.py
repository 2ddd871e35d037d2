"""Does a published number still come out the same? If not: which rows came, went or changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sanqiao.figures import catalogue
from sanqiao.figures.freeze import Freezing, Part, Want, measured
from sanqiao.registers.areas.models import Area

from .documents.manifest import evidence_folder
from .documents.model import Evidence
from .documents.rows import digest_of
from .documents.verify import evidence_in
from .models import Publication

Differences = tuple[set[int], set[int], set[int]]
"""Ids of rows that came, went and changed."""


@dataclass(frozen=True, kw_only=True)
class Reproof:
    """One number asked again of today's records, with the definition and the day it was frozen."""

    evidence: Evidence
    now: Decimal | None
    added: tuple[int, ...] = field(default=())
    removed: tuple[int, ...] = field(default=())
    changed: tuple[int, ...] = field(default=())

    @property
    def same(self) -> bool:
        parts = self.added or self.removed or self.changed
        return not parts and self.now == self.evidence.value


def reprove(publication: Publication) -> list[Reproof]:
    """Every number of a publication against today's rows, in the order of its annex."""
    folder = evidence_folder(publication.file("docx"))
    areas = {area.key: area for area in Area.objects.filter(key__in=_keys(publication))}
    asked = [(e, _want(e, areas[e.area_code])) for e in evidence_in(folder)]
    again = _Again(asked, folder)
    return [again.reproof(evidence, want) for evidence, want in asked]


def _keys(publication: Publication) -> list[str]:
    return list(publication.numbers.values_list("area_key", flat=True).distinct())


def _want(evidence: Evidence, area: Area) -> Want:
    figure = catalogue.figures_on(evidence.as_of)[evidence.figure]
    return Want(figure, area, evidence.as_of, evidence.start)


class _Again:
    """Today's rows of every number, read together and held against the frozen ones."""

    def __init__(self, asked: list[tuple[Evidence, Want]], folder: Path) -> None:
        self._freezing = Freezing(want for _evidence, want in asked)
        self._numbers: dict[Part, tuple[Decimal, int]] = {}
        self._differences: dict[tuple[Part, str], Differences] = {}
        frozen: dict[Part, dict[str, str]] = defaultdict(dict)
        for evidence, want in asked:
            for part, term in zip(want.parts, evidence.terms, strict=True):
                frozen[part][term.digest] = term.file
        for part, table in self._freezing.tables():
            self._numbers[part] = measured(part.ask, table)
            now = digest_of(table)
            for digest, file in frozen[part].items():
                if digest != now:
                    then = pq.read_table(folder / file)
                    self._differences[part, digest] = _differences(then, table)

    def reproof(self, evidence: Evidence, want: Want) -> Reproof:
        parts = zip(want.parts, evidence.terms, strict=True)
        differences = (self._differences.get((part, term.digest)) for part, term in parts)
        came, went, altered = set[int](), set[int](), set[int]()
        for added, removed, changed in filter(None, differences):
            came, went, altered = came | added, went | removed, altered | changed
        return Reproof(
            evidence=evidence,
            now=self._freezing.value(want, self._numbers),
            added=tuple(sorted(came)),
            removed=tuple(sorted(went)),
            changed=tuple(sorted(altered)),
        )


def _differences(then: pa.Table, now: pa.Table) -> Differences:
    before, after = _by_id(then), _by_id(now)
    both = before.keys() & after.keys()
    return (
        set(after.keys() - before.keys()),
        set(before.keys() - after.keys()),
        {row for row in both if before[row] != after[row]},
    )


def _by_id(table: pa.Table) -> dict[int, tuple[object, ...]]:
    names = sorted(table.column_names)
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    return {row[names.index("row_id")]: row for row in rows}
