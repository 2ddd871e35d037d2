"""Statements as they are, bound by the server, so that it plans what is asked often only once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorDebugWrapper

Row = Sequence[Any]
Statement = tuple[str, Sequence[Any]]
"""A text with `%s` for each parameter, and the parameters."""


def ask(text: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows of one statement."""
    _connect()
    return _rows(_sent((text, parameters)))


def ask_all(statements: Sequence[Statement]) -> list[list[Row]]:
    """The rows of each; all travel together."""
    if len(statements) < 2:
        return [ask(*statement) for statement in statements]
    _connect()
    with connection.wrap_database_errors, connection.connection.pipeline():
        return [_rows(cursor) for cursor in [_sent(statement) for statement in statements]]


def _connect() -> None:
    """As Django does before it hands out a cursor."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()


def _sent(statement: Statement) -> Any:
    cursor: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    logged = connection.queries_logged
    asked: Any = Logged(cursor, connection) if logged else connection.make_cursor(cursor)
    asked.execute(*statement)
    return asked


def _rows(cursor: Any) -> list[Row]:
    found: list[Row] = cursor.fetchall()
    return found


class Logged(CursorDebugWrapper):
    """For the list of queries: psycopg forgets the text that Django would look for."""

    def debug_sql(self, sql: Any, params: Any, **given: Any) -> Any:  # type: ignore[override]
        return super().debug_sql(sql, params, **{**given, "use_last_executed_query": False})
