"""Several people at one moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as

Act = Callable[[], object]
PATIENCE_SECONDS = 60


def at_once(*acts: Act) -> list[Any]:
    """What each returns or is refused with, in their order; all are let go together, and each has a
    connection of its own."""
    gate = threading.Barrier(len(acts))

    def run(act: Act) -> object:
        gate.wait(PATIENCE_SECONDS)
        try:
            return outcome(act)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts, timeout=PATIENCE_SECONDS))


def asked_at_once(user: User, act: Act) -> list[Any]:
    """What each of two requests of the user returns; the second comes before the first commits."""
    fresh = User.objects.get(pk=user.pk)

    def second() -> object:
        with acting_as(fresh):
            return act()

    return overtaking(fresh, act, second)


def overtaking(user: User, first: Act, second: Act) -> list[Any]:
    """What each returns; the second begins while the first, done in the name of the user, is not
    committed, and is let go on when it waits for the first or is over without waiting."""

    def apart() -> object:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with acting_as(user):
            done = first()
            later = pool.submit(apart)
            _wait_for_a_lock(later)
        return [done, later.result(PATIENCE_SECONDS)]


def _wait_for_a_lock(act: Future[Any]) -> None:
    """Until it does, or is done."""
    last = time.monotonic() + PATIENCE_SECONDS
    while not act.done() and time.monotonic() < last:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


def outcome(act: Act) -> object:
    """What it returns, or the code of the refusal."""
    try:
        return act()
    except Refused as refusal:
        return refusal.code


def acting(user: User, command: Callable[..., object], **given: Any) -> Callable[[], str]:
    """The command given by `user`: `done`, when nothing refuses it."""
    fresh = User.objects.get(pk=user.pk)

    def act() -> str:
        with acting_as(fresh):
            command(by=fresh, **given)
        return "done"

    return act
