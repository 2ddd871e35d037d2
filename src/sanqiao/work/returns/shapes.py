"""What an edition asks for and what is on file, read once for many returns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from sanqiao.registers.areas.models import in_force

from .models import FormEdition, FormLine, Return, ReturnEntry, ReturnRound, ReturnVersion
from .rows import Numbers
from .sums import Identity, Mismatch, broken, falling, part_sums, unequal

Parts = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True)
class Shape:
    """Lines by their code within the form, in order, and the identities over them."""

    edition: FormEdition
    lines: dict[str, FormLine]
    identities: tuple[Identity, ...]

    @property
    def cumulative(self) -> list[str]:
        return [code for code, line in self.lines.items() if line.timing == "cumulative"]

    def mismatches(self, values: Numbers, parts: Parts, before: Numbers) -> list[Mismatch]:
        """What asks for a note: identities, totals against parts, cumulative numbers that fall."""
        return [
            *broken(self.identities, values),
            *unequal(values, part_sums(parts)),
            *falling(self.cumulative, values, before),
        ]


def shape_of(edition: FormEdition) -> Shape:
    """Three queries."""
    lines = {line.short: line for line in edition.lines.order_by("order")}
    by_id = {line.pk: code for code, line in lines.items()}
    found = edition.identities.order_by("order").prefetch_related("terms")
    identities = tuple(
        Identity(
            each.name,
            by_id[each.total_id],
            tuple((by_id[t.line_id], t.sign) for t in each.terms.all()),
        )
        for each in found
    )
    return Shape(edition, lines, identities)


@dataclass
class OnFile:
    """What a return says now; number 0 when it says nothing yet."""

    record_id: int = 0
    number: int = 0
    source: str = ""
    note: str = ""
    values: dict[str, Decimal] = field(default_factory=dict)
    parts: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def says(self, values: Numbers, parts: Parts) -> bool:
        return self.values == dict(values) and self.parts == dict(parts)


class Said(NamedTuple):
    """Where an entry belongs."""

    version_id: int
    code: str
    part: str
    value: Decimal


def on_file(records: Iterable[int]) -> dict[int, OnFile]:
    """{return id: its current version}; two queries."""
    rows = ReturnVersion.objects.current().filter(record__in=list(records))
    found: dict[int, OnFile] = {}
    for pk, record, number, source, note in rows.values_list(
        "pk", "record_id", "number", "source", "note"
    ):
        found[pk] = OnFile(record, number, source, note)
    for said in _entries(found):
        if said.part:
            found[said.version_id].parts[said.part, said.code] = said.value
        else:
            found[said.version_id].values[said.code] = said.value
    return {file.record_id: file for file in found.values()}


def before(round: ReturnRound, areas: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """{area id: what it had said the day before the period ended}; two queries."""
    versions = ReturnVersion.objects.current().filter(
        in_force(round.period_last - timedelta(days=1)), form=round.form_id, area__in=list(areas)
    )
    area_of = dict(versions.values_list("pk", "area_id"))
    found: dict[int, dict[str, Decimal]] = {}
    for said in _entries(area_of):
        if not said.part:
            found.setdefault(area_of[said.version_id], {})[said.code] = said.value
    return found


def _entries(versions: Collection[int]) -> Iterable[Said]:
    """By the ids themselves: a table that has just been filled has no statistics, and a planner
    that guesses would read it once for each version."""
    rows = ReturnEntry.objects.filter(version__in=list(versions))
    for version, code, key, is_part, value in rows.values_list(
        "version_id", "line__code", "area__key", "is_part", "value"
    ):
        yield Said(version, short(code), key if is_part else "", value)


def short(code: str) -> str:
    """A line's code within its form."""
    return code.partition(".")[2]


def records_of(round: ReturnRound, areas: Iterable[int]) -> dict[int, Return]:
    """{area id: its return}; one query."""
    rows = Return.objects.filter(round=round, area__in=list(areas)).select_related("area")
    return {record.area_id: record for record in rows}
