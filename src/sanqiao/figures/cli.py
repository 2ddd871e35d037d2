"""`sanqiao figures --area KEY --as-of DATE`: every figure of an area as of a day."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any
from unicodedata import east_asian_width

from django.utils import timezone

from sanqiao.registers.areas.models import Area

from . import catalogue
from .engine import ZERO, values


def main(args: list[str]) -> int:
    """Values of figures, as a table or as JSON. 1 when there is no such area or figure."""
    given = _parser().parse_args(args)
    areas = Area.objects.filter(key=given.area) if given.area else Area.objects.filter(parent=None)
    area = areas.first()
    known = catalogue.figures_on(given.as_of)
    if area is None or not known.keys() >= set(given.code):
        sys.stderr.write(f"sanqiao figures: unknown: {given.area or given.code}\n")
        return 1
    rows = figure_rows(area, given.as_of, given.start, given.code or list(known))
    write = _write_json if given.format == "json" else _write_table
    write(rows)
    return 0


def figure_rows(
    area: Area, as_of: date, start: date | None, codes: list[str]
) -> list[dict[str, Any]]:
    """One dictionary a figure: code, name, value (text or None), unit, rows, period, area."""
    known = catalogue.figures_on(as_of)
    columns = values([known[code] for code in codes], as_of, start)
    period = {"as_of": as_of.isoformat(), "start": start and start.isoformat(), "area": area.key}
    found = {code: column.get(area.pk, ZERO) for code, column in columns.items()}
    return [
        {
            "code": code,
            "name": str(known[code].name),
            "value": None if value.value is None else str(value.value),
            "unit": str(known[code].unit),
            "rows": value.rows,
            **period,
        }
        for code, value in found.items()
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sanqiao figures", description=main.__doc__)
    parser.add_argument("code", nargs="*", help="default: every figure")
    parser.add_argument("--area", default="", help="key of the area; default: the whole territory")
    parser.add_argument("--as-of", type=date.fromisoformat, default=timezone.localdate())
    parser.add_argument("--start", type=date.fromisoformat, help="of figures that count over time")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    return parser


def _write_json(rows: list[dict[str, Any]]) -> None:
    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _write_table(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        value = "—" if row["value"] is None else row["value"]
        line = f"{_padded(row['code'], 48)}{_padded(row['name'], 42)}{value:>12} {row['unit']}"
        sys.stdout.write(f"{_padded(line, 112)}{row['rows']:>9}\n")


def _padded(text: str, width: int) -> str:
    """Filled with blanks to `width` columns of a terminal; a Han character takes two."""
    return text + " " * (width - sum(2 if east_asian_width(c) in "WF" else 1 for c in text))
