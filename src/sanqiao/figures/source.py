"""Where figures are read from: the live database past the reader's scope, or frozen files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from .leaves import Ask, Query, Rows
from .unscoped import unscoped


class Source(Protocol):
    """Where rows are read: the live database, or frozen files."""

    def reading(self) -> AbstractContextManager[None]: ...
    def rows(self, query: Query) -> Rows: ...
    def numbers(self, queries: Sequence[Query]) -> Iterable[Rows]: ...


class Live:
    """The database, past the reader's scope."""

    def reading(self) -> AbstractContextManager[None]:
        return unscoped()

    def rows(self, query: Query) -> Rows:
        """As the driver gives them: counts and sums need no conversion by the ORM."""
        try:
            return _asked(*query.query.sql_with_params())
        except EmptyResultSet:
            return []

    def numbers(self, queries: Sequence[Query]) -> Iterable[Rows]:
        """Of each query, whose columns are keys and numbers; all in one statement."""
        if len(queries) == 1:
            return [self.rows(queries[0])]
        found: list[Rows] = [[] for _query in queries]
        joined = [_as_json(n, query) for n, query in enumerate(queries)]
        texts = [text for text, _parameters in joined if text]
        if texts:
            parameters = [each for _text, given in joined for each in given]
            for n, rows in _asked(" UNION ALL ".join(texts), parameters):
                found[n] = json.loads(rows or "[]", parse_float=Decimal)
        return found


def _as_json(n: int, query: Query) -> tuple[str, Sequence[Any]]:
    """A statement that gives `n` and all rows as one text; empty where there can be none."""
    compiler = query.query.get_compiler(connection=connection)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return "", ()
    names = [f"c{place}" for place in range(len(compiler.select))]
    row = ", ".join(f"to_json({name})" for name in names)
    text = f"SELECT {n}, json_agg(ARRAY[{row}])::text FROM ({sql}) r({', '.join(names)})"  # noqa: S608
    return text, parameters


def _asked(sql: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[Sequence[Any]] = cursor.fetchall()
    return found


LIVE = Live()


class Counting(NamedTuple):
    """Rows and how they become a number, of one column `r.c`."""

    rows: QuerySet[Any]
    column: str = "pk"
    number: str = "count(*)"

    @classmethod
    def of(cls, ask: Ask, rows: QuerySet[Any]) -> Counting:
        if ask.part.measure == "distinct":
            return cls(rows, ask.records.subject or "pk", "count(DISTINCT r.c)")
        return cls(rows, ask.records.amount, "sum(r.c)") if ask.records.amount else cls(rows)


def counted(countings: Sequence[Counting]) -> list[tuple[Decimal, int]]:
    """(number, rows) of each, in one statement, as the scope of now shows them."""
    found = [(Decimal(0), 0) for _counting in countings]
    texts: list[str] = []
    parameters: list[Any] = []
    for n, (rows, column, number) in enumerate(countings):
        with suppress(EmptyResultSet):
            sql, given = rows.order_by().values_list(column).query.sql_with_params()
            texts.append(f"SELECT {n}, count(*), ({number})::numeric FROM ({sql}) r(c)")  # noqa: S608
            parameters += given
    if texts:
        for n, count, amount in _asked(" UNION ALL ".join(texts), parameters):
            found[n] = Decimal(amount or 0), count
    return found
