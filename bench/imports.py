"""88,900 members from a spreadsheet, beside merely reading it and copying it into a bare table.

A second floor says what the database itself takes: the rows that the import made are copied into
the same tables, with their keys, indexes and foreign keys, but unchecked and without history.

Each runs in a scratch copy of the city, which is dropped afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import cycle, islice
from pathlib import Path

import psycopg
from django.db import connection, connections
from python_calamine import CalamineWorkbook

from bench import Report, best
from bench._city import OFFICER, folder
from sanqiao.config import database
from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.sheets.exporting import export_xlsx
from sanqiao.reference.identity import id_number, phone
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.sheets import MEMBERS

ROWS = 88_900
SCRATCH = "sanqiao_bench"
KINDS = ("branch",)
FIRST_SERIAL = 1_000_000
"""Beyond those of the reference city, so that every row is a new person."""
TABLES = ("people_person", "people_membership")
NEW = "COPY (SELECT * FROM {0} ORDER BY id DESC LIMIT %s) TO STDOUT (FORMAT BINARY)"


def run(report: Report) -> None:
    file = sheet()
    name = f"{ROWS:,} members from xlsx: read, validated, committed"
    with scratch() as dsn:
        floor = best(lambda: bare(file, dsn), 3)
        measured = imported(file, dsn)
        made = [taken(table) for table in TABLES]
    report.line(name, measured=measured, floor=floor, goal=3)
    with scratch():
        floor = best(lambda: laid_down(file, made), 1)
    report.line(
        "  the same, beside COPY into the same tables", measured=measured, floor=floor, goal=2
    )


def sheet() -> Path:
    """Made once a city; the clerk's own template of columns."""
    file = folder() / f"members-{ROWS}.xlsx"
    if not file.exists():
        made = file.with_suffix(".part")
        export_xlsx(made, MEMBERS.title, [c.title for c in MEMBERS.columns], rows())
        made.rename(file)
    return file


def rows() -> Iterator[list[object]]:
    with unscoped():
        places = Organisation.objects.filter(kind__in=KINDS, dissolved_on=None).order_by("id")
        found = list(places.values_list("code", "area__key"))
    for n, (code, area) in enumerate(islice(cycle(found), ROWS)):
        yield [
            f"王小{chr(0x4E00 + n % 5000)}", "男" if n % 2 else "女", date(1970, 1, 1), "大专",
            id_number(FIRST_SERIAL + n, county="420302", born=1970, is_male=bool(n % 2)),
            phone(FIRST_SERIAL + n), area, code, "正式党员", date(1999, 7, 1), date(2000, 7, 1),
            date(1999, 7, 1), None,
        ]  # fmt: skip


@contextmanager
def scratch() -> Iterator[str]:
    """The address of a copy of the city, for the web role."""
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]
    server = database.embedded_server()
    with psycopg.connect(server.dsn(), autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        owner.execute(f"CREATE DATABASE {SCRATCH} TEMPLATE {database.DATABASE}")
        try:
            yield f"postgresql://{database.WEB_ROLE}@/{SCRATCH}?host={server.socket_dir}"
        finally:
            owner.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")


def bare(file: Path, dsn: str) -> None:
    """The floor: calamine, and COPY of the same columns into a table without anything."""
    head, *lines = read(file)
    columns = ", ".join(f"c{n} text" for n in range(len(head)))
    with psycopg.connect(dsn) as plain:
        plain.execute(f"CREATE TEMP TABLE bare ({columns})")
        with plain.cursor().copy("COPY bare FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)


def read(file: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()  # type: ignore[return-value]


def owner() -> psycopg.Connection:
    return psycopg.connect(database.embedded_server().dsn(SCRATCH))


def taken(table: str) -> bytes:
    """The rows that the import made, as COPY takes them."""
    with owner() as found, found.cursor().copy(NEW.format(table), [ROWS]) as copy:
        return b"".join(copy)


def laid_down(file: Path, made: Sequence[bytes]) -> None:
    """The second floor: calamine, and COPY of what the import made to where it made it."""
    read(file)
    with owner() as plain:
        for table, content in zip(TABLES, made, strict=True):
            plain.execute(f"ALTER TABLE {table} DISABLE TRIGGER history_insert")
            with plain.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(content)


def imported(file: Path, dsn: str) -> float:
    """Milliseconds of the product's own import, in a process that is connected to the copy."""
    command = [sys.executable, "-m", "bench._import", str(file), OFFICER]
    environment = {**os.environ, "DATABASE_URL": dsn, "SANQIAO_DB_ROLE": "web"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return float(done.stdout.split()[-1])
