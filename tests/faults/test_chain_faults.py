"""Whatever dies while it writes a chain, the chain stays one line and the next writer goes on."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from django.db import OperationalError, connection, transaction

from sanqiao.kernel.chains import verify_chain
from sanqiao.kernel.commands import append_link
from sanqiao.kernel.models import Link, User
from sanqiao.kernel.scope import acting_as
from tests.make import as_owner, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def append(by: User) -> Link:
    with acting_as(by):
        return append_link(chain="grants", kind="kernel.tried", subject=by, by=by)


def test_a_writer_that_fails_after_its_link_leaves_nothing() -> None:
    user = make_user()
    first = append(user)
    with pytest.raises(ZeroDivisionError), acting_as(user):
        append_link(chain="grants", kind="kernel.lost", subject=user, by=user)
        raise ZeroDivisionError
    second = append(user)
    assert (second.seq, second.previous) == (2, first.digest)
    assert verify_chain("grants") is None


def test_a_connection_cut_before_commit_leaves_nothing_and_frees_the_chain() -> None:
    user, linked, cut = make_user(), threading.Event(), threading.Event()
    append(user)
    backend: list[int] = []
    thread = threading.Thread(target=_write_and_wait, args=(user, backend, linked, cut))
    thread.start()
    assert linked.wait(10)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend[0]])
    cut.set()
    thread.join(10)
    assert append(user).seq == 2
    assert verify_chain("grants") is None


def _write_and_wait(
    user: User, backend: list[int], linked: threading.Event, cut: threading.Event
) -> None:
    try:
        with pytest.raises(OperationalError), acting_as(user):
            append_link(chain="grants", kind="kernel.lost", subject=user, by=user)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            linked.set()
            cut.wait(10)
            User.objects.count()
    finally:
        linked.set()
        connection.close()


KILLED = """
import os, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
connection.settings_dict["OPTIONS"]["options"] = "-c role=sanqiao_web"
from sanqiao.kernel.commands import append_link
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as
user = User.objects.get(pk=int(sys.argv[2]))
with acting_as(user):
    append_link(chain="grants", kind="kernel.lost", subject=user, by=user)
    print("linked", flush=True)
    sys.stdin.read(1)
"""


def test_a_process_killed_before_commit_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = make_user()
    append(user)
    monkeypatch.setenv("SANQIAO_TEST", "1")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "sanqiao.config.settings")
    monkeypatch.setenv("PYTHONPATH", "src")
    name = str(connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, name, str(user.pk)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"linked\n"
        process.kill()
    assert append(user).seq == 2
    assert set(Link.objects.values_list("kind", flat=True)) == {"kernel.tried"}
    assert verify_chain("grants") is None


def test_a_second_writer_waits_for_the_first_and_follows_it() -> None:
    first, second = make_user(), make_user()
    results: list[Link] = []

    def write() -> None:
        try:
            results.append(append(second))
        finally:
            connection.close()

    with transaction.atomic():
        held = append(first)
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert (results[0].seq, results[0].previous) == (2, held.digest)
