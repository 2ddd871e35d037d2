"""What an import would do, before it does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import Reading, RefusedRow, Row
from .sheet import Sheet

Changes = dict[str, tuple[object, object]]


@dataclass
class Plan:
    """`change` gives field → (old, new). Refused rows are the reading's."""

    create: list[Row] = field(default_factory=list)
    change: list[tuple[Row, Changes]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


def plan(sheet: Sheet, reading: Reading, existing: Mapping[Any, Mapping[str, object]]) -> Plan:
    """Compares rows with `existing`, {key tuple: {field: value}}. Columns that the file lacks are
    left alone."""
    found = Plan(refused=reading.refused)
    key = [sheet.places[name] for name in sheet.key]
    given = [(name, sheet.places[name]) for name in reading.given]
    for row in reading.rows:
        old = existing.get(tuple(row.values[place] for place in key))
        if old is None:
            found.create.append(row)
        elif changes := _changes(old, row, given):
            found.change.append((row, changes))
        else:
            found.unchanged += 1
    return found


def _changes(old: Mapping[str, object], row: Row, given: list[tuple[str, int]]) -> Changes:
    changes = {}
    for name, place in given:
        was, now = old.get(name), row.values[place]
        if was != now and (was or now):
            changes[name] = (was, now)
    return changes
