"""Whose record it is: the organisations of many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.acts import sees_everything
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Reason, Refusals, look_up
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.contributions.collecting import CollectPath

UNKNOWN_ORGANISATION = Reason(
    "organisations.unknown", "organisation_code", _("找不到党组织：%(value)s")
)
NOT_ALLOWED = Reason("contributions.not_allowed", "organisation_code", _("您不经办该党组织的捐赠"))


class Home(NamedTuple):
    """What a record copies from its organisation."""

    id: int
    path: str
    area_id: int
    area_path: str
    collect_path: str

    @property
    def place(self) -> tuple[int, str, int, str]:
        """Organisation and area with their paths."""
        return self.id, self.path, self.area_id, self.area_path


NO_HOME = Home(0, "", 0, "", "")


def homes_where(**given: object) -> dict[str, Home]:
    """{code: home} of visible organisations; one query."""
    found = Organisation.objects.filter(**given).annotate(collect=CollectPath("pk"))
    columns = found.values_list("code", "id", "path", "area_id", "area_path", "collect")
    return {row[0]: Home(*row[1:]) for row in columns}


def homes_of(codes: Sequence[str], act: str, user: User, refusals: Refusals) -> list[Home]:
    """Each row's organisation, visible, for which the user may do the act."""
    known = homes_where(code__in=set(codes))
    homes = look_up(codes, known, NO_HOME, refusals, UNKNOWN_ORGANISATION)
    refuse_homes(homes, act, user, refusals)
    return homes


def refuse_homes(homes: Sequence[Home], act: str, user: User, refusals: Refusals) -> None:
    """Add the rows for which the user may not do the act; a loader may everything."""
    if sees_everything():
        return
    allowed = {
        home: user.may(act, area=home.collect_path, organisation=home.path) for home in set(homes)
    }
    for row, home in enumerate(homes):
        if home.id and not allowed[home]:
            refusals.add(row, NOT_ALLOWED)
