"""Whatever dies in the middle of an import or a split: everything is there, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from sanqiao.kernel.models import Change, Event, User
from sanqiao.kernel.scope import acting_as
from sanqiao.kernel.staging import Stage, Upsert
from sanqiao.registers.areas.commands import split_grids
from sanqiao.registers.areas.models import Area, AreaEdge
from sanqiao.registers.people.commands import import_members
from sanqiao.registers.people.models import Membership, Person
from tests.killed import until_nobody_else_is_connected
from tests.make import Town, make_grant, make_town, make_user
from tests.registers.make import member_row, split_row

pytestmark = pytest.mark.django_db(transaction=True)
COUNTED = (Area, AreaEdge, Person, Membership, Event, Change)
KILLED_IN_A_SUBPROCESS = """
import os, sys, django
django.setup()
from django.db import connection
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as
from sanqiao.kernel.staging import Upsert
from sanqiao.registers.people.commands import import_members
from tests.registers.make import member_row

create = Upsert.create
def tell_and_wait(upsert, staged):
    done = create(upsert, staged)
    print("created", done, flush=True)
    sys.stdin.read()
    return done
Upsert.create = tell_and_wait

connection.settings_dict["NAME"] = sys.argv[1]
connection.settings_dict.setdefault("OPTIONS", {})["options"] = "-c role=sanqiao_web"
user = User.objects.get(username="li")
with acting_as(user):
    import_members(
        rows=[member_row(n, sys.argv[2], sys.argv[3]) for n in range(50)], by=user
    )
"""


@pytest.fixture
def standing() -> tuple[Town, User]:
    """The small town, and 李, clerk of its first township."""
    town = make_town()
    user = make_grant(role="township_clerk", area=town.township, user=make_user(username="li")).user
    return town, User.objects.get(pk=user.pk)


def counts() -> list[int]:
    return [model._default_manager.count() for model in COUNTED]


def members(town: Town, by: User) -> None:
    with acting_as(by):
        rows = [member_row(n, town.grid.key, town.branch.code) for n in range(50)]
        import_members(rows=rows, by=by)


def split(town: Town, by: User) -> None:
    with acting_as(by):
        rows = [split_row(town.grid.key, n) for n in range(9)]
        split_grids(rows=rows, on=date(2020, 2, 15), document="", by=by)


@pytest.mark.parametrize("act", [members, split])
def test_a_backend_that_dies_in_the_middle_leaves_the_registers_as_they_were(
    standing: tuple[Town, User],
    act: Callable[[Town, User], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = counts()
    with monkeypatch.context() as patch:
        patch.setattr(Upsert, "create", _create_then_lose_the_backend)
        thread = threading.Thread(target=_expect_loss, args=(act, *standing))
        thread.start()
        thread.join(30)
    assert not thread.is_alive()
    assert counts() == before

    act(*standing)
    assert counts() != before


def _create_then_lose_the_backend(upsert: Upsert, staged: Stage) -> int:
    """The rows are in, the transaction is not over; then the server ends the connection."""
    done = _create(upsert, staged)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return done


_create = Upsert.create


def _expect_loss(act: Callable[[Town, User], None], town: Town, by: User) -> None:
    try:
        with pytest.raises(OperationalError):
            act(town, by)
    finally:
        connection.close()


def test_a_process_that_is_killed_in_the_middle_leaves_the_registers_as_they_were(
    standing: tuple[Town, User],
) -> None:
    town, user = standing
    before = counts()
    with _start(town) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("created")
        process.send_signal(signal.SIGKILL)
    until_nobody_else_is_connected()
    assert counts() == before

    members(town, user)
    assert Membership.objects.count() == 50


def _start(town: Town) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sanqiao.config.settings",
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
        "SANQIAO_TEST": "1",
    }
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", KILLED_IN_A_SUBPROCESS, name, town.grid.key, town.branch.code]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
