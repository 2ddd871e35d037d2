"""A closed unit with its gates at once, and its end with the shifts that were still planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported
from sanqiao.registers.areas.commands import close_unit_off, close_units, open_unit_again
from sanqiao.registers.areas.models import Area, ClosedUnit
from sanqiao.registers.areas.rows import ClosedUnitRow
from sanqiao.work.squads.models import Shift

from .shifts import cancel_all, name_gates


@transaction.atomic
def close_unit(
    *, area: Area, name: str, kind: str, gates: Sequence[str], closed_on: date, by: User
) -> ClosedUnit:
    """封闭: the unit in the register and its named gates.

    Raises Refused: areas.not_allowed, closed_already, gates; squads.not_allowed.
    """
    unit = close_unit_off(
        area=area, name=name, kind=kind, gates=len(gates), closed_on=closed_on, by=by
    )
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


@transaction.atomic
def enter_closed_units(*, rows: Sequence[ClosedUnitRow], by: User) -> Imported:
    """封闭 and 解封 from a sheet; shifts planned after a unit is open again are cancelled.

    Raises RowsRefused.
    """
    done = close_units(rows=rows, by=by)
    units = ClosedUnit.objects.filter(area__key__in={row.area_key for row in rows})
    late = Shift.objects.standing().filter(gate__closed_unit__in=units)
    late = late.filter(day__gte=F("gate__closed_unit__opened_on"))
    days = late.order_by().values_list("gate__closed_unit__opened_on", flat=True).distinct()
    for day in [day for day in days if day]:
        cancel_all(late.filter(gate__closed_unit__opened_on=day), day, _("单元已解封"))
    return done
