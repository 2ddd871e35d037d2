"""A large file is two jobs': its preview, then all of it or nothing, whoever kills or stops them."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from sanqiao.kernel import working
from sanqiao.kernel.commands import ask_stop, start_progress
from sanqiao.kernel.models import Event, Grant, Progress, User
from sanqiao.registers.people.models import Membership, Person
from sanqiao.web.imports import keeping, large
from tests.faults.at_once import asked_at_once
from tests.make import Town, make_grant, make_user

from .make import (
    committed,
    imported,
    jobs_of,
    members_file,
    page,
    previewed_by_job,
    sent,
    text,
)  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Client]
State = Progress.State
NOTHING, WHOLE = (0, 0, 0), (5, 5, 1)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(large, "AT_ONCE", 500)


@pytest.fixture
def client(clerk: User, signed_in: SignIn) -> Client:
    return signed_in(clerk)


@pytest.fixture
def asked(town: Town, client: Client) -> Progress:
    """The preview of five new members."""
    return sent(client, members_file(town, 5))


@pytest.fixture
def previewed(asked: Progress) -> Progress:
    return previewed_by_job(asked)


@pytest.fixture
def committing(previewed: Progress, client: Client) -> Progress:
    return committed(client, previewed)


def everything() -> tuple[int, int, int]:
    """Persons, memberships, and what was noted."""
    noted = Event.objects.filter(kind="people.members_imported").count()
    return Person.objects.count(), Membership.objects.count(), noted


def left() -> list[str]:
    """What is kept of uploads."""
    return sorted(path.name for path in Path(keeping._uploads()).rglob("*") if path.is_file())


def test_a_large_file_is_left_to_a_job_and_a_small_one_is_not(
    town: Town, client: Client, asked: Progress
) -> None:
    assert (jobs_of(asked), asked.state, everything()) == (1, State.WAITING, NOTHING)
    waiting = text(client, f"/jobs/{asked.pk}/")
    assert "预览导入：党员" in waiting and f"/jobs/{asked.pk}/stop/" in waiting
    assert client.get(page(asked)).headers["Location"] == f"/jobs/{asked.pk}/"

    answer = client.post("/import/members/", {"file": members_file(town, 1)})
    assert "全部导入" in text(client, answer.headers["Location"])
    assert Progress.objects.count() == 1


def test_the_job_previews_and_changes_nothing(client: Client, previewed: Progress) -> None:
    assert (previewed.state, everything()) == (State.DONE, NOTHING)
    assert previewed.message == "新增 5 条，修改 0 条，未变 0 条，不能导入 0 条"
    told = client.get(f"/jobs/{previewed.pk}/progress/", headers={"HX-Request": "true"})
    assert told.headers["HX-Redirect"] == page(previewed)
    assert page(previewed) in text(client, f"/jobs/{previewed.pk}/")
    shown = text(client, page(previewed))
    assert "全部导入" in shown and "王小一" in shown and "<dd>5</dd>" in shown


def test_the_same_preview_as_in_a_request(
    town: Town, client: Client, previewed: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "AT_ONCE", 50_000)
    answer = client.post("/import/members/", {"file": members_file(town, 5)})
    at_once = text(client, answer.headers["Location"])
    token = answer.headers["Location"].split("/")[3]
    assert without_tokens(at_once, token) == without_tokens(
        text(client, page(previewed)), previewed.result["token"]
    )


def without_tokens(html: str, token: str) -> list[str]:
    """Line by line, without what each request has of its own."""
    lines = html.replace(token, "").splitlines()
    return [line for line in lines if "csrf" not in line and "nonce" not in line]


def test_the_commit_is_a_job_too_and_the_file_goes_when_it_stands(
    client: Client, committing: Progress, clerk: User
) -> None:
    assert (committing.state, everything()) == (State.WAITING, NOTHING)
    assert imported(committing).state == State.DONE
    assert (everything(), left()) == (WHOLE, [])
    assert committing.message == "已导入：新增 5 条，修改 0 条，未变 0 条"
    event = Event.objects.get(kind="people.members_imported")
    assert (event.by, event.by_id) == (clerk.username, clerk.pk)

    told = client.get(f"/jobs/{committing.pk}/progress/", headers={"HX-Request": "true"})
    assert told.headers["HX-Refresh"] == "true"
    done = text(client, f"/jobs/{committing.pk}/")
    assert "新增 5 条" in done and "/stop/" not in done and "可以关掉" not in done


def test_it_tells_how_far_it_is_in_rows_of_the_file(
    committing: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Mock(return_value=True)
    monkeypatch.setattr(working, "advance", tell)
    imported(committing)
    told = [(call.kwargs["done"], call.kwargs["total"]) for call in tell.call_args_list]
    assert told == [(0, 0), (1, 5), (3, 5), (5, 5), (5, 5)]


def test_refused_rows_are_told_and_come_back_as_a_file(town: Town, client: Client) -> None:
    job = previewed_by_job(sent(client, members_file(town, 5, kind="群众")))
    assert (job.state, everything()) == (State.DONE, NOTHING)
    assert job.message.endswith("不能导入 5 条")
    assert f"{page(job)}refused/" in text(client, f"/jobs/{job.pk}/")
    shown = text(client, page(job))
    assert 'class="why"' in shown and "全部导入" not in shown
    content = client.get(f"{page(job)}refused/").content
    assert load_workbook(io.BytesIO(content)).worksheets[0].max_row == 6

    assert imported(committed(client, job)).state == State.FAILED, "whoever sends the button anyway"
    assert everything() == NOTHING


def test_a_file_that_says_nothing_new_is_done_to_the_last_row(
    town: Town, client: Client, committing: Progress
) -> None:
    imported(committing)
    job = previewed_by_job(sent(client, members_file(town, 5)))
    assert (job.done, job.total) == (5, 5)
    assert "未变 5 条" in job.message


def test_without_refused_rows_there_is_no_file_of_them(client: Client, previewed: Progress) -> None:
    assert f"{page(previewed)}refused/" not in text(client, f"/jobs/{previewed.pk}/")
    assert client.get(f"{page(previewed)}refused/").status_code == 404


def test_a_file_that_is_no_table_says_so(town: Town, client: Client) -> None:
    file = members_file(town, 5)
    file.file = io.BytesIO(b"PK" + os.urandom(1000))
    file.size = 1002
    job = previewed_by_job(sent(client, file))
    assert 'class="note bad"' in text(client, page(job))


def test_run_twice_it_imports_once(committing: Progress) -> None:
    imported(committing)
    assert imported(committing).state == State.DONE
    assert everything() == WHOLE


def test_two_clicks_are_one_job_also_when_it_is_done(
    client: Client, previewed: Progress, committing: Progress
) -> None:
    assert committed(client, previewed) == committing
    shown = text(client, page(previewed))
    assert "正在后台导入" in shown and "全部导入" not in shown
    imported(committing)
    assert committed(client, previewed) == committing
    assert (jobs_of(committing), everything()) == (1, WHOLE)


def test_two_clicks_at_one_moment_are_one_job(previewed: Progress, clerk: User) -> None:
    token = previewed.result["token"]
    one, other = asked_at_once(
        clerk, lambda: large.ask_commit(register="members", token=token, by=clerk)
    )
    assert one is not None
    assert one == other
    assert jobs_of(one) == 1 and Progress.objects.filter(kind=large.COMMIT).count() == 1


def test_two_people_with_the_same_file_change_it_once(
    town: Town, committing: Progress, signed_in: SignIn
) -> None:
    second = make_grant(role="township_clerk", area=town.township, user=make_user()).user
    other = signed_in(User.objects.get(pk=second.pk))
    their = committed(other, previewed_by_job(sent(other, members_file(town, 5))))
    assert their != committing
    imported(committing)
    assert imported(their).message == "已导入：新增 0 条，修改 0 条，未变 5 条"
    assert everything() == WHOLE


def test_somebody_elses_file_and_its_jobs_do_not_exist(
    previewed: Progress, county_officer: User, signed_in: SignIn
) -> None:
    other = signed_in(county_officer)
    for address in (page(previewed), f"{page(previewed)}refused/", f"/jobs/{previewed.pk}/"):
        assert other.get(address).status_code == 404
    assert other.post(f"{page(previewed)}commit/").status_code == 404
    assert other.post(f"/jobs/{previewed.pk}/stop/").status_code == 404


def test_a_file_is_found_under_its_own_register_alone(previewed: Progress, client: Client) -> None:
    other = page(previewed).replace("members", "appointments")
    for address in (other, f"{other}refused/"):
        assert client.get(address).status_code == 404
    assert client.get(page(previewed)).status_code == 200


def test_who_sees_all_jobs_is_not_led_to_the_file(
    town: Town, previewed: Progress, signed_in: SignIn
) -> None:
    admin = make_grant(role="system_administrator", area=town.city, user=make_user()).user
    job = text(signed_in(User.objects.get(pk=admin.pk)), f"/jobs/{previewed.pk}/")
    assert "已完成" in job and page(previewed) not in job


def test_who_lost_the_right_between_click_and_job_imports_nothing(
    committing: Progress, clerk: User
) -> None:
    Grant.objects.filter(user=clerk).update(valid_to="2020-01-01")
    assert imported(committing).state == State.FAILED
    assert committing.message == "您没有导入的权限"
    assert everything() == NOTHING


def test_whose_reach_was_narrowed_meanwhile_imports_nothing(
    town: Town, committing: Progress, clerk: User
) -> None:
    Grant.objects.filter(user=clerk).update(path=town.other_community.path)
    assert imported(committing).state == State.FAILED
    assert everything() == NOTHING


def test_whose_account_was_closed_meanwhile_imports_nothing(
    committing: Progress, clerk: User
) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert imported(committing).state == State.FAILED
    assert everything() == NOTHING


def test_rows_that_are_no_longer_good_fail_it_and_stand_in_the_preview(
    town: Town, client: Client, committing: Progress
) -> None:
    type(town.branch)._default_manager.filter(pk=town.branch.pk).update(code="000")
    assert imported(committing).state == State.FAILED
    assert everything() == NOTHING
    assert f"{page(committing)}refused/" in text(client, f"/jobs/{committing.pk}/")
    shown = text(client, page(committing))
    assert 'class="why"' in shown and "全部导入" not in shown


def test_a_stopped_preview_leaves_nothing(
    client: Client, asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "advance", lambda **told: told["done"] < 3)
    assert previewed_by_job(asked).state == State.STOPPED
    assert (everything(), left()) == (NOTHING, [])
    assert asked.message == "什么也没有改动。"
    assert client.get(page(asked)).status_code == 404
    assert "看预览" not in text(client, f"/jobs/{asked.pk}/")


def test_a_preview_that_is_stopped_before_it_begins_leaves_nothing(
    client: Client, asked: Progress
) -> None:
    client.post(f"/jobs/{asked.pk}/stop/")
    assert previewed_by_job(asked).state == State.STOPPED
    assert left() == []


@pytest.mark.parametrize("rows", [1, 3, 5])
def test_a_stopped_commit_changes_nothing_and_may_be_asked_for_again(
    client: Client, previewed: Progress, committing: Progress, rows: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(working, "advance", lambda **told: told["done"] < rows)
        assert imported(committing).state == State.STOPPED
    assert everything() == NOTHING
    assert page(previewed) in text(client, f"/jobs/{committing.pk}/")

    again = committed(client, previewed)
    assert again != committing
    assert imported(again).state == State.DONE
    assert everything() == WHOLE


def test_a_stop_asked_of_a_worker_that_died_ends_it(committing: Progress, clerk: User) -> None:
    start_progress(progress=committing, total=5)
    ask_stop(progress=committing, by=clerk)
    assert imported(committing).state == State.STOPPED
    assert everything() == NOTHING


@pytest.mark.parametrize("make", [large.make_preview, large.make_commit])
def test_a_lost_database_is_tried_again(
    committing: Progress, make: Callable[[int, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(large, "import_file", Mock(side_effect=OperationalError))
        with pytest.raises(OperationalError):
            make(committing.pk, "zh-hans")
    committing.refresh_from_db()
    assert (committing.state, everything()) == (State.RUNNING, NOTHING)
    assert imported(committing).state == State.DONE
    assert everything() == WHOLE


def test_a_fault_of_ours_is_told_and_the_file_stays(
    client: Client, committing: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "import_file", Mock(side_effect=ZeroDivisionError))
    with pytest.raises(ZeroDivisionError):
        imported(committing)
    committing.refresh_from_db()
    assert (committing.state, committing.message[:4]) == (State.FAILED, "没有做成")
    assert "全部导入" in text(client, page(committing))


def test_a_file_that_is_gone_by_then_is_told(committing: Progress) -> None:
    yesterday = time.time() - keeping.DAY_SECONDS - 1
    (folder,) = keeping._uploads().iterdir()
    os.utime(folder, (yesterday, yesterday))
    keeping.sweep()
    assert left() == []
    assert imported(committing).message == "文件已不在，请重新上传。"
    assert everything() == NOTHING


def test_what_lies_on_the_disk_can_be_read_by_nobody(previewed: Progress) -> None:
    (folder,) = keeping._uploads().iterdir()
    assert left() == ["about", "file", "preview"]
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert "王小".encode() not in path.read_bytes() and b"members" not in path.read_bytes()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_job_speaks_the_language_of_who_asked(committing: Progress, asked: Progress) -> None:
    (job,) = ProcrastinateJob.objects.filter(args__progress=asked.pk)
    assert job.args["language"] == "zh-hans"
    large.make_commit(committing.pk, "en")
    committing.refresh_from_db()
    assert committing.message == "Imported: 5 new, 0 changed, 0 unchanged"
