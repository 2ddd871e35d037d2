"""单位报到: the unit of a pairing reports to its community."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up, refusing
from sanqiao.registers.areas.imports import TWIN, note_import, placed
from sanqiao.work.service import policies
from sanqiao.work.service.models import Pairing, UnitCheckIn
from sanqiao.work.service.rows import UnitCheckInRow

NOT_PAIRED = Reason(
    "service.not_paired", "credit_code", gettext_lazy("该日没有生效的包联，不能报到")
)
ACCEPTED_BEFORE = Reason(
    "service.too_early", "accepted_on", gettext_lazy("接收日期不能早于报到日期")
)
REASONS = {
    "unit_check_in_dates": ACCEPTED_BEFORE,
    "service_unitcheckin_pairing_id_key": Reason(
        "service.checked_in_already", "", gettext_lazy("该单位已向这个社区报到")
    ),
}
CHECK_INS = Upsert(
    UnitCheckIn,
    key=("pairing_id",),
    given=("checked_in_on", "plan"),
    optional=("accepted_on",),
    derived=("area_id", "area_path", "organisation_path"),
    kept=("accepted_by_id",),
    first=("unit_id", "unit_name", "unit_rank"),
    reasons=REASONS,
)


@transaction.atomic
def check_in_unit(*, pairing: Pairing, plan: str, on: date, by: User) -> UnitCheckIn:
    """Raises Refused: service.not_allowed, service.not_paired, service.checked_in_already."""
    pairing = Pairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)
    policies.check_speaks_for_unit(by, pairing)
    if not Pairing.objects.on(on).filter(pk=pairing.pk).exists():
        raise Refused(NOT_PAIRED.code, str(NOT_PAIRED.message), field="on")
    with refusing(REASONS):
        check_in = UnitCheckIn.objects.create(
            pairing=pairing, unit_id=pairing.unit_id, unit_name=pairing.unit_name,
            unit_rank=pairing.unit_rank, organisation_path=pairing.organisation_path,
            area_id=pairing.area_id, area_path=pairing.area_path, plan=plan, checked_in_on=on,
        )  # fmt: skip
    note("service.unit_checked_in", subject=check_in, by=by, on=str(on))
    return check_in


@transaction.atomic
def accept_unit(*, check_in: UnitCheckIn, on: date, by: User) -> UnitCheckIn:
    """Raises Refused: service.not_allowed, service.not_waiting, service.too_early."""
    check_in = UnitCheckIn.objects.select_for_update().get(pk=check_in.pk)
    policies.check_accepts(by, check_in.area_path)
    if check_in.accepted_on is not None:
        raise Refused("service.not_waiting", _("社区已经接收"))
    check_in.accepted_on, check_in.accepted_by = on, by
    with refusing(REASONS):
        check_in.save(update_fields=["accepted_on", "accepted_by"])
    note("service.unit_accepted", subject=check_in, by=by, on=str(on))
    return check_in


@transaction.atomic
def import_unit_check_ins(*, rows: Sequence[UnitCheckInRow], by: User) -> Imported:
    """Check-ins of units by pairing. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    keys = [(row.credit_code, row.area_key) for row in rows]
    none = Pairing()
    pairings = look_up(keys, _pairings(keys), none, refusals, NOT_PAIRED)
    refusals.check()
    staged = CHECK_INS.stage(
        (
            pairing.pk, row.checked_in_on, row.plan, row.accepted_on, area.id, area.path,
            pairing.organisation_path, by.pk if row.accepted_on else None, pairing.unit_id,
            pairing.unit_name, pairing.unit_rank,
        )
        for row, area, pairing in zip(rows, areas, pairings, strict=True)
    )  # fmt: skip
    staged.refuse_twins(refusals, "pairing_id", reason=TWIN._replace(field="credit_code"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("service.unit_check_ins_imported", CHECK_INS.run(staged), paths, by)


def _pairings(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Pairing]:
    """The current pairing of each unit and community, as far as visible."""
    codes, areas = {code for code, _key in keys}, {key for _code, key in keys}
    found = Pairing.objects.filter(
        unit__credit_code__in=codes, area__key__in=areas, valid_to=None,
        unit_signed_on__isnull=False, community_signed_on__isnull=False,
    ).select_related("unit", "area")  # fmt: skip
    return {(pairing.unit.credit_code, pairing.area.key): pairing for pairing in found}
