"""`sanqiao snapshot`: the tables and columns that figures read, as Parquet; no names of people."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from . import catalogue
from .copying import copied, type_of
from .engine import queries_of
from .portable import columns_read, sql_of
from .unscoped import unscoped


def main(args: list[str]) -> int:
    """Freeze what the figures of a period are read from."""
    parser = argparse.ArgumentParser(prog="sanqiao snapshot", description=main.__doc__)
    parser.add_argument("--as-of", type=date.fromisoformat, default=timezone.localdate())
    parser.add_argument("--start", type=date.fromisoformat)
    parser.add_argument("--out", type=Path, default=settings.OUT / "snapshot")
    given = parser.parse_args(args)
    for table in snapshot(given.out, given.as_of, given.start)["tables"]:
        sys.stdout.write(f"{table['rows']:>10,}  {table['file']}\n")
    return 0


def snapshot(folder: Path, as_of: date, start: date | None = None) -> dict[str, Any]:
    """Write `<table>.parquet` for each table and `snapshot.json`; one consistent reading.

    Returns the manifest: period, codes with their versions, and rows and SHA-256 of each file.
    """
    figures = list(catalogue.figures_on(as_of).values())
    folder.mkdir(parents=True, exist_ok=True)
    with _one_state(), unscoped():
        read = columns_read(sql_of(query) for query in queries_of(figures, as_of, start))
        tables = [_write(folder, name, columns) for name, columns in sorted(read.items())]
    manifest = {
        "as_of": as_of.isoformat(),
        "start": start and start.isoformat(),
        "figures": {figure.code: figure.since.isoformat() for figure in figures},
        "tables": tables,
    }
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / "snapshot.json").write_text(text, encoding="utf-8")
    return manifest


def _write(folder: Path, name: str, columns: set[str]) -> dict[str, Any]:
    file = folder / f"{name}.parquet"
    table = table_of(name, columns)
    pq.write_table(table, file, compression="zstd")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return {"file": file.name, "rows": table.num_rows, "sha256": digest}


def table_of(name: str, columns: set[str]) -> pa.Table:
    """A database table with these columns, by id."""
    model = next(m for m in apps.get_models() if m._meta.db_table == name)
    fields = [f for f in model._meta.concrete_fields if f.column in columns]
    query = model._default_manager.order_by("pk").values_list(*(f.attname for f in fields))
    return copied(query, [(str(f.column), type_of(model, f.name)) for f in fields])


@contextmanager
def _one_state() -> Iterator[None]:
    """A transaction that sees one state of the database; within another, what that one sees."""
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
