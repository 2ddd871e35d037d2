"""A daily return of every village: the file read into versions, and the board over it."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from django.db import connection, transaction

from bench import Line, Report, best
from sanqiao.figures import catalogue, engine
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.commands import ask_round, define_form, import_returns
from sanqiao.work.returns.models import ReturnForm
from sanqiao.work.returns.rows import (
    Asking,
    Clock,
    EditionSpec,
    EntryRow,
    FormSpec,
    IdentitySpec,
    LineSpec,
)

DAY = date(2020, 6, 15)
CODES = [f"n{n}" for n in range(10)]
BARE = """
INSERT INTO bare SELECT e.* FROM returns_returnentry e JOIN returns_formline l ON l.id = e.line_id
WHERE l.code LIKE 'bench.%'
"""
FIGURES = ("returns.asked", "returns.filed", "returns.on_time", "returns.late")


def run(report: Report) -> None:
    by = User.objects.get(username="city")
    with acting_as(by, scope=EVERYTHING):
        form = _form(by)
        areas = list(Area.objects.filter(level="community").defer("boundary"))
        given = datetime.combine(DAY, time(9), ZONE)
        ask_round(form=form, areas=areas, asking=Asking(DAY.isoformat(), given), by=by)
        rows = [_row(area, code) for area in areas for code in CODES]
        measured = best(lambda: import_returns(rows=rows, by=by), 1)
        floor = _bare()
        again = best(lambda: import_returns(rows=rows, by=by), 1)
        figures = [catalogue.figures()[code] for code in FIGURES]
        board = best(lambda: engine.values(figures, DAY, DAY))
        transaction.set_rollback(True)
    name = f"returns: file {len(areas):,} returns of {len(CODES)} numbers"
    file = f"{name} (floor: bare INSERT … SELECT)"
    report.add(Line(file, measured, goal=2500, floor=floor, is_bound=True))
    report.line(f"{name} again: nothing changes", measured=again, goal=1000)
    report.line("returns: the board's figures, whole tree", measured=board, goal=150)


def _form(by: User) -> ReturnForm:
    lines = tuple(LineSpec(code, code, "个", "stock") for code in CODES)
    identity = IdentitySpec("n0 = n1 + n2", "n0", ("n1", "n2"))
    clock = Clock(1, due_in_workdays=False, counts_every_hour=True)
    spec = FormSpec("bench", "压测日报", "市委组织部", "", "community", "day")
    edition = EditionSpec(date(2020, 1, 1), "", clock, lines, (identity,))
    return define_form(spec=spec, edition=edition, by=by)


def _row(area: Area, code: str) -> EntryRow:
    value = Decimal(2 if code == "n0" else 1)
    return EntryRow("bench", DAY.isoformat(), area.key, "", code, value, "", "", "", DAY)


def _bare() -> float:
    """The same entries into a bare copy of the table, indexes and checks included."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE returns_returnentry INCLUDING ALL)")
        return best(lambda: cursor.execute(BARE), 1)
