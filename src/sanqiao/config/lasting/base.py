"""Django's PostgreSQL for connections that outlive a request, which a pool would make dear."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked before each request: an idle connection to which the server said nothing, not even
        goodbye, still stands. Only when in doubt is it asked, at the cost of a query."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        idle = connection.info.transaction_status == TransactionStatus.IDLE
        return idle and _is_silent(connection.fileno()) or super().is_usable()


def _is_silent(socket: int) -> bool:
    """Nothing has come and nothing was closed."""
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return not waiting.poll(0)
