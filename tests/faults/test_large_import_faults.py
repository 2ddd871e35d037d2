"""The worker of a large import is killed (kill -9) wherever it stands: the next one does it whole,
or whoever asked reads that it was given up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from sanqiao.kernel.commands import end_given_up, machine
from sanqiao.kernel.models import Change, Event, Progress, User
from sanqiao.registers.people.models import Membership, Person
from sanqiao.web.imports import keeping, large
from tests.killed import kill_at_work
from tests.make import Town
from tests.web.imports.make import members_file

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Client]
State = Progress.State
BEFORE_THE_END = ["read", "written", "checked", "finished"]
WORKER = """
from django.conf import settings
from sanqiao.kernel import importing, working
from sanqiao.kernel.staging import Upsert
from sanqiao.web.imports import large
settings.MEDIA_ROOT = sys.argv[5]

def held(of, name):
    act = getattr(of, name)
    def then_wait(*given, **more):
        done = act(*given, **more)
        print("written", flush=True)
        sys.stdin.read()
        return done
    setattr(of, name, then_wait)

held(*{
    "read": (importing, "plan"), "written": (Upsert, "create"), "checked": (large, "import_file"),
    "kept": (large, "_put"), "finished": (working, "finish"), "stands": (large, "carry_out"),
}[sys.argv[4]])
getattr(large, sys.argv[2])(int(sys.argv[3]), "zh-hans")
"""


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(large, "AT_ONCE", 500)


@pytest.fixture
def client(clerk: User, signed_in: SignIn) -> Client:
    return signed_in(clerk)


@pytest.fixture
def asked(town: Town, client: Client) -> Progress:
    client.post("/import/members/", {"file": members_file(town, 5)})
    return Progress.objects.get()


@pytest.fixture
def committing(asked: Progress, client: Client) -> Progress:
    large.make_preview(asked.pk, "zh-hans")
    client.post(f"/import/members/{asked.result['token']}/commit/")
    return Progress.objects.get(kind=large.COMMIT)


def killed(job: Progress, act: str, place: str) -> Progress:
    kill_at_work(WORKER, act, str(job.pk), place, str(keeping._uploads().parent))
    job.refresh_from_db()
    return job


def everything() -> tuple[int, int, int, bool]:
    """Persons, memberships, what was noted, and is there any history of them?"""
    noted = Event.objects.filter(kind="people.members_imported").count()
    has_history = Change.objects.filter(table="people_person").exists()
    return Person.objects.count(), Membership.objects.count(), noted, has_history


NOTHING, WHOLE = (0, 0, 0, False), (5, 5, 1, True)


@pytest.mark.parametrize("place", [*BEFORE_THE_END, "kept"])
def test_a_preview_is_made_by_the_next(asked: Progress, client: Client, place: str) -> None:
    assert killed(asked, "make_preview", place).state == State.RUNNING
    assert everything() == NOTHING

    large.make_preview(asked.pk, "zh-hans")
    asked.refresh_from_db()
    assert (asked.state, everything()) == (State.DONE, NOTHING)
    page = client.get(f"/import/members/{asked.result['token']}/").content.decode()
    assert "全部导入" in page and "<dd>5</dd>" in page


@pytest.mark.parametrize("place", BEFORE_THE_END)
def test_a_commit_left_nothing_and_the_next_does_it_whole(committing: Progress, place: str) -> None:
    assert killed(committing, "make_commit", place).state == State.RUNNING
    assert everything() == NOTHING

    large.make_commit(committing.pk, "zh-hans")
    committing.refresh_from_db()
    assert (committing.state, everything()) == (State.DONE, WHOLE)


def test_killed_when_it_stands_it_stands_once_and_the_file_goes(committing: Progress) -> None:
    assert killed(committing, "make_commit", "stands").state == State.DONE
    assert everything() == WHOLE
    assert list(keeping._uploads().iterdir())

    large.make_commit(committing.pk, "zh-hans")
    assert everything() == WHOLE
    assert not list(keeping._uploads().iterdir())


def test_what_the_queue_has_given_up_tells_it(committing: Progress, client: Client) -> None:
    """As `take_up_left_jobs` leaves a job that took five workers down with it."""
    killed(committing, "make_commit", "written")
    job = ProcrastinateJob.objects.get(args__progress=committing.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job.pk])
    end_given_up(by=machine())
    committing.refresh_from_db()
    assert (committing.state, everything()) == (State.FAILED, NOTHING)
    told = client.get(f"/jobs/{committing.pk}/").content.decode()
    assert "什么也没有改动" in told and f"/import/members/{committing.result['token']}/" in told
