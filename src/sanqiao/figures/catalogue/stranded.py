"""Records of areas that were not there: no figure counts them, so a check does and names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check, Cover
from sanqiao.figures.figure import Text
from sanqiao.registers.areas.models import ClosedUnit, Compound, in_force
from sanqiao.registers.organisations.models import Organisation, OwnersCommittee, Unit, WorkTeam
from sanqiao.registers.people.models import Appointment, MemberHousehold, Membership

from .organisations import founded

REASON = _(
    "所在区划在当日尚未设立或者已经撤销，这些记录不进任何指标；应改到现行区划，或者办理结束。"
)


def standing(code: str, statement: Text, of: type[Model], held: Callable[[date], Q]) -> Check:
    """Every record that holds on the day belongs to an area that was there."""

    def every(day: date) -> QuerySet[Any]:
        return of._default_manager.filter(held(day))

    return Check(
        code=f"{code}_stand",
        kind="cover",
        statement=statement,
        cover=Cover(all=every),
        reason=REASON,
    )


MEMBERSHIPS = standing(
    "people.members", _("当日在册的党员，其党组织所在的区划都存在。"), Membership, in_force
)
APPOINTMENTS = standing(
    "people.appointments", _("当日在任的任职，其区划都存在。"), Appointment, in_force
)
HOUSEHOLDS = standing(
    "people.households", _("当日挂牌的党员中心户，其区划都存在。"), MemberHousehold, in_force
)
ORGANISATIONS = standing(
    "organisations.organisations", _("当日存在的党组织，其区划都存在。"), Organisation, founded
)
UNITS = standing("organisations.units", _("当日登记的单位，其区划都存在。"), Unit, in_force)
WORK_TEAMS = standing(
    "organisations.work_teams", _("当日进驻的工作队，其区划都存在。"), WorkTeam, in_force
)
COMMITTEES = standing(
    "organisations.owners_committees", _("当日存在的业主委员会，其区划都存在。"),
    OwnersCommittee, founded,
)  # fmt: skip
COMPOUNDS = standing("areas.compounds", _("当日登记的小区，其区划都存在。"), Compound, in_force)


def closed(day: date) -> Q:
    return in_force(day, start="closed_on", end="opened_on")


CLOSED_UNITS = standing(
    "areas.closed_units", _("当日封闭的管理单元，其区划都存在。"), ClosedUnit, closed
)
