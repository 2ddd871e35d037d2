"""Statements with named values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.sql import SQL

from sanqiao.kernel.scope import Scope

SET_LOCAL = "SELECT " + ", ".join(["set_config(%s, %s, true)"] * 11)


def ask(statement: SQL, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The rows of a query; none for a statement that returns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def ask_at_once(
    statement: SQL, values: Mapping[str, object], *, scope: Scope, request: str
) -> list[tuple[Any, ...]]:
    """The same as a transaction of its own with this scope: one round trip, planned once.

    Not inside another transaction. The plan of a statement under row-level security takes three
    times as long as its work; a connection keeps it.
    """
    settings = {**scope.settings(), "sanqiao.actor": "", "sanqiao.request": request}
    pairs = [part for pair in settings.items() for part in pair]
    with _planning_once() as raw, raw.pipeline():
        setting, asking = psycopg.Cursor(raw), psycopg.Cursor(raw)
        setting.execute(SET_LOCAL, pairs, prepare=True)
        asking.execute(statement, values, prepare=True)
        found: list[tuple[Any, ...]] = asking.fetchall()
    return found


@contextmanager
def _planning_once() -> Iterator[psycopg.Connection[Any]]:
    """Plans that are asked for are kept; whoever gets the connection next does as before."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    usual, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        yield raw
    finally:
        raw.prepare_threshold = usual


def expect_many() -> None:
    """Until the transaction ends, triggers plan anew: a plan kept from small changes joins the
    images of a hundred thousand rows one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
