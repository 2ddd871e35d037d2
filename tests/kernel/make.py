"""Makers of the kernel's own records."""

from __future__ import annotations

from datetime import date
from typing import Any

from sanqiao.kernel.commands import hand_in
from sanqiao.kernel.models import Duty, User


def make_duty(*, owner: User, area_path: str, handed_in: bool = False, **given: Any) -> Duty:
    """An open duty, due at the end of June 2020."""
    usual = {"kind": "finding", "title": "整改楼道堆物", "due_on": date(2020, 6, 30)}
    duty = Duty.objects.create(owner=owner, area_path=area_path, **usual | given)
    return hand_in(duty=duty, by=owner) if handed_in else duty
