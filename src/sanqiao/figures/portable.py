"""The figures' SQL on other engines: what may be carried, and how; DuckDB over frozen Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, cast

import duckdb
import psycopg
import sqlglot
from django.db import connection
from django.db.models import QuerySet
from sqlglot import exp

from .leaves import Query, Rows

INTEGERS = {exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT}
WEEKS = {"DOW", "DAYOFWEEK", "ISODOW", "WEEK"}
REFUSED: dict[type[exp.Expression], str] = {
    exp.Div: "division: take numerator and denominator, divide in Python",
    exp.Mod: "remainder",
    exp.Sub: "subtraction: of dates it differs by engine",
    exp.Avg: "average: take sum and count",
    exp.Stddev: "standard deviation",
    exp.Variance: "variance",
    exp.ArrayAgg: "array",
    exp.Array: "array",
    exp.GroupConcat: "joined text",
    exp.Interval: "interval",
    exp.CurrentDate: "today: the day is a parameter",
    exp.CurrentTimestamp: "now: the day is a parameter",
    exp.Anonymous: "unknown function",
    exp.Round: "rounding: in Python",
}


class NotPortable(Exception):
    """The query would not give the same rows on every engine; the message says why."""


def carry(sql: str, dialect: str) -> str:
    """PostgreSQL's SQL in another dialect. Raises NotPortable."""
    tree = sqlglot.parse_one(sql, read="postgres")
    reasons = sorted(
        {reason for node in tree.walk() for reason in _reasons(cast(exp.Expression, node))}
    )
    if reasons:
        raise NotPortable("; ".join(reasons))
    if dialect == "duckdb":
        tree = tree.transform(_with_escape)
    return str(tree.sql(dialect=dialect))


def _reasons(node: exp.Expression) -> Iterator[str]:
    yield from (reason for kind, reason in REFUSED.items() if isinstance(node, kind))
    yield from (reason for test, reason in TESTS if test(node))


def _is_distinct_on(node: exp.Expression) -> bool:
    return isinstance(node, exp.Distinct) and bool(node.args.get("on"))


def _is_cast_to_integer(node: exp.Expression) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in INTEGERS


def _is_interval(node: exp.Expression) -> bool:
    return isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.INTERVAL


def _is_week(node: exp.Expression) -> bool:
    return isinstance(node, exp.Extract) and node.name.upper() in WEEKS


TESTS: list[tuple[Callable[[exp.Expression], bool], str]] = [
    (_is_distinct_on, "DISTINCT ON"),
    (_is_cast_to_integer, "cast to an integer"),
    (_is_interval, "interval"),
    (_is_week, "week or weekday"),
]


def _with_escape(node: exp.Expression) -> exp.Expression:
    """PostgreSQL escapes with a backslash by itself, DuckDB only when told."""
    like = isinstance(node, exp.Like | exp.ILike) and not isinstance(node.parent, exp.Escape)
    if not like:
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def sql_of(query: QuerySet[Any, Any]) -> str:
    """The query's SQL for PostgreSQL with its parameters written in."""
    sql, parameters = query.query.sql_with_params()
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(sql, parameters)


def columns_read(queries: Iterable[str]) -> dict[str, set[str]]:
    """{table: columns} that the queries read."""
    found: dict[str, set[str]] = {}
    for sql in queries:
        for column in sqlglot.parse_one(sql, read="postgres").find_all(exp.Column):
            table = _table_of(column)
            if table:
                found.setdefault(table, set()).add(column.name)
    return found


def _table_of(column: exp.Column) -> str | None:
    """By the nearest query around it that knows its alias: subqueries use the same aliases."""
    around = column.find_ancestor(exp.Select)
    while around is not None:
        joined = [join.this for join in around.args.get("joins") or ()]
        sources = [around.args["from_"].this, *joined] if around.args.get("from_") else joined
        for table in sources:
            if table.alias_or_name == column.table:
                return str(table.name)
        around = around.find_ancestor(exp.Select)
    return None


class Parquet:
    """A source of figures: frozen tables in a folder, read by DuckDB; the database is not asked."""

    def __init__(self, folder: Path) -> None:
        self.duck = duckdb.connect()
        for file in sorted(folder.glob("*.parquet")):
            quoted = str(file).replace("'", "''")
            self.duck.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM '{quoted}'")  # noqa: S608

    def reading(self) -> AbstractContextManager[None]:
        return nullcontext()

    def rows(self, query: Query) -> Rows:
        return list(self.duck.execute(carry(sql_of(query), "duckdb")).fetchall())

    def numbers(self, queries: Sequence[Query]) -> Iterable[Rows]:
        return map(self.rows, queries)
