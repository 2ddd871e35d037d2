"""Publishing from a page is a job's: one publication or none, whoever kills it and how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from procrastinate.contrib.django.models import ProcrastinateJob

from sanqiao.kernel import working
from sanqiao.kernel.commands import ask_stop
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, Grant, Link, Progress, User
from sanqiao.reports import commands, publishing
from sanqiao.reports.commands import change_report, draft_report, publish_report
from sanqiao.reports.documents.verify import verify
from sanqiao.reports.models import FrozenNumber, Publication, WorkReport, published_root
from tests.faults.at_once import asked_at_once, overtaking
from tests.killed import kill_at_work
from tests.make import Town, make_grant, make_membership, make_user
from tests.refusals import code_of

pytestmark = pytest.mark.django_db(transaction=True)
State = Progress.State
TEXT = "全市有党员{{people.members}}名。"
START, AS_OF = date(2020, 1, 1), date(2020, 6, 30)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield


@pytest.fixture
def report(town: Town, city_officer: User) -> WorkReport:
    make_membership(area=town.community)
    return draft_report(
        area=town.city, title="综述", text=TEXT, start=START, as_of=AS_OF, by=city_officer,
        sign="市委组织部",
    )  # fmt: skip


@pytest.fixture
def asked(report: WorkReport, city_officer: User) -> Progress:
    return publishing.ask_publication(report=report, by=city_officer)


def make(progress: Progress) -> Progress:
    publishing.make_publication(progress.pk, "zh-hans")
    progress.refresh_from_db()
    return progress


def jobs_of(progress: Progress) -> int:
    jobs = ProcrastinateJob.objects.filter(task_name=publishing.TASK)
    return int(jobs.filter(args__progress=progress.pk).count())


def everything() -> tuple[Any, ...]:
    """State, publications, frozen numbers, links of the chain and what was noted."""
    (report,) = WorkReport.objects.all()
    noted = Event.objects.filter(kind="reports.report_published").count()
    rows = (Publication, FrozenNumber, Link)
    return report.state, *(model._default_manager.count() for model in rows), noted


EDITABLE = (
    "title", "text", "start", "as_of", "organ", "number", "addressee", "sign", "copied_to",
)  # fmt: skip
ask = publishing.ask_publication
NOTHING = ("draft", 0, 0, 0, 0)
WHOLE = ("published", 1, 1, 1, 1)


def test_the_job_publishes_and_tells_what_it_is_at(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (jobs_of(asked), everything()) == (1, NOTHING)

    tell = Mock(return_value=True)
    monkeypatch.setattr(working, "advance", tell)
    assert make(asked).state == State.DONE
    assert everything() == WHOLE
    told = [(call.kwargs["done"], call.kwargs["total"]) for call in tell.call_args_list]
    assert told == [(step, 5) for step in range(6)]
    assert {f.kind for f in verify(Publication.objects.get().file("docx"))} == {"ok"}


def test_run_twice_it_publishes_once(asked: Progress) -> None:
    make(asked)
    assert make(asked).state == State.DONE
    assert everything() == WHOLE


def test_two_clicks_are_one_job_and_another_officer_is_told_who_does_it(
    asked: Progress, report: WorkReport, city_officer: User, town: Town
) -> None:
    assert publishing.ask_publication(report=report, by=city_officer) == asked
    assert jobs_of(asked) == 1

    other = make_grant(role="city_officer", area=town.city, user=make_user()).user
    with pytest.raises(Refused) as refusal:
        publishing.ask_publication(report=report, by=other)
    assert refusal.value.code == "reports.being_published"
    assert str(city_officer) in str(refusal.value.message)


def test_two_clicks_at_one_moment_are_one_job(report: WorkReport, city_officer: User) -> None:
    one, other = asked_at_once(
        city_officer, lambda: publishing.ask_publication(report=report, by=city_officer)
    )
    assert one == other
    assert Progress.objects.count() == jobs_of(one) == 1


def test_who_lost_the_right_between_click_and_job_publishes_nothing(
    asked: Progress, city_officer: User
) -> None:
    Grant.objects.filter(user=city_officer).update(valid_to="2020-01-01")
    assert make(asked).state == State.FAILED
    assert asked.message == "您没有印发该综述的权限。"
    assert everything() == NOTHING


def test_who_may_still_read_it_but_no_longer_publish_publishes_nothing(
    asked: Progress, city_officer: User
) -> None:
    Grant.objects.filter(user=city_officer).update(role="supervisor")
    assert make(asked).state == State.FAILED
    assert asked.message == "您没有印发该综述的权限。"
    assert everything() == NOTHING


def test_whose_account_was_closed_meanwhile_publishes_nothing(
    asked: Progress, city_officer: User
) -> None:
    User.objects.filter(pk=city_officer.pk).update(is_active=False)
    assert make(asked).state == State.FAILED
    assert asked.message == "发起人的账号已停用。"
    assert everything() == NOTHING


def test_who_may_not_publish_it_cannot_ask(report: WorkReport, county_officer: User) -> None:
    assert code_of(ask, report=report, by=county_officer) == "reports.not_yours_to_publish"
    assert not Progress.objects.exists()


def test_what_is_published_cannot_be_asked_for(report: WorkReport, city_officer: User) -> None:
    publish_report(report=report, by=city_officer)
    assert code_of(ask, report=report, by=city_officer) == "reports.already_published"
    assert not Progress.objects.exists()


@pytest.mark.parametrize("field", EDITABLE)
def test_what_changed_after_the_click_is_looked_at_again(
    asked: Progress, report: WorkReport, city_officer: User, field: str
) -> None:
    value = date(2020, 2, 2) if field in {"start", "as_of"} else TEXT + "又一句。"
    WorkReport.objects.filter(pk=report.pk).update(**{field: value})
    assert make(asked).state == State.FAILED
    assert "又改了" in asked.message
    assert everything() == NOTHING
    assert ask(report=report, by=city_officer) != asked


def test_what_somebody_is_changing_when_the_job_comes_is_looked_at_again(
    asked: Progress, report: WorkReport, city_officer: User
) -> None:
    given: dict[str, Any] = {"title": "综述", "start": START, "as_of": AS_OF, "by": city_officer}
    overtaking(
        city_officer,
        lambda: change_report(report=report, text=TEXT + "又一句。", **given),
        lambda: publishing.make_publication(asked.pk, "zh-hans"),
    )
    asked.refresh_from_db()
    assert (asked.state, "又改了" in asked.message) == (State.FAILED, True)
    assert everything() == NOTHING


def test_what_was_published_meanwhile_is_not_published_again(
    asked: Progress, report: WorkReport, city_officer: User
) -> None:
    """From the command line, say."""
    publish_report(report=report, by=city_officer)
    assert make(asked).state == State.FAILED
    assert everything() == WHOLE


@pytest.mark.parametrize("step", range(6))
def test_a_stop_at_any_step_leaves_the_draft_and_no_file(
    asked: Progress, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(working, "advance", lambda **told: told["done"] < step)
    assert make(asked).state == State.STOPPED
    assert everything() == NOTHING
    assert not published_root().exists() or list(published_root().iterdir()) == []


def test_after_a_stop_it_may_be_asked_for_again(
    asked: Progress, report: WorkReport, city_officer: User
) -> None:
    ask_stop(progress=asked, by=city_officer)
    assert make(asked).state == State.STOPPED
    again = publishing.ask_publication(report=report, by=city_officer)
    assert make(again).state == State.DONE
    assert everything() == WHOLE


def test_a_lost_database_is_tried_again(asked: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    def loses_the_database(*_given: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(commands, "write_pdf", loses_the_database)
        with pytest.raises(OperationalError):
            make(asked)
    asked.refresh_from_db()
    assert (asked.state, everything()) == (State.RUNNING, NOTHING)
    assert make(asked).state == State.DONE
    assert everything() == WHOLE


def test_a_full_disk_is_told_and_leaves_the_draft(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(commands, "write_pdf", full)
    with pytest.raises(OSError, match="No space"):
        make(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.message[:4]) == (State.FAILED, "没有做成")
    assert everything() == NOTHING


@pytest.mark.parametrize("place", ["write_pdf", "frozen_numbers", "finish"])
def test_killed_anywhere_nothing_happened_and_the_next_run_publishes_once(
    asked: Progress, place: str
) -> None:
    """kill -9 with files written and nothing committed, and after the last word of all."""
    kill_at_work(WORKER, str(asked.pk), place, str(published_root().parent))
    asked.refresh_from_db()
    assert (asked.state, everything()) == (State.RUNNING, NOTHING)
    (left,) = published_root().iterdir()

    assert make(asked).state == State.DONE
    assert everything() == WHOLE
    (there,) = published_root().iterdir()
    assert left.name != there.name == Publication.objects.get().folder


WORKER = """
from django.conf import settings
from sanqiao.kernel import working
from sanqiao.reports import commands, publishing
settings.MEDIA_ROOT = sys.argv[4]
module = working if sys.argv[3] == "finish" else commands
act = getattr(module, sys.argv[3])

def then_wait(*given, **more):
    act(*given, **more)
    print("written", flush=True)
    sys.stdin.read()

setattr(module, sys.argv[3], then_wait)
publishing.make_publication(int(sys.argv[2]), "zh-hans")
"""
