"""The rows of a figure as they were read: what a published number stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

import pyarrow as pa

from sanqiao.registers.areas.models import Area

from .copying import copied, type_of
from .engine import asks_of, rows_of, value_of
from .figure import Figure, Measure, Records, Text
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


def freeze(figure: Figure, area: Area, as_of: date, start: date | None = None) -> Frozen:
    """Value and rows by the same queries, past the reader's scope; for publishing only."""
    terms = []
    with unscoped():
        for part, ask in enumerate(asks_of(figure, as_of, start)):
            rows = rows_of(figure, area, as_of, start, part=part)
            schema = columns(ask.records)
            table = copied(rows.values_list(*schema), [*_named(ask.records)])
            terms.append(FrozenTerm(name=ask.part.name, measure=ask.part.measure, table=table))
        value = value_of(figure, area, as_of, start).value
    return Frozen(value=value, terms=tuple(terms))


def columns(records: Records) -> list[str]:
    """Lookups of the columns that are frozen, in order."""
    keys = ["pk", records.area, *filter(None, (records.subject, records.amount))]
    return [*keys, *records.fields]


def _named(records: Records) -> list[tuple[str, pa.DataType]]:
    kind = partial(type_of, records.of)
    named = [("row_id", pa.int64()), ("area_id", pa.int64())]
    if records.subject:
        named.append(("subject_id", kind(records.subject)))
    if records.amount:
        named.append(("amount", AMOUNT))
    return [*named, *((field, kind(field)) for field in records.fields)]
