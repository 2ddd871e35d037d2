"""The rows of figures as they were read: what published numbers stand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from sanqiao.registers.areas.models import Area

from .copying import copied, type_of
from .engine import asks_of, made
from .figure import Figure, Measure, Records, Text
from .ground import Day, Ground
from .leaves import Ask, Table, flag
from .unscoped import unscoped

AMOUNT = pa.decimal128(38, 4)


@dataclass(frozen=True, kw_only=True)
class FrozenTerm:
    """Rows of one part: `row_id`, `area_id`, `subject_id` or `amount`, and the fields read."""

    name: Text
    measure: Measure
    table: pa.Table


@dataclass(frozen=True, kw_only=True)
class Frozen:
    value: Decimal | None
    terms: tuple[FrozenTerm, ...]


class Part(NamedTuple):
    """A simple figure over a period in one area: what one table of rows is frozen for."""

    ask: Ask
    area: Area


class Want(NamedTuple):
    """One number to freeze."""

    figure: Figure
    area: Area
    as_of: date
    start: date | None = None

    @property
    def parts(self) -> list[Part]:
        asks = asks_of(self.figure, self.as_of, self.start)
        return [Part(ask, self.area) for ask in asks]


class Freezing:
    """Numbers that are frozen together: what they read of one table is read in one query.

    Of an area below another one the rows are those of the other, cut to its subtree of the day.
    """

    def __init__(self, wants: Iterable[Want]) -> None:
        self._areas: dict[Ask, dict[Area, None]] = {}
        self._days: dict[date, Day] = {}
        for want in wants:
            self._days.setdefault(want.as_of, Day(want.as_of))
            for part in want.parts:
                self._areas.setdefault(part.ask, {})[part.area] = None
                self._days.setdefault(part.ask.as_of, Day(part.ask.as_of))

    def tables(self) -> Iterator[tuple[Part, pa.Table]]:
        """Every part with its rows, past the reader's scope; for publishing and proving only."""
        for asks in self._together():
            read: dict[Area, pa.Table] = {}
            for area in sorted(self._areas[asks[0]], key=lambda area: len(area.path)):
                above = next((a for a in read if area.path.startswith(a.path)), None)
                if above is None:
                    rows = read[area] = self._copied(asks, area)
                else:
                    rows = self._cut(read[above], asks[0], area)
                for place, ask in enumerate(asks):
                    yield Part(ask, area), _own(rows, place, ask.records)

    def _together(self) -> Iterable[list[Ask]]:
        """Asks of one table on one day in the same areas."""
        groups: dict[object, list[Ask]] = {}
        for ask, areas in self._areas.items():
            records = ask.records
            key = (records.of, records.area, records.within, ask.as_of, frozenset(areas))
            groups.setdefault(key, []).append(ask)
        return groups.values()

    def _copied(self, asks: list[Ask], area: Area) -> pa.Table:
        """Every column that one of them freezes, by lookup, and a flag for each: are its rows."""
        table = Table(dict(enumerate(asks)))
        lookups = {name: None for ask in asks for name in _columns(ask.records).values()}
        kinds = [(name, type_of(table.records.of, name)) for name in lookups]
        flags = {f"own{place}": flag(own) for place, own in table.own.items()}
        with unscoped():
            here = Ground(area, self._days[asks[0].as_of]).condition(table.records)
            rows = table.base(None).filter(here).values_list(*lookups).annotate(**flags)
            return copied(rows, [*kinds, *((name, pa.int64()) for name in flags)])

    def _cut(self, rows: pa.Table, ask: Ask, area: Area) -> pa.Table:
        below = pa.array(self._days[ask.as_of].tree.descendants(area.pk), pa.int64())
        return rows.filter(pc.is_in(rows[ask.records.area], below))

    def value(self, want: Want, numbers: Mapping[Part, tuple[Decimal, int]]) -> Decimal | None:
        """From what `measured` found in the rows of its parts, as the engine makes it."""
        if not Ground(want.area, self._days[want.as_of]).stood:
            return None
        parts = want.parts
        figures = [part.ask.part for part in parts]
        return made(want.figure, figures, [numbers[part] for part in parts]).value


def measured(ask: Ask, table: pa.Table) -> tuple[Decimal, int]:
    """(number, rows) of a part, from its rows."""
    if ask.part.measure == "distinct":
        counted = "subject_id" if ask.records.subject else "row_id"
        number = pc.count_distinct(table[counted], mode="only_valid").as_py()
    elif ask.records.amount:
        number = pc.sum(table["amount"]).as_py()
    else:
        number = table.num_rows
    return Decimal(number or 0), table.num_rows


def freeze(figure: Figure, area: Area, as_of: date, start: date | None = None) -> Frozen:
    """Value and rows of one number; for publishing only."""
    want = Want(figure, area, as_of, start)
    freezing = Freezing([want])
    tables = dict(freezing.tables())
    terms = (
        FrozenTerm(name=p.ask.part.name, measure=p.ask.part.measure, table=tables[p])
        for p in want.parts
    )
    numbers = {part: measured(part.ask, table) for part, table in tables.items()}
    return Frozen(value=freezing.value(want, numbers), terms=tuple(terms))


def _columns(records: Records) -> dict[str, str]:
    """{name of a frozen column: its lookup}, in order."""
    keys = {"row_id": "pk", "area_id": records.area}
    given = {"subject_id": records.subject, "amount": records.amount}
    named = {name: lookup for name, lookup in given.items() if lookup}
    return keys | named | {field: field for field in records.fields}


def _own(rows: pa.Table, place: int, records: Records) -> pa.Table:
    """The rows of one ask among those that were read together, in its own columns."""
    found = rows.filter(pc.equal(rows[f"own{place}"], 1))
    table = pa.table({name: found[lookup] for name, lookup in _columns(records).items()})
    if not records.amount:
        return table
    amounts = table["amount"].cast(AMOUNT)
    return table.set_column(table.column_names.index("amount"), "amount", amounts)
