"""Nodes of a tree that rows are about to make: their ids and paths, before they exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from psycopg.sql import SQL

from sanqiao.kernel.staging import run


class Node(NamedTuple):
    """An existing node, or one about to be."""

    id: int
    path: str
    parent_id: int | None


def grow(
    rows: Sequence[tuple[str, str | None]], known: Mapping[str, Node], table: str
) -> tuple[dict[str, Node], list[int]]:
    """From (key, parent's key), parents and children in any order: the nodes of unknown keys, and
    the numbers of rows whose parent is nowhere (or below themselves)."""
    waiting = {key: n for n, (key, _parent) in enumerate(rows) if key not in known}
    ids = dict(zip(waiting, new_ids(table, len(waiting)), strict=True))
    made: dict[str, Node] = {}
    while waiting:
        ready = [key for key, n in waiting.items() if _is_seated(rows[n][1], known, made)]
        if not ready:
            break
        for key in ready:
            parent_key = rows[waiting.pop(key)][1] or ""
            made[key] = child(made.get(parent_key) or known.get(parent_key), ids[key])
    return made, sorted(waiting.values())


def _is_seated(parent: str | None, known: Mapping[str, Node], made: Mapping[str, Node]) -> bool:
    return not parent or parent in known or parent in made


def child(parent: Node | None, pk: int) -> Node:
    return Node(pk, f"{parent.path if parent else ''}{pk}.", parent.id if parent else None)


def new_ids(table: str, count: int) -> list[int]:
    """Ids that the table's sequence gives out; a path needs its own before the insert."""
    query = SQL(
        "WITH s AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name)"
        " SELECT nextval(s.name) FROM s, generate_series(1, %s)"
    )
    return [pk for (pk,) in run(query, [table, count])]
