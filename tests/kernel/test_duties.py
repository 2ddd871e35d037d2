"""A duty has one owner, one date, its evidence, and a second pair of eyes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from sanqiao.kernel.chains import verify_chain
from sanqiao.kernel.commands import (
    add_step,
    hand_in,
    open_duty,
    reopen,
    restate_duty,
    return_duty,
    sign_off,
)
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Duty, Event, Handover, Link, User
from tests.make import Town
from tests.refusals import code_of

from .make import make_duty

SeenBy = Callable[[User], AbstractContextManager[None]]


@pytest.fixture
def duty(town: Town, grid_worker: User) -> Duty:
    return make_duty(owner=grid_worker, area_path=town.grid.path)


def test_a_duty_is_given_within_the_givers_area(
    town: Town, clerk: User, other_clerk: User, grid_worker: User
) -> None:
    given = {
        "kind": "finding", "title": "整改", "owner": grid_worker,
        "due_on": date(2020, 6, 30), "area_path": town.grid.path,
    }  # fmt: skip
    duty = open_duty(**given, by=clerk)  # type: ignore[arg-type]
    assert (duty.state, duty.owner) == (Duty.State.OPEN, grid_worker)
    assert Event.objects.get().kind == "kernel.duty_opened"
    assert code_of(open_duty, **given, by=other_clerk) == "kernel.no_right"
    assert code_of(open_duty, **given, by=grid_worker) == "kernel.no_right"


def test_the_whole_way_to_the_sign_off(
    duty: Duty, clerk: User, grid_worker: User, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    add_step(duty=duty, text="已联系物业", by=grid_worker)
    add_step(duty=duty, text="", file=ContentFile(b"jpg", "after.jpg"), by=grid_worker)
    hand_in(duty=duty, by=grid_worker)
    return_duty(duty=duty, reason="照片不清", by=clerk)
    hand_in(duty=duty, text="补照片", by=grid_worker)
    done = sign_off(duty=duty, by=clerk)

    assert (done.state, done.signed_off_by) == (Duty.State.SIGNED_OFF, clerk)
    steps = Handover.objects.order_by("id").values_list("step", flat=True)
    assert list(steps) == ["note", "evidence", "hand_in", "return", "hand_in", "sign_off"]
    link = Link.objects.get()
    assert (link.kind, link.by) == ("kernel.duty_signed_off", "li")
    assert verify_chain("sign_offs") is None


def test_who_gives_duties_restates_one(duty: Duty, clerk: User, grid_worker: User) -> None:
    with pytest.raises(Refused) as refusal:
        restate_duty(duty=duty, title="另一件事", due_on=date(2020, 9, 1), by=grid_worker)
    assert refusal.value.code == "kernel.no_right"

    again = restate_duty(duty=duty, title="另一件事", due_on=date(2020, 9, 1), by=clerk)
    assert (again.title, again.due_on, again.state) == ("另一件事", date(2020, 9, 1), duty.state)


def test_nobody_signs_off_their_own_work(town: Town, clerk: User) -> None:
    duty = make_duty(owner=clerk, area_path=town.grid.path, handed_in=True)
    assert code_of(sign_off, duty=duty, by=clerk) == "kernel.own_duty"
    assert code_of(return_duty, duty=duty, reason="x", by=clerk) == "kernel.own_duty"
    with pytest.raises(IntegrityError, match="second_pair_of_eyes"), transaction.atomic():
        Duty.objects.update(state="signed_off", signed_off_by=clerk, signed_off_at=timezone.now())


def test_a_collaborator_is_no_second_pair_of_eyes(
    duty: Duty, clerk: User, grid_worker: User
) -> None:
    duty.collaborators.add(clerk)
    add_step(duty=duty, text="帮了忙", by=clerk)
    assert code_of(hand_in, duty=duty, by=clerk) == "kernel.not_your_duty"
    hand_in(duty=duty, by=grid_worker)
    assert code_of(sign_off, duty=duty, by=clerk) == "kernel.own_duty"


def test_who_checks_has_the_right_over_the_area(
    duty: Duty, grid_worker: User, other_clerk: User, city_officer: User
) -> None:
    hand_in(duty=duty, by=grid_worker)
    assert code_of(sign_off, duty=duty, by=other_clerk) == "kernel.no_right"
    assert sign_off(duty=duty, by=city_officer)


def test_each_step_has_its_state(duty: Duty, clerk: User, grid_worker: User) -> None:
    assert code_of(sign_off, duty=duty, by=clerk) == "kernel.duty_state"
    assert code_of(return_duty, duty=duty, reason="x", by=clerk) == "kernel.duty_state"
    assert code_of(reopen, duty=duty, reason="x", by=clerk) == "kernel.duty_state"
    hand_in(duty=duty, by=grid_worker)
    assert code_of(hand_in, duty=duty, by=grid_worker) == "kernel.duty_not_open"
    assert code_of(add_step, duty=duty, text="x", by=grid_worker) == "kernel.duty_not_open"


def test_a_return_and_a_reopening_say_why(duty: Duty, clerk: User, grid_worker: User) -> None:
    hand_in(duty=duty, by=grid_worker)
    assert code_of(return_duty, duty=duty, reason="  ", by=clerk) == "kernel.reason_missing"
    sign_off(duty=duty, by=clerk)
    assert code_of(reopen, duty=duty, reason="", by=clerk) == "kernel.reason_missing"
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        Handover.objects.create(duty=duty, step="return", by=clerk, area_path=duty.area_path)


def test_reopening_leaves_a_scar(duty: Duty, clerk: User, grid_worker: User) -> None:
    hand_in(duty=duty, by=grid_worker)
    sign_off(duty=duty, by=clerk)
    again = reopen(duty=duty, reason="又堆上了", by=clerk)
    assert (again.state, again.signed_off_by, again.reopened_count) == (Duty.State.OPEN, None, 1)
    kinds = list(Link.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["kernel.duty_signed_off", "kernel.duty_reopened"]
    hand_in(duty=duty, by=grid_worker)
    assert sign_off(duty=duty, by=clerk).reopened_count == 1


def test_the_owner_sees_a_duty_wherever_it_lies(
    town: Town, grid_worker: User, other_clerk: User, as_seen_by: SeenBy
) -> None:
    duty = make_duty(owner=grid_worker, area_path=town.far_grid.path, handed_in=True)
    with as_seen_by(grid_worker):
        assert list(Duty.objects.all()) == [duty]
        assert Handover.objects.count() == 1
    with as_seen_by(other_clerk):
        assert return_duty(duty=duty, reason="不清楚", by=other_clerk).state == Duty.State.OPEN
    with as_seen_by(grid_worker):
        assert list(duty.steps.order_by("id").values_list("text", flat=True)) == ["", "不清楚"]
