"""The account in whose name the nightly jobs act, so that what they did says who did it."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.kernel.models import Grant, User, note
from sanqiao.kernel.scope import EVERYTHING, applied

USERNAME = "system"
ROLE = "city_officer"


def machine() -> User:
    """Nobody signs in with it, and it holds no grant: its rights live as long as the job's object.

    It may act as a city officer does, everywhere; rows are seen in the scope that the job takes.
    """
    user = User.objects.filter(username=USERNAME).first() or _opened()
    today = timezone.localdate()
    user.grants_today = [Grant(user=user, role=ROLE, path="", valid_from=today)]
    return user


def _opened() -> User:
    """Two jobs may be the first at one moment."""
    usual = {
        "display_name": _("系统定时任务"), "is_active": False, "password": make_password(None),
    }  # fmt: skip
    with applied(EVERYTHING, actor=None, request="machine"):
        user, is_new = User.objects.get_or_create(username=USERNAME, defaults=usual)
        if is_new:
            note("kernel.user_created", subject=user, by=user)
    return user
