"""A closed unit with its gates at once, and its end with the shifts that were still planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User, note
from sanqiao.registers.areas.commands import close_unit_off, open_unit_again
from sanqiao.registers.areas.models import Area, ClosedUnit
from sanqiao.work.squads.models import Shift

from .shifts import cancel_all, name_gates


@transaction.atomic
def close_unit(
    *, area: Area, name: str, gates: Sequence[str], closed_on: date, by: User
) -> ClosedUnit:
    """封闭: the unit in the register and its named gates.

    Raises Refused: areas.not_allowed, closed_already, gates; squads.not_allowed.
    """
    unit = close_unit_off(area=area, name=name, gates=len(gates), closed_on=closed_on, by=by)
    name_gates(unit=unit, names=gates, by=by)
    return unit


@transaction.atomic
def open_unit(*, unit: ClosedUnit, on: date, by: User) -> ClosedUnit:
    """解封: shifts planned from that day on are cancelled, with the places taken.

    Raises Refused: areas.not_allowed, opened_already, opened_too_early.
    """
    unit = open_unit_again(unit=unit, on=on, by=by)
    shifts = Shift.objects.standing().filter(gate__closed_unit=unit, day__gte=on)
    count = cancel_all(shifts, on, _("单元已解封"))
    note("squads.unit_opened", subject=unit, by=by, on=str(on), shifts=count)
    return unit
