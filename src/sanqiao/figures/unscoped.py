"""Reading past the reader's scope, for aggregates alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from sanqiao.kernel.scope import EVERYTHING

SETTINGS = EVERYTHING.settings() | {"max_parallel_workers_per_gather": "0"}
"""Many small aggregates in one statement: for each, workers cost more than they spare."""
IS_UNSCOPED: ContextVar[bool] = ContextVar("IS_UNSCOPED", default=False)


@contextmanager
def unscoped() -> Iterator[None]:
    """Row-level security shows every row to the body; afterwards the reader's scope is back.

    Only counts and sums may leave the body. After a failed query the settings go back with the
    savepoint or transaction that the failure ends. Inside another one it does nothing.
    """
    if IS_UNSCOPED.get():
        yield
        return
    token = IS_UNSCOPED.set(True)
    try:
        with _past_the_scope():
            yield
    finally:
        IS_UNSCOPED.reset(token)


@contextmanager
def _past_the_scope() -> Iterator[None]:
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        before = _swap(SETTINGS)
        try:
            yield
        finally:
            if not _failed():
                _swap(before)


def _swap(settings: dict[str, str]) -> dict[str, str]:
    """Set these settings for the transaction; returns those before. One query."""
    reads = ", ".join(["current_setting(%s, true)"] * len(settings))
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    pairs = [part for pair in settings.items() for part in pair]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {reads}, {calls}", [*settings, *pairs])
        found = cursor.fetchone()
    return {name: value or "" for name, value in zip(settings, found, strict=False)}


def _failed() -> bool:
    raw = connection.connection
    return raw is None or raw.info.transaction_status == TransactionStatus.INERROR
