"""Several people at one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
