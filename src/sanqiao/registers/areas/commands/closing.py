"""One closed unit at a time: closed on a day, opened again on another."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.areas.models import Area, ClosedUnit
from sanqiao.registers.areas.policies import check_may

REASONS = {
    "closed_unit_gates": Reason("areas.gates", "gates", gettext_lazy("出入口数应为正")),
    "closed_unit_dates": Reason(
        "areas.opened_too_early", "on", gettext_lazy("解封日期应晚于封闭日期")
    ),
}


@transaction.atomic
def close_unit_off(
    *, area: Area, name: str, kind: str, gates: int, closed_on: date, by: User
) -> ClosedUnit:
    """封闭. Raises Refused: areas.not_allowed, closed_already, gates."""
    check_may(by, "areas.change", area)
    if ClosedUnit.objects.filter(area=area, name=name, opened_on=None).exists():
        words = _("“%(name)s”已经封闭，尚未解封") % {"name": name}
        raise Refused("areas.closed_already", words, field="name")
    with refusing(REASONS):
        unit = ClosedUnit.objects.create(
            area=area, area_path=area.path, name=name, kind=kind, gates=gates,
            closed_on=closed_on,
        )  # fmt: skip
    note("areas.unit_closed", subject=unit, by=by, on=str(closed_on))
    return unit


@transaction.atomic
def open_unit_again(*, unit: ClosedUnit, on: date, by: User) -> ClosedUnit:
    """解封. Raises Refused: areas.not_allowed, opened_already, opened_too_early."""
    unit = ClosedUnit.objects.select_for_update().get(pk=unit.pk)
    check_may(by, "areas.change", unit.area)
    if unit.opened_on is not None:
        raise Refused("areas.opened_already", _("这个单元已经解封"))
    unit.opened_on = on
    with refusing(REASONS):
        unit.save(update_fields=["opened_on"])
    note("areas.unit_opened", subject=unit, by=by, on=str(on))
    return unit
