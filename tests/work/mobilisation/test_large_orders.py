"""An order of very many is a job's: the whole list or nothing, whoever kills it and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.sql import SQL

from sanqiao.kernel import working
from sanqiao.kernel.commands import ask_stop, start_progress
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, Grant, Progress, User
from sanqiao.kernel.scope import EVERYTHING
from sanqiao.kernel.staging import run
from sanqiao.work.mobilisation import commands, large_orders
from sanqiao.work.mobilisation.audience import Rule
from sanqiao.work.mobilisation.commands import ordering
from sanqiao.work.mobilisation.models import Batch, CallOut, Mobilisation, Wave
from tests.faults.at_once import asked_at_once
from tests.killed import kill_at_work
from tests.make import Town, make_grant, make_user
from tests.refusals import code_of

from .make import make_draft, members, order

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Client]
State = Progress.State


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_orders, "AT_ONCE", 3)
    monkeypatch.setattr(ordering, "PORTION", 2)


@pytest.fixture
def draft(town: Town, city_officer: User) -> Mobilisation:
    members(town, 5)
    return make_draft(town, city_officer)


@pytest.fixture
def asked(draft: Mobilisation, city_officer: User) -> Progress:
    progress = large_orders.ask_order(mobilisation=draft, by=city_officer)
    assert progress is not None
    return progress


def make(progress: Progress) -> Progress:
    large_orders.make_order(progress.pk, "zh-hans")
    progress.refresh_from_db()
    return progress


def jobs_of(progress: Progress) -> int:
    jobs = ProcrastinateJob.objects.filter(task_name=large_orders.TASK)
    return int(jobs.filter(args__progress=progress.pk).count())


def everything() -> tuple[Any, ...]:
    """State, people, batches, waves and what was noted."""
    (mobilisation,) = Mobilisation.objects.all()
    noted = Event.objects.filter(kind="mobilisation.ordered").count()
    rows = (CallOut, Batch, Wave)
    return mobilisation.state, *(model._default_manager.count() for model in rows), noted


NOTHING = ("draft", 0, 0, 0, 0)
WHOLE = ("ordered", 5, 1, 1, 1)


def test_very_many_are_left_to_a_job_and_few_are_not(
    asked: Progress, draft: Mobilisation, city_officer: User, town: Town
) -> None:
    assert jobs_of(asked) == 1
    assert everything() == NOTHING

    narrow = make_draft(town, city_officer, rule=Rule(members="all", oldest=1))
    with pytest.raises(Refused) as refusal:
        large_orders.ask_order(mobilisation=narrow, by=city_officer)
    assert refusal.value.code == "mobilisation.nobody", "at once"


def test_few_are_ordered_at_once(town: Town, city_officer: User) -> None:
    members(town, 3)
    draft = make_draft(town, city_officer)
    assert large_orders.ask_order(mobilisation=draft, by=city_officer) is None
    assert everything() == ("ordered", 3, 1, 1, 1)
    assert not Progress.objects.exists()


def test_the_job_freezes_the_list_and_tells_how_far_it_is(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Mock(return_value=True)
    monkeypatch.setattr(working, "advance", tell)
    assert make(asked).state == State.DONE
    assert everything() == WHOLE
    told = [(call.kwargs["done"], call.kwargs["total"]) for call in tell.call_args_list]
    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]


def test_others_see_it_advance_while_nothing_stands_yet(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int, int]] = []

    def look(query: Any) -> Any:
        done = run(query)
        seen.append(elsewhere("SELECT done, total, (SELECT count(*) FROM mobilisation_callout)"
                              f" FROM kernel_progress WHERE id = {asked.pk}"))  # fmt: skip
        return done

    monkeypatch.setattr(ordering, "run", look)
    make(asked)
    assert {(0, 5, 0), (2, 5, 0), (4, 5, 0), (5, 5, 0)} <= set(seen)


def elsewhere(query: str) -> Any:
    """By a session of its own, past every scope."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            for name, value in EVERYTHING.settings().items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
            cursor.execute(query)
            return cursor.fetchone()
    finally:
        other.close()


def test_run_twice_it_orders_once(asked: Progress) -> None:
    make(asked)
    assert make(asked).state == State.DONE
    assert everything() == WHOLE


def test_two_clicks_are_one_job_and_another_officer_is_told_who_does_it(
    asked: Progress, draft: Mobilisation, city_officer: User, town: Town
) -> None:
    assert large_orders.ask_order(mobilisation=draft, by=city_officer) == asked
    assert jobs_of(asked) == 1

    other = make_grant(role="city_officer", area=town.city, user=make_user()).user
    with pytest.raises(Refused) as refusal:
        large_orders.ask_order(mobilisation=draft, by=other)
    assert refusal.value.code == "mobilisation.being_ordered"
    assert str(city_officer) in str(refusal.value.message)


def test_two_clicks_at_one_moment_are_one_job(draft: Mobilisation, city_officer: User) -> None:
    one, other = asked_at_once(
        city_officer, lambda: large_orders.ask_order(mobilisation=draft, by=city_officer)
    )
    assert one is not None
    assert one == other
    assert Progress.objects.count() == jobs_of(one) == 1


def test_who_may_not_order_it_cannot_ask(draft: Mobilisation, clerk: User) -> None:
    code = code_of(large_orders.ask_order, mobilisation=draft, by=clerk)
    assert code == "mobilisation.no_right"
    assert not Progress.objects.exists()


def test_what_is_ordered_cannot_be_asked_for(
    asked: Progress, draft: Mobilisation, city_officer: User
) -> None:
    make(asked)
    code = code_of(large_orders.ask_order, mobilisation=draft, by=city_officer)
    assert code == "mobilisation.state"
    assert Progress.objects.count() == 1


def test_who_lost_the_right_between_click_and_job_orders_nothing(
    asked: Progress, city_officer: User
) -> None:
    Grant.objects.filter(user=city_officer).update(valid_to="2020-01-01")
    assert make(asked).state == State.FAILED
    assert asked.message == "您不能在这个区划发起动员。"
    assert everything() == NOTHING


def test_whose_account_was_closed_meanwhile_orders_nothing(
    asked: Progress, city_officer: User
) -> None:
    User.objects.filter(pk=city_officer.pk).update(is_active=False)
    assert make(asked).state == State.FAILED
    assert everything() == NOTHING


def test_a_rule_that_changed_after_the_click_is_looked_at_again(
    asked: Progress, draft: Mobilisation, city_officer: User
) -> None:
    given = order(rule=Rule(members="full"))
    commands.change_mobilisation(mobilisation=draft, by=city_officer, **given)
    assert make(asked).state == State.FAILED
    assert everything() == NOTHING
    assert large_orders.ask_order(mobilisation=draft, by=city_officer) != asked


def test_a_stop_in_the_middle_leaves_the_draft_and_it_may_be_ordered_again(
    asked: Progress, draft: Mobilisation, city_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(working, "advance", lambda **told: told["done"] < 4)
        assert make(asked).state == State.STOPPED
    assert everything() == NOTHING

    again = large_orders.ask_order(mobilisation=draft, by=city_officer)
    assert again is not None
    ask_stop(progress=again, by=city_officer)
    assert make(again).state == State.STOPPED
    assert everything() == NOTHING


def test_one_that_is_asked_to_stop_does_not_bar_the_next(
    asked: Progress, draft: Mobilisation, city_officer: User
) -> None:
    start_progress(progress=asked, total=5)
    ask_stop(progress=asked, by=city_officer)
    assert large_orders.ask_order(mobilisation=draft, by=city_officer) not in {None, asked}


def test_a_lost_database_is_tried_again(asked: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(large_orders, "order_mobilisation", _loses_the_database)
        with pytest.raises(OperationalError):
            make(asked)
    asked.refresh_from_db()
    assert (asked.state, everything()) == (State.RUNNING, NOTHING)
    assert make(asked).state == State.DONE
    assert everything() == WHOLE


def _loses_the_database(**_given: Any) -> None:
    raise OperationalError


def test_a_fault_of_ours_is_told_and_leaves_the_draft(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "HOLD_POSTS", SQL("SELECT 1/0"))
    with pytest.raises(Exception, match="zero"):
        make(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.message[:4]) == (State.FAILED, "没有做成")
    assert everything() == NOTHING


def test_one_left_behind_does_not_bar_the_order_for_ever(
    asked: Progress, draft: Mobilisation, city_officer: User
) -> None:
    start_progress(progress=asked, total=5)
    Progress.objects.update(made_at=timezone.now() - timedelta(hours=2))
    assert large_orders.ask_order(mobilisation=draft, by=city_officer) not in {None, asked}


@pytest.mark.parametrize("place", ["CALL", "HOLD_POSTS", "finish"])
def test_killed_anywhere_nothing_happened_and_the_next_run_makes_it(
    asked: Progress, place: str
) -> None:
    """kill -9 with rows written and nothing committed, and after the last word of all."""
    kill_at_work(WORKER, str(asked.pk), place)
    asked.refresh_from_db()
    assert (asked.state, everything()) == (State.RUNNING, NOTHING)

    assert make(asked).state == State.DONE
    assert everything() == WHOLE


WORKER = """
from sanqiao.kernel import working
from sanqiao.work.mobilisation import large_orders
from sanqiao.work.mobilisation.commands import ordering
ordering.PORTION = 2

def held(module, name):
    act = getattr(module, name)
    def then_wait(*given, **more):
        act(*given, **more)
        text = given[0].as_string() if given else ""
        if name == "finish" or getattr(ordering, sys.argv[3]).as_string()[:40] in text:
            print("written", flush=True)
            sys.stdin.read()
    setattr(module, name, then_wait)

held(*((working, "finish") if sys.argv[3] == "finish" else (ordering, "run")))
large_orders.make_order(int(sys.argv[2]), "zh-hans")
"""
