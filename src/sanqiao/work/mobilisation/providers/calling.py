"""HTTP with JSON to a provider: one open connection a thread, a timeout, and Down for trouble."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from . import Down

TROUBLE = 500
TOO_MANY = 429


class NotFine(Exception):
    """The provider answered that the request itself is wrong; `status` says how."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@dataclass
class Caller:
    """`base` is scheme, host and port; `timeout` in seconds, for connecting and for each read."""

    base: str
    timeout: float = 10.0
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._open = threading.local()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. Raises Down (no answer, 429, 5xx) and NotFine (other than 2xx)."""
        try:
            status, answer = self._exchange(method, path, body)
        except (OSError, HTTPException) as error:
            self.close()
            raise Down(type(error).__name__) from error
        if status >= TROUBLE or status == TOO_MANY:
            raise Down(f"HTTP {status}")
        if not 200 <= status < 300:
            raise NotFine(status)
        try:
            return json.loads(answer or b"null")
        except ValueError as error:
            raise Down("no JSON") from error

    def _exchange(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        connection = self._connection()
        headers = {**self.headers, "Content-Type": "application/json"}
        connection.request(method, path, sent, headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _connection(self) -> HTTPConnection:
        found: HTTPConnection | None = getattr(self._open, "connection", None)
        if found is None:
            where = urlsplit(self.base)
            kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
            found = kind(where.netloc, timeout=self.timeout)
            self._open.connection = found
        return found

    def close(self) -> None:
        """After trouble: whatever is still under way on the connection is not ours any more."""
        found: HTTPConnection | None = getattr(self._open, "connection", None)
        if found is not None:
            found.close()
        self._open.connection = None
