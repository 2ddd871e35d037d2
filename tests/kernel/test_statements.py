"""Statements that go to libpq themselves: what they find, and that nothing is left half read."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from datetime import date
from types import FrameType
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanqiao.kernel import statements
from sanqiao.kernel.statements import ask, ask_all
from tests.make import make_user

TEN_MEGABYTES = 10_000_000
NEXT = "SELECT 'next'"
KNOWN = "SELECT 1 FROM kernel_user WHERE username = %s"


@pytest.fixture
def at_once(transactional_db: None) -> Iterator[None]:
    """A connection of its own, which may break."""
    connection.close()
    yield
    connection.close()


@pytest.mark.django_db
def test_values_go_there_and_come_back_as_they_are() -> None:
    given = ["三桥 %s", None, 7, 3_000_000_000, True, date(2020, 6, 30), timezone.now(), [1, 2]]
    marks = "%s::text, %s::int, %s::int, %s::bigint, %s::bool, %s::date, %s::timestamptz, %s::int[]"
    assert list(ask(f"SELECT {marks}", given)[0]) == given


@pytest.mark.django_db
def test_a_percent_sign_is_written_twice() -> None:
    assert ask("SELECT '100%%', '%%s', %s::int %% 4", [7]) == [("100%", "%s", 3)]


@pytest.mark.django_db
def test_the_same_text_serves_values_of_another_width() -> None:
    assert [ask("SELECT %s + 0", [n])[0][0] for n in (1, 70_000, 5_000_000_000)] == [
        1, 70_000, 5_000_000_000,
    ]  # fmt: skip


@pytest.mark.django_db
def test_all_answers_come_in_the_order_of_the_questions() -> None:
    assert ask_all([("SELECT %s::int", [n]) for n in range(50)]) == [[(n,)] for n in range(50)]
    assert ask_all([]) == []


@pytest.mark.django_db
def test_answers_larger_than_any_buffer_arrive_whole() -> None:
    long = "x" * TEN_MEGABYTES
    found = ask_all([("SELECT %s::text", [long])] * 3)
    assert [len(rows[0][0]) for rows in found] == [TEN_MEGABYTES] * 3


@pytest.mark.django_db
def test_they_belong_to_the_transaction_in_which_they_are_asked(at_once: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_user(username="gone")
        assert ask(KNOWN, ["gone"]) == [(1,)]
        raise ZeroDivisionError
    assert ask(KNOWN, ["gone"]) == []


@pytest.mark.django_db
def test_a_transaction_that_begins_with_one_ends_with_the_transaction(at_once: None) -> None:
    with transaction.atomic():
        ask("SELECT set_config('sanqiao.request', %s, true)", ["here"])
        assert ask("SELECT current_setting('sanqiao.request', true)", []) == [("here",)]
    assert ask("SELECT current_setting('sanqiao.request', true)", []) == [("",)]


@pytest.mark.django_db
def test_a_refused_one_is_djangos_error_and_ends_nothing_else(at_once: None) -> None:
    with pytest.raises(ProgrammingError, match="nowhere"):
        ask("SELECT * FROM nowhere", [])
    with pytest.raises(Exception, match="division by zero"):
        ask_all([("SELECT 1", []), ("SELECT 1 / %s::int", [0]), ("SELECT 2", [])])
    assert ask("SELECT 3", []) == [(3,)]


@pytest.mark.django_db
def test_after_a_failure_nothing_that_was_sent_with_it_is_done(at_once: None) -> None:
    with pytest.raises(Exception, match="division by zero"):
        ask_all(
            [
                ("SELECT set_config('sanqiao.actor', 'before', false)", []),
                ("SELECT 1 / %s::int", [0]),
                ("SELECT set_config('sanqiao.actor', 'after', false)", []),
            ]
        )
    assert ask("SELECT current_setting('sanqiao.actor', true)", [])[0][0] != "after"


@pytest.mark.django_db
def test_a_savepoint_that_is_rolled_back_leaves_them_prepared(at_once: None) -> None:
    with transaction.atomic():
        assert ask("SELECT %s::int", [1]) == [(1,)]
        with pytest.raises(ProgrammingError), transaction.atomic():
            ask("SELECT * FROM nowhere", [])
        assert ask("SELECT %s::int", [2]) == [(2,)]


@pytest.mark.django_db
def test_a_connection_that_keeps_too_many_begins_anew(
    at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "KEPT", 3)
    for n in (0, 1, 2, 3, 0, 1):
        assert ask(f"SELECT {n} + %s", [n]) == [(2 * n,)]
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'sanqiao%%'"
    assert ask(kept, [])[0][0] <= 3


@pytest.mark.django_db
def test_when_the_server_ends_the_connection_the_next_question_opens_another(at_once: None) -> None:
    ask("SELECT set_config('idle_session_timeout', '20ms', false)", [])
    time.sleep(0.2)
    with pytest.raises(OperationalError):
        ask("SELECT 1", [])
    connection.close_if_unusable_or_obsolete()
    assert ask("SELECT 1", []) == [(1,)]


@pytest.mark.django_db
def test_one_that_is_broken_off_leaves_no_answer_for_the_next(at_once: None) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    ask(NEXT, [])
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            ask("SELECT 'late', pg_sleep(5)", [])
    finally:
        signal.signal(signal.SIGALRM, before)
    assert connection.connection.closed
    with pytest.raises(OperationalError):
        ask(NEXT, [])
    connection.close_if_unusable_or_obsolete()
    assert ask(NEXT, []) == [("next",)]


@pytest.mark.django_db
def test_threads_do_not_share_them(at_once: None) -> None:
    found: list[Any] = []

    def work(n: int) -> None:
        try:
            found.extend(ask("SELECT %s::int, pg_sleep(0.01)", [n])[0][0] for _ in range(20))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(list(range(4)) * 20)


@pytest.mark.django_db
def test_each_is_in_the_list_of_queries() -> None:
    with CaptureQueriesContext(connection) as queries:
        ask_all([("SELECT 1", []), ("SELECT 2", [])])
    assert [query["sql"] for query in queries] == ["SELECT 1", "SELECT 2"]
