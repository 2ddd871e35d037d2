"""Frozen rows: how they are measured, digested and laid down beside a document."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .model import Measure, Term


def digest_of(table: pa.Table) -> str:
    """SHA-256 of the rows as PostgreSQL's COPY text would write them.

    Columns by name, a first line with their names, rows by `row_id`; independent of chunks,
    compression and the order in which the rows or columns were stored.
    """
    names = sorted(table.column_names)
    lines = pc.binary_join_element_wise(*(_text(table[name]) for name in names), _large("\t"))
    keyed = pa.table({"row_id": table["row_id"], "line": lines})
    ordered = keyed.sort_by([("row_id", "ascending"), ("line", "ascending")])["line"]
    digest = hashlib.sha256(("\t".join(names) + "\n").encode())
    for chunk in pc.binary_join_element_wise(ordered, _large(""), _large("\n")).chunks:
        _feed(digest, chunk)
    return digest.hexdigest()


def measure(table: pa.Table, measure: Measure) -> Decimal | None:
    """Number of rows, of distinct `subject_id`, or the sum of `amount`.

    None where nothing was reported, and for a place that is not one row's.
    """
    if measure == "reported" and not table.num_rows or measure == "place" and table.num_rows != 1:
        return None
    if measure == "count":
        return Decimal(table.num_rows)
    if measure == "distinct":
        return Decimal(pc.count_distinct(table["subject_id"], mode="only_valid").as_py())
    return Decimal(pc.sum(table["amount"]).as_py() or 0)


def freeze(table: pa.Table, *, folder: Path, name: str, measure: Measure, selector: str) -> Term:
    """Write the rows as `<digest>.parquet` into `folder`; equal rows share one file."""
    digest = digest_of(table)
    file = f"{digest[:32]}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / file).exists():
        pq.write_table(table, folder / file, compression="zstd")
    return Term(
        name=name,
        measure=measure,
        file=file,
        selector=selector,
        rows=table.num_rows,
        digest=digest,
    )


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = column.cast(pa.large_string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            text = pc.replace_substring(text, plain, escaped)
    return text.fill_null("\\N")


def _large(text: str) -> pa.LargeStringScalar:
    return pa.scalar(text, pa.large_string())


def _feed(digest: "hashlib._Hash", lines: pa.LargeStringArray) -> None:
    """Hash the characters of `lines` without building Python strings."""
    if len(lines):
        _, offsets, characters = lines.buffers()
        bounds = memoryview(offsets).cast("q")
        start, end = bounds[lines.offset], bounds[lines.offset + len(lines)]
        digest.update(memoryview(characters)[start:end])
