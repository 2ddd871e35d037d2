from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.kernel import policies
from sanqiao.kernel.chains import GRANTS
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Grant, Seat, Session, User, note
from sanqiao.kernel.roles import ROLE_NAMES, SEPARATED_ROLES

from .chains import append_link


@transaction.atomic
def create_user(
    *, username: str, display_name: str, password: str, person_id: int | None = None, by: User
) -> User:
    """An account without rights. Raises Refused: kernel.no_right, kernel.username_taken,
    kernel.weak_password."""
    policies.check_manages_users(by)
    user = _new_user(username, display_name, password, person_id)
    note("kernel.user_created", subject=user, by=by)
    return user


@transaction.atomic
def create_admin(
    *, username: str, password: str, display_name: str = "", role: str = "security_administrator"
) -> User:
    """One of the three administrators, from the shell, where nobody is signed in yet.

    Raises Refused: kernel.unknown_role, kernel.username_taken, kernel.weak_password.
    """
    if role not in SEPARATED_ROLES:
        raise Refused("kernel.unknown_role", _("只能是三类管理员之一。"), field="role")
    user = _new_user(username, display_name or str(ROLE_NAMES[role]), password, None)
    grant = Grant.objects.create(
        user=user, role=role, path="", valid_from=timezone.localdate(), place=_("全系统")
    )
    note("kernel.admin_created", subject=user, by=user, role=role)
    append_link(
        chain=GRANTS, kind="kernel.admin_created", subject=grant, by=user, data={"role": role}
    )
    return user


@transaction.atomic
def sign_in(*, by: User, session_key: str, only_one: bool) -> None:
    """Note a sign-in. With `only_one` the session that the user had before ends now."""
    note("kernel.signed_in", subject=by, by=by)
    if only_one:
        _take_seat(by, session_key)


def _take_seat(user: User, session_key: str) -> None:
    seat = Seat.objects.select_for_update().filter(user=user).first()
    if seat and seat.session_key != session_key:
        Session.objects.filter(session_key=seat.session_key).delete()
    Seat.objects.update_or_create(user=user, defaults={"session_key": session_key})


def _new_user(username: str, display_name: str, password: str, person_id: int | None) -> User:
    user = User(username=username, display_name=display_name, person_id=person_id)
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("kernel.username_taken", _("用户名已被使用。"), field="username")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("kernel.weak_password", " ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save()
    return user
