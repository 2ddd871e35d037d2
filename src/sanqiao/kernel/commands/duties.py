from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from sanqiao.kernel import policies
from sanqiao.kernel.chains import SIGN_OFFS
from sanqiao.kernel.models import Duty, Handover, User, note

from .chains import append_link

Step = Handover.Step


@transaction.atomic
def open_duty(
    *,
    kind: str,
    title: str,
    owner: User,
    due_on: date,
    area_path: str,
    collaborators: Sequence[User] = (),
    by: User,
) -> Duty:
    """Give one person one thing to do by `due_on`. Raises Refused: kernel.no_right."""
    policies.check_gives_duties(area_path, by)
    duty = Duty.objects.create(
        kind=kind, title=title, owner=owner, due_on=due_on, area_path=area_path
    )
    duty.collaborators.set(collaborators)
    note("kernel.duty_opened", subject=duty, by=by, owner=owner.username, due=str(due_on))
    return duty


@transaction.atomic
def restate_duty(*, duty: Duty, title: str, due_on: date, by: User) -> Duty:
    """What it is about has got another name or day. Raises Refused: kernel.no_right."""
    duty = _locked(duty)
    policies.check_gives_duties(duty.area_path, by)
    _move(duty, duty.state, title=title, due_on=due_on)
    note("kernel.duty_restated", subject=duty, by=by, due=str(due_on))
    return duty


@transaction.atomic
def add_step(*, duty: Duty, text: str, file: File[Any] | None = None, by: User) -> Handover:
    """Progress in words, or evidence when a file comes with it.

    Raises Refused: kernel.not_your_duty, kernel.duty_not_open, kernel.reason_missing.
    """
    duty = _locked(duty)
    policies.check_works_on(duty, by)
    text = text if file else policies.check_says_why(text, field="text")
    step = _step(duty, Step.EVIDENCE if file else Step.NOTE, text, by, file)
    note("kernel.duty_step_added", subject=duty, by=by, step=step.step)
    return step


@transaction.atomic
def hand_in(*, duty: Duty, text: str = "", by: User) -> Duty:
    """The owner says: done. Raises Refused: kernel.not_your_duty, kernel.duty_not_open."""
    duty = _locked(duty)
    policies.check_hands_in(duty, by)
    _move(duty, Duty.State.HANDED_IN, handed_in_at=timezone.now())
    _step(duty, Step.HAND_IN, text, by)
    note("kernel.duty_handed_in", subject=duty, by=by)
    return duty


@transaction.atomic
def return_duty(*, duty: Duty, reason: str, by: User) -> Duty:
    """Not done yet, and why. Raises Refused: kernel.own_duty, kernel.no_right, kernel.duty_state,
    kernel.reason_missing."""
    duty = _locked(duty)
    policies.check_checks(duty, by)
    policies.check_state(duty, Duty.State.HANDED_IN)
    reason = policies.check_says_why(reason, field="reason")
    _move(duty, Duty.State.OPEN, handed_in_at=None)
    _step(duty, Step.RETURN, reason, by)
    note("kernel.duty_returned", subject=duty, by=by, reason=reason)
    return duty


@transaction.atomic
def sign_off(*, duty: Duty, text: str = "", by: User) -> Duty:
    """A second person confirms; goes into the chain.

    Raises Refused: kernel.own_duty, kernel.no_right, kernel.duty_state.
    """
    duty = _locked(duty)
    policies.check_checks(duty, by)
    policies.check_state(duty, Duty.State.HANDED_IN)
    _move(duty, Duty.State.SIGNED_OFF, signed_off_by=by, signed_off_at=timezone.now())
    _step(duty, Step.SIGN_OFF, text, by)
    note("kernel.duty_signed_off", subject=duty, by=by)
    append_link(
        chain=SIGN_OFFS,
        kind="kernel.duty_signed_off",
        subject=duty,
        by=by,
        data={"title": duty.title, "owner": duty.owner.username},
    )
    return duty


@transaction.atomic
def reopen(*, duty: Duty, reason: str, by: User) -> Duty:
    """A sign-off was wrong: open again, with a scar that stays; goes into the chain.

    Raises Refused: kernel.own_duty, kernel.no_right, kernel.duty_state, kernel.reason_missing.
    """
    duty = _locked(duty)
    policies.check_checks(duty, by)
    policies.check_state(duty, Duty.State.SIGNED_OFF)
    reason = policies.check_says_why(reason, field="reason")
    duty.reopened_count += 1
    _move(duty, Duty.State.OPEN, handed_in_at=None, signed_off_by=None, signed_off_at=None)
    _step(duty, Step.REOPEN, reason, by)
    note("kernel.duty_reopened", subject=duty, by=by, reason=reason)
    append_link(
        chain=SIGN_OFFS,
        kind="kernel.duty_reopened",
        subject=duty,
        by=by,
        data={"reason": reason, "count": duty.reopened_count},
    )
    return duty


def _locked(duty: Duty) -> Duty:
    return Duty.objects.select_for_update(of=("self",)).select_related("owner").get(pk=duty.pk)


def _move(duty: Duty, state: str, **fields: Any) -> None:
    duty.state = state
    for name, value in fields.items():
        setattr(duty, name, value)
    duty.save(update_fields=["state", "reopened_count", *fields])


def _step(duty: Duty, step: str, text: str, by: User, file: File[Any] | None = None) -> Handover:
    return Handover.objects.create(
        duty=duty, step=step, text=text, by=by, file=file or "", area_path=duty.area_path
    )
