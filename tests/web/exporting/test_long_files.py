"""A long xlsx is a job's: made whole or not at all, for who asked, for a day."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from sanqiao.kernel.commands import ask_stop
from sanqiao.kernel.models import Event, Grant, Progress, User
from sanqiao.web.exporting import asking, keeping, making
from tests.make import Town, make_grant, make_membership, make_person, make_user

SignIn = Callable[[User], Client]
State = Progress.State
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(asking, "AT_ONCE", 3)
    monkeypatch.setattr(making, "STEP", 1)


@pytest.fixture
def members(town: Town) -> None:
    for n in range(5):
        person = make_person(area=town.community, name=f"党员{n}")
        make_membership(person=person, organisation=town.branch)


@pytest.fixture
def asked(members: None, clerk: User, signed_in: SignIn) -> tuple[Client, Progress]:
    client = signed_in(clerk)
    client.get("/members/?kind=full&export=xlsx&as_of=2026-02-01")
    return client, Progress.objects.get()


def whole(client: Client, progress: Progress) -> Any:
    answer = client.get(f"/jobs/{progress.pk}/file/")
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.getvalue()))


def jobs_of(progress: Progress) -> int:
    return int(ProcrastinateJob.objects.filter(args__progress=progress.pk).count())


def left_over() -> list[str]:
    return [path.name for path in keeping.exports().iterdir()]


def test_a_long_list_is_left_to_a_job_and_a_short_one_is_not(
    members: None, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    answer = client.get("/members/?export=xlsx")
    progress = Progress.objects.get()
    assert answer.headers["Location"] == f"/jobs/{progress.pk}/"
    assert jobs_of(progress) == 1

    assert client.get("/members/?export=xlsx&q=党员1").getvalue()[:2] == b"PK"
    csv: Any = client.get("/members/?export=csv")
    assert csv.getvalue().count("党员".encode()) > 5
    assert Progress.objects.count() == 1


def test_asked_twice_it_is_made_once(asked: tuple[Client, Progress]) -> None:
    client, progress = asked
    answer = client.get("/members/?kind=full&export=xlsx&as_of=2026-02-01")
    assert answer.headers["Location"] == f"/jobs/{progress.pk}/"
    assert jobs_of(progress) == 1


def test_what_is_done_is_told_to_the_last_row(
    asked: tuple[Client, Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "STEP", 2)
    _client, progress = asked
    making.make(progress.pk, "zh-hans")

    progress.refresh_from_db()
    assert (progress.done, progress.total) == (5, 5)


def test_the_file_is_the_list_as_shown_with_what_it_means(asked: tuple[Client, Progress]) -> None:
    client, progress = asked
    making.make(progress.pk, "zh-hans")

    book = whole(client, progress)
    rows, facts = book.worksheets
    assert rows.max_row == 6
    said = [(a.value, b.value) for a, b in facts.iter_rows()]
    assert ("筛选", "截至：2026-02-01") in said
    progress.refresh_from_db()
    assert (progress.state, progress.done, progress.total) == (State.DONE, 5, 5)
    assert left_over() == [f"{progress.pk}.xlsx"]
    assert f"/jobs/{progress.pk}/file/" in client.get(f"/jobs/{progress.pk}/").content.decode()


def test_making_and_fetching_are_events(asked: tuple[Client, Progress]) -> None:
    client, progress = asked
    making.make(progress.pk, "zh-hans")
    whole(client, progress)
    made, fetched = Event.objects.filter(kind__startswith="kernel.").order_by("pk")
    assert (made.kind, made.data["list"]) == ("kernel.rows_exported", "members")
    assert (fetched.kind, fetched.data["rows"]) == ("kernel.export_fetched", 5)


def test_nobody_else_fetches_it_and_nobody_after_a_day(
    asked: tuple[Client, Progress], city_officer: User
) -> None:
    client, progress = asked
    making.make(progress.pk, "zh-hans")
    other = Client()
    other.force_login(city_officer)
    assert other.get(f"/jobs/{progress.pk}/file/").status_code == 404

    yesterday = time.time() - keeping.DAY_SECONDS - 1
    os.utime(keeping.place_of(progress), (yesterday, yesterday))
    assert client.get(f"/jobs/{progress.pk}/file/").status_code == 404
    assert f"/jobs/{progress.pk}/file/" not in client.get(f"/jobs/{progress.pk}/").content.decode()
    assert (keeping.sweep(), left_over()) == (1, [])


def test_who_sees_all_jobs_is_not_led_to_the_file(
    asked: tuple[Client, Progress], town: Town, signed_in: SignIn
) -> None:
    _client, progress = asked
    making.make(progress.pk, "zh-hans")
    admin = make_grant(role="system_administrator", area=town.city, user=make_user()).user
    other = signed_in(User.objects.get(pk=admin.pk))
    job = other.get(f"/jobs/{progress.pk}/").content.decode()
    assert "已完成" in job and f"/jobs/{progress.pk}/file/" not in job
    assert other.get(f"/jobs/{progress.pk}/file/").status_code in {403, 404}


def test_a_stop_ends_it_without_a_file(
    asked: tuple[Client, Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    _client, progress = asked
    begin = making.Making

    def stop_meanwhile(progress: Progress) -> making.Making:
        ask_stop(progress=progress, by=progress.started_by)
        return begin(progress)

    monkeypatch.setattr(making, "Making", stop_meanwhile)
    making.make(progress.pk, "zh-hans")
    progress.refresh_from_db()
    assert (progress.state, left_over()) == (State.STOPPED, [])
    assert not Event.objects.filter(kind="kernel.rows_exported").exists()


def test_after_a_worker_died_the_second_run_makes_it(
    asked: tuple[Client, Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed worker leaves a progress that runs and a half file; nothing tidies up after it."""
    client, progress = asked
    with monkeypatch.context() as patch:
        patch.setattr(making, "finish", _dies)
        patch.setattr(shutil, "rmtree", lambda *_a, **_k: None)
        with pytest.raises(KeyboardInterrupt):
            making.make(progress.pk, "zh-hans")
    keeping.place_of(progress).unlink()
    assert left_over() == [f"{progress.pk}.making"]
    assert client.get(f"/jobs/{progress.pk}/file/").status_code == 404

    making.make(progress.pk, "zh-hans")
    assert whole(client, progress).worksheets[0].max_row == 6
    assert left_over() == [f"{progress.pk}.xlsx"]

    before = keeping.place_of(progress).stat().st_mtime_ns
    making.make(progress.pk, "zh-hans")
    assert keeping.place_of(progress).stat().st_mtime_ns == before


def _dies(**_given: Any) -> None:
    raise KeyboardInterrupt


def test_a_lost_database_is_not_the_end_of_it(
    asked: tuple[Client, Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    _client, progress = asked
    with monkeypatch.context() as patch:
        patch.setattr(making, "_make", _loses_the_database)
        with pytest.raises(OperationalError):
            making.make(progress.pk, "zh-hans")
    progress.refresh_from_db()
    assert progress.state == State.RUNNING
    making.make(progress.pk, "zh-hans")
    progress.refresh_from_db()
    assert progress.state == State.DONE


def _loses_the_database(*_given: Any) -> None:
    raise OperationalError


def test_who_lost_the_right_meanwhile_gets_no_file(
    asked: tuple[Client, Progress], clerk: User
) -> None:
    _client, progress = asked
    Grant.objects.filter(user=clerk).update(valid_to="2020-01-01")
    with pytest.raises(Exception):  # noqa: B017 - whichever door says no
        making.make(progress.pk, "zh-hans")
    progress.refresh_from_db()
    assert (progress.state, left_over()) == (State.FAILED, [])


def test_the_rows_behind_a_number_go_the_same_way(
    members: None, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    client.get("/figures/people.members/export/?as_of=2026-02-01")
    progress = Progress.objects.get()
    making.make(progress.pk, "zh-hans")
    assert whole(client, progress).worksheets[0].max_row == 6
