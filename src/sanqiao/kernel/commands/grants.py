from __future__ import annotations

from datetime import date

from django.db import transaction

from sanqiao.kernel import policies
from sanqiao.kernel.chains import GRANTS
from sanqiao.kernel.models import Grant, User, note

from .chains import append_link


@transaction.atomic
def give_grant(  # noqa: PLR0913
    *,
    user: User,
    role: str,
    tree: str,
    path: str,
    place: str,
    valid_from: date,
    valid_to: date | None = None,
    by: User,
) -> Grant:
    """Give `role` over the subtree `path` of `tree` from a day to a day; goes into the chain.

    Raises Refused: kernel.no_right, kernel.to_oneself, kernel.unknown_role, kernel.separated_roles.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    policies.check_can_give(user=user, role=role, start=valid_from, end=valid_to, by=by)
    grant = Grant.objects.create(
        user=user,
        role=role,
        tree=tree,
        path=path,
        place=place,
        valid_from=valid_from,
        valid_to=valid_to,
        given_by=by,
    )
    _record("kernel.grant_given", grant=grant, by=by)
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, on: date, by: User) -> Grant:
    """End a grant; `on` is the first day without it. Goes into the chain.

    Raises Refused: kernel.no_right, kernel.to_oneself, kernel.grant_over, kernel.ends_before_start.
    """
    grant = Grant.objects.select_for_update().select_related("user").get(pk=grant.pk)
    policies.check_gives_grants(user=grant.user, by=by)
    policies.check_ends(grant, on=on)
    grant.valid_to = on
    grant.save(update_fields=["valid_to"])
    _record("kernel.grant_ended", grant=grant, by=by)
    return grant


def _record(kind: str, *, grant: Grant, by: User) -> None:
    """The event and the link of one change of rights."""
    data = {
        "user": grant.user.username,
        "role": grant.role,
        "tree": grant.tree,
        "path": grant.path,
        "from": str(grant.valid_from),
        "to": str(grant.valid_to or ""),
    }
    note(kind, subject=grant, by=by, **data)
    append_link(chain=GRANTS, kind=kind, subject=grant, by=by, data=data)
