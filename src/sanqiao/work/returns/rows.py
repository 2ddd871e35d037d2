"""What the commands of this domain take: one tuple a thing; keys and codes instead of ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

Numbers = Mapping[str, Decimal]
"""{line code within the form: number}."""


class LineSpec(NamedTuple):
    """`code` is the one within the form."""

    code: str
    name: str
    unit: str
    timing: str
    by_area: bool = False
    required: bool = True


class IdentitySpec(NamedTuple):
    """`total` = sum of `plus` − sum of `minus`, all by line code within the form."""

    name: str
    total: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


class Clock(NamedTuple):
    """When a return is due, and what a lower level is given at least."""

    due_after: int = 1
    due_in_workdays: bool = True
    due_time: time = time(17)
    hours_at_least: int = 8
    office_hours: str = "08:30-12:00,14:30-18:00"
    counts_every_hour: bool = False


class EditionSpec(NamedTuple):
    valid_from: date
    document: str
    clock: Clock
    lines: tuple[LineSpec, ...]
    identities: tuple[IdentitySpec, ...] = ()


class FormSpec(NamedTuple):
    code: str
    name: str
    competent_body: str
    basis: str
    level: str
    period_kind: str


class Asking(NamedTuple):
    """A round: the period in words (`2020-06`), when it was given, when due (None: by rule)."""

    period: str
    given_at: datetime
    due_at: datetime | None = None
    reason: str = ""


class Filing(NamedTuple):
    """What a return says. `parts` are by (area key, line code). `filed_at` None is now."""

    values: Numbers
    parts: Mapping[tuple[str, str], Decimal] = {}
    source: str = ""
    note: str = ""
    why: str = ""
    filed_at: datetime | None = None


class EntryRow(NamedTuple):
    """One number of a spreadsheet; `part_key` empty for the return's own area."""

    form: str
    period: str
    area_key: str
    part_key: str
    line: str
    value: Decimal
    source: str
    note: str
    why: str
    filed_on: date | None


class TableSpec(NamedTuple):
    """`columns` are line codes within the form, in order; `totals` as printed, by line code."""

    series: str
    name: str
    scope: str
    form: str
    on_day: date
    source: str
    columns: tuple[str, ...]
    totals: Numbers = {}
    note: str = ""


class TableLine(NamedTuple):
    """`area_key` None for an area outside our tree; `values` in the order of the columns."""

    name: str
    area_key: str | None
    values: tuple[Decimal | None, ...]


class RankingSpec(NamedTuple):
    """`excluded` are (row's name, why in words)."""

    code: str
    name: str
    numerator: str
    denominator: str | None = None
    is_rate: bool = True
    highest_first: bool = True
    excluded: tuple[tuple[str, str], ...] = ()


class Saying(NamedTuple):
    """A superlative: `measure` is `<series>.<ranking>`."""

    area_key: str
    measure: str
    text: str
    source: str
    on_day: date
    place: int = 1


class CellRow(NamedTuple):
    """One number of a comparison table in a spreadsheet."""

    series: str
    name: str
    scope: str
    form: str
    on_day: date
    source: str
    area: str
    line: str
    value: Decimal
    note: str
