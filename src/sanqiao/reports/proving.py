"""Does a published number still come out the same? If not: which rows came, went or changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sanqiao.figures import catalogue
from sanqiao.figures.freeze import freeze
from sanqiao.registers.areas.models import Area

from .documents.manifest import evidence_folder
from .documents.model import Evidence
from .documents.rows import digest_of
from .documents.verify import evidence_in
from .models import Publication


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
    return [_again(e, areas[e.area_code], folder) for e in evidence_in(folder)]


def _keys(publication: Publication) -> list[str]:
    return list(publication.numbers.values_list("area_key", flat=True).distinct())


def _again(evidence: Evidence, area: Area, folder: Path) -> Reproof:
    figure = catalogue.figures_on(evidence.as_of)[evidence.figure]
    frozen = freeze(figure, area, evidence.as_of, evidence.start)
    came, went, altered = set[int](), set[int](), set[int]()
    for term, now in zip(evidence.terms, frozen.terms, strict=True):
        if digest_of(now.table) != term.digest:
            added, removed, changed = _differences(pq.read_table(folder / term.file), now.table)
            came, went, altered = came | added, went | removed, altered | changed
    return Reproof(
        evidence=evidence,
        now=frozen.value,
        added=tuple(sorted(came)),
        removed=tuple(sorted(went)),
        changed=tuple(sorted(altered)),
    )


def _differences(then: pa.Table, now: pa.Table) -> tuple[set[int], set[int], set[int]]:
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
