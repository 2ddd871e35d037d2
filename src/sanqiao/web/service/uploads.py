"""A unit's list: the right is the liaison's over the unit, not that to import registers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from sanqiao.kernel.importing import Preview
from sanqiao.kernel.models import User
from sanqiao.kernel.sheets.plan import Plan
from sanqiao.kernel.sheets.reading import Reading, RefusedRow, Row, read_rows
from sanqiao.kernel.staging import Imported, RowError, RowsRefused
from sanqiao.work.service.commands import import_check_ins
from sanqiao.work.service.rows import CheckInRow
from sanqiao.work.service.sheets import SHEETS

LIST = SHEETS["check_ins"]


def read_list(content: bytes, filename: str, by: User, *, keep: bool) -> Preview:
    """Read and run it; unless `keep` everything is undone. `done` is None when it was refused."""
    reading = read_rows(content, filename, LIST.sheet, partial(LIST.context, by))
    if reading.problems or reading.refused:
        return Preview(LIST, Plan(create=reading.rows, refused=reading.refused), reading)
    try:
        done = _run(reading, by, keep=keep)
    except RowsRefused as refusal:
        refused = _refused(reading.rows, refusal.errors)
        numbers = {row.number for row in refused}
        rest = [row for row in reading.rows if row.number not in numbers]
        return Preview(LIST, Plan(create=rest, refused=refused), reading)
    plan = Plan(create=reading.rows, unchanged=done.unchanged)
    return Preview(LIST, plan, reading, done)


def _run(reading: Reading, by: User, *, keep: bool) -> Imported:
    with transaction.atomic():
        rows = [CheckInRow._make(row.values) for row in reading.rows]
        done = import_check_ins(rows=rows, by=by)
        if not keep:
            transaction.set_rollback(True)
    return done


def _refused(rows: Sequence[Row], errors: Sequence[RowError]) -> list[RefusedRow]:
    """As typed, with the reasons by column."""
    by_row: dict[int, dict[str, str]] = {}
    for error in errors:
        column = error.field if error.field in LIST.sheet.places else "id_number"
        by_row.setdefault(error.row, {}).setdefault(column, error.message)
    return [
        RefusedRow(rows[n].number, tuple(str(v or "") for v in rows[n].values), found)
        for n, found in sorted(by_row.items())
    ]
