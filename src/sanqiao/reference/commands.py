"""What only the reference city does: it says which parts are loaded, and opens demo accounts."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from sanqiao.kernel.commands import create_admin, create_user, give_grant
from sanqiao.kernel.models import User, note
from sanqiao.registers.areas.models import Area

from .territory import CITY


@transaction.atomic
def record_part(*, name: str, scale: float, by: User) -> None:
    """Note that a part of the city is loaded, so that it is not loaded again."""
    city = Area.objects.get(key=CITY)
    note("reference.part_loaded", subject=city, by=by, name=name, scale=scale)


@transaction.atomic
def open_demo_admin(*, username: str, role: str, password: str) -> User:
    """A demo account for one of the three administrators, from the shell."""
    return _as_demo(create_admin(username=username, role=role, password=password))


@transaction.atomic
def open_demo_account(
    *, username: str, display_name: str, password: str, person_id: int | None = None, by: User
) -> User:
    """A demo account without rights, perhaps of a person in the registers."""
    user = create_user(
        username=username, display_name=display_name, password=password, person_id=person_id, by=by
    )
    return _as_demo(user)


@transaction.atomic
def grant_demo_role(*, user: User, role: str, tree: str, path: str, place: str, by: User) -> None:
    """Give a demo account its role since the beginning of 2020."""
    since = date(2020, 1, 1)
    give_grant(user=user, role=role, tree=tree, path=path, place=place, valid_from=since, by=by)


def _as_demo(user: User) -> User:
    """Demo accounts need no second factor, and say so."""
    user.is_demo = True
    user.save(update_fields=["is_demo"])
    note("reference.demo_account_opened", subject=user, by=user)
    return user
