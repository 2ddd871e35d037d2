"""How many questions a page asks the database."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

NESTED = 1
"""Inside the test's transaction, the scope is set back after each request."""


def asked(client: Client, url: str) -> int:
    """Of a page that was opened before."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in queries) - NESTED
