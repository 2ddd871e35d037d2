"""Statements as they are, bound by the server, which plans each of them once a connection.

They go past psycopg's cursors to the libpq below: for the short answers of a page, a cursor takes
longer than the server.
"""

from __future__ import annotations

import itertools
import re
import select
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Row = Sequence[Any]
Statement = tuple[str, Sequence[Any]]
"""A text with `%s` for each parameter (and `%%` for a percent sign), and the parameters."""
Bound = tuple[bytes, Sequence[Any], Sequence[Any] | None]
"""The name of a prepared statement, its values as they travel, and how each is written."""
GOOD = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}
KEPT = 1000
"""So many statements a connection keeps before it begins anew."""


def ask(text: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows of one statement."""
    return ask_all([(text, parameters)])[0]


def ask_all(statements: Sequence[Statement]) -> list[list[Row]]:
    """The rows of each; all travel together, with the BEGIN of a transaction that is due."""
    if not statements:
        return []
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        found = _line(database.connection).ask_all(statements)
    if database.queries_logged:
        database.queries_log.extend({"sql": text, "time": "0"} for text, _values in statements)
    return found


class Line:
    """One connection, and the statements that it keeps prepared."""

    def __init__(self, plain: Connection[Any]) -> None:
        self.plain = plain
        self.libpq: PGconn = plain.pgconn
        self.values = Transformer(plain)
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self.heard, self.free = select.poll(), select.poll()
        self.heard.register(self.libpq.socket, select.POLLIN)
        self.free.register(self.libpq.socket, select.POLLIN | select.POLLOUT)

    def ask_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Raises psycopg.Error. What breaks off in between ends the connection, so that nobody
        reads the answers to another's questions."""
        if len(self.names) + len(statements) > KEPT:
            self._forget()
        bound = [self._bound(*statement) for statement in statements]
        begins = self._is_to_begin()
        try:
            self._send(bound, begins=begins)
            results = self._received()
        except BaseException:
            self.libpq.finish()
            raise
        return [self._rows(result) for result in self._good(results)[begins:]]

    def _bound(self, text: str, parameters: Sequence[Any]) -> Bound:
        values = self.values.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        types = self.values.types or ()
        name = self.names.get((text, types)) or self._prepared(text, types)
        return name, values, self.values.formats

    def _prepared(self, text: str, types: tuple[int, ...]) -> bytes:
        name = b"sanqiao_%d" % len(self.names)
        self._good([self.libpq.prepare(name, _numbered(text), types)])
        self.names[text, types] = name
        return name

    def _forget(self) -> None:
        self._good([self.libpq.close_prepared(name) for name in self.names.values()])
        self.names.clear()

    def _is_to_begin(self) -> bool:
        """As psycopg's cursors find before the first statement of a transaction."""
        idle = self.libpq.transaction_status == TransactionStatus.IDLE
        return idle and not self.plain.autocommit

    def _send(self, statements: list[Bound], *, begins: bool) -> None:
        self.libpq.enter_pipeline_mode()
        if begins:
            self.libpq.send_query_params(b"BEGIN", None)
        for statement in statements:
            self.libpq.send_query_prepared(*statement)
        self.libpq.pipeline_sync()
        while self.libpq.flush():
            self.free.poll()
            self.libpq.consume_input()

    def _received(self) -> list[PGresult]:
        """One result for each that was sent; after a failure the server did nothing more."""
        found = []
        while (result := self._next()).status != ExecStatus.PIPELINE_SYNC:
            found.append(result)
        self.libpq.exit_pipeline_mode()
        return found

    def _next(self) -> PGresult:
        """Raises OperationalError when the server has gone."""
        result = None
        while not result:
            while self.libpq.is_busy():
                self.heard.poll()
                self.libpq.consume_input()
            result = self.libpq.get_result()
            if self.libpq.status == ConnStatus.BAD:
                raise OperationalError(self.libpq.get_error_message())
        return result

    def _good(self, results: list[PGresult]) -> list[PGresult]:
        """Raises psycopg.Error."""
        for result in results:
            if self.libpq.status == ConnStatus.BAD:
                raise OperationalError(self.libpq.get_error_message())
            if result.status not in GOOD:
                raise error_from_result(result)
        return results

    def _rows(self, result: PGresult) -> list[Row]:
        self.values.set_pgresult(result)
        return list(self.values.load_rows(0, result.ntuples, tuple))


_lines = threading.local()
"""One a thread, as Django's connections are."""


def _line(plain: Connection[Any]) -> Line:
    line: Line | None = getattr(_lines, "line", None)
    if line is None or line.plain is not plain:
        line = _lines.line = Line(plain)
    return line


@lru_cache(maxsize=KEPT)
def _numbered(text: str) -> bytes:
    """With the parameters as the server names them."""
    numbers = itertools.count(1)
    return re.sub("%[%s]", lambda mark: _mark(mark[0], numbers), text).encode()


def _mark(mark: str, numbers: Iterator[int]) -> str:
    return f"${next(numbers)}" if mark == "%s" else "%"
