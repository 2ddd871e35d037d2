"""Rows of a query as an Arrow table, by COPY."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, cast

import pyarrow as pa
import pyarrow.csv as pc
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Field, Model, QuerySet

TYPES: dict[str, pa.DataType] = {
    "AutoField": pa.int64(),
    "BigAutoField": pa.int64(),
    "BigIntegerField": pa.int64(),
    "IntegerField": pa.int64(),
    "SmallIntegerField": pa.int64(),
    "PositiveIntegerField": pa.int64(),
    "ForeignKey": pa.int64(),
    "OneToOneField": pa.int64(),
    "BooleanField": pa.bool_(),
    "DateField": pa.date32(),
    "CharField": pa.string(),
    "SlugField": pa.string(),
    "TextField": pa.string(),
}


def type_of(model: type[Model], lookup: str) -> pa.DataType:
    """The Arrow type of a column, also across relations. KeyError for a field that has none."""
    name, _dots, rest = lookup.partition("__")
    own = model._meta.pk.name if name == "pk" else name
    found = cast("Field[Any, Any]", model._meta.get_field(own))
    if rest:
        return type_of(cast("type[Model]", found.related_model), rest)
    if isinstance(found, models.DecimalField):
        return pa.decimal128(found.max_digits, found.decimal_places)
    return TYPES[found.get_internal_type()]


def copied(query: QuerySet[Any, Any], schema: Sequence[tuple[str, pa.DataType]]) -> pa.Table:
    """The rows of a `values_list` query, in the columns of `schema`."""
    try:
        sql, parameters = query.query.sql_with_params()
    except EmptyResultSet:
        return _empty(schema)
    connection.ensure_connection()
    copy = f"COPY ({sql}) TO STDOUT (FORMAT csv, FORCE_QUOTE *, NULL '\\N')"
    text = io.BytesIO()
    with connection.connection.cursor() as cursor, cursor.copy(copy, parameters) as blocks:
        for block in blocks:
            text.write(block)
    names = [name for name, _type in schema]
    if not text.tell():
        return _empty(schema)
    text.seek(0)
    return pc.read_csv(text, pc.ReadOptions(column_names=names), PARSING, _converting(dict(schema)))


def _empty(schema: Sequence[tuple[str, pa.DataType]]) -> pa.Table:
    return pa.schema(schema).empty_table()


PARSING = pc.ParseOptions(newlines_in_values=True)


def _converting(types: dict[str, pa.DataType]) -> pc.ConvertOptions:
    return pc.ConvertOptions(
        column_types=types,
        null_values=["\\N"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )
