"""HTTP with JSON to a provider: connections used again, a timeout, and Down for trouble."""

from __future__ import annotations

import json
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
        self._idle: list[HTTPConnection] = []

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. Raises Down (no answer, 429, 5xx) and NotFine (other than 2xx)."""
        status, answer = self._exchange(method, path, body)
        if status >= TROUBLE or status == TOO_MANY:
            raise Down(f"HTTP {status}")
        if not 200 <= status < 300:
            raise NotFine(status)
        try:
            return json.loads(answer or b"null")
        except ValueError as error:
            raise Down("no JSON") from error

    def _exchange(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        """On a connection that nobody else uses; after trouble it is not used again."""
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {**self.headers, "Content-Type": "application/json"}
        connection = self._idle.pop() if self._idle else self._connect()
        try:
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            found = response.status, response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise Down(type(error).__name__) from error
        self._idle.append(connection)
        return found

    def _connect(self) -> HTTPConnection:
        where = urlsplit(self.base)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        return kind(where.netloc, timeout=self.timeout)

    def close(self) -> None:
        """Let go of the connections that lie idle."""
        while self._idle:
            self._idle.pop().close()
