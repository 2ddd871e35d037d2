from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from sanqiao.kernel.constraints import stays
from tests.make import as_owner

DONE = list(stays("note", {"line": ("place", "until")}, says="stays as written"))


@pytest.fixture(autouse=True)
def line() -> Iterator[None]:
    with as_owner():
        run("CREATE TABLE note_line (id int, words text, place text, until date)")
        run("INSERT INTO note_line VALUES (1, 'a', '1.', NULL)")
        for do, _undo in DONE:
            run(do)
        yield


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def words() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, place FROM note_line")
        return list(cursor.fetchall())


@pytest.mark.parametrize("sql", [
    "UPDATE note_line SET words = 'b'",
    "UPDATE note_line SET words = 'b', place = '2.'",
    "DELETE FROM note_line",
])  # fmt: skip
def test_a_row_that_stays_is_neither_changed_nor_removed(sql: str) -> None:
    refused = pytest.raises(IntegrityError, match="note_line stays as written")
    with refused as seen, transaction.atomic():
        run(sql)
    assert seen.value.__cause__.diag.constraint_name == "note_line_stays"  # type: ignore[union-attr]
    assert words() == [("a", "1.")]


def test_the_columns_named_may_follow() -> None:
    run("UPDATE note_line SET place = '2.', until = '2020-01-01'")
    assert words() == [("a", "2.")]


def test_what_was_installed_is_undone_from_the_end() -> None:
    for _do, undo in reversed(DONE):
        run(undo)
    run("UPDATE note_line SET words = 'b'")
    assert words() == [("b", "1.")]
