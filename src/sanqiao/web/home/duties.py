"""The acts of a duty as buttons and forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel import policies
from sanqiao.kernel.commands import add_step, hand_in, reopen, return_duty, sign_off
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Duty, User
from sanqiao.web.forms import CommandForm, Lines

Words = str | Promise


class NoteForm(CommandForm):
    text = Lines(label=_("进展"), max_length=2000, required=False)
    file = forms.FileField(
        label=_("佐证材料"), required=False, help_text=_("照片、文件；有材料时可以不写文字。")
    )


class WordForm(CommandForm):
    text = Lines(label=_("说明"), max_length=500, required=False)


class ReasonForm(CommandForm):
    reason = Lines(label=_("理由"), max_length=500, help_text=_("对方会看到，请写明差在哪里。"))


@dataclass(frozen=True)
class Act:
    """`check` raises Refused when the act is not open to somebody now."""

    title: Words
    form: type[CommandForm]
    command: Callable[..., Any]
    check: Callable[[Duty, User], None]
    icon: str


def _checks_in(state: str) -> Callable[[Duty, User], None]:
    def check(duty: Duty, by: User) -> None:
        policies.check_checks(duty, by)
        policies.check_state(duty, state)

    return check


ACTS: dict[str, Act] = {
    "hand-in": Act(_("提交"), WordForm, hand_in, policies.check_hands_in, "check"),
    "note": Act(_("记进展"), NoteForm, add_step, policies.check_works_on, "edit"),
    "sign-off": Act(_("销号"), WordForm, sign_off, _checks_in(Duty.State.HANDED_IN), "check"),
    "return": Act(_("退回"), ReasonForm, return_duty, _checks_in(Duty.State.HANDED_IN), "move"),
    "reopen": Act(_("重新打开"), ReasonForm, reopen, _checks_in(Duty.State.SIGNED_OFF), "alert"),
}


def open_acts(duty: Duty, user: User) -> list[tuple[str, Act]]:
    """What this user may do next with the duty."""
    return [(name, act) for name, act in ACTS.items() if is_open(act, duty, user)]


def is_open(act: Act, duty: Duty, user: User) -> bool:
    try:
        act.check(duty, user)
    except Refused:
        return False
    return True
