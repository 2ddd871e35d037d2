"""Pairings of units and communities: drafted, signed by both, led by one, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up, refusing
from sanqiao.registers.areas.imports import BAD_DATES, TWIN, note_import, placed
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.commands.units import UNKNOWN_UNIT
from sanqiao.registers.organisations.models import Unit
from sanqiao.work.service import policies
from sanqiao.work.service.models import Pairing
from sanqiao.work.service.reach import Employer, employer, employers
from sanqiao.work.service.rows import PairingRow

NOBODY = Employer(0, "", "", None, "")
REASONS = {
    "pairing_dates": BAD_DATES,
    "pairing_once": Reason(
        "service.paired_already", "unit", gettext_lazy("该单位已包联这个社区，日期重叠")
    ),
    "pairing_one_lead": Reason(
        "service.led_already", "is_lead", gettext_lazy("这个社区已有牵头单位，日期重叠")
    ),
    "pairing_end_says_why": Reason(
        "service.reason_missing", "end_reason", gettext_lazy("终止的包联请写明原因")
    ),
}
NOT_A_COMMUNITY = Reason("service.not_a_community", "area_key", gettext_lazy("包联的应是村或社区"))
PAIRINGS = Upsert(
    Pairing,
    key=("unit_id", "area_id", "valid_from"),
    given=("is_lead", "document", "unit_signed_on", "community_signed_on", "end_reason"),
    optional=("valid_to",),
    derived=("area_path", "organisation_path"),
    first=("unit_name", "unit_rank"),
    reasons=REASONS,
)


@transaction.atomic
def draft_pairing(
    *, unit: Unit, area: Area, is_lead: bool, document: str, valid_from: date, by: User
) -> Pairing:
    """拟定. Raises Refused: service.not_allowed, not_a_community, paired_already, led_already."""
    policies.check_pairs(by, area)
    of = employer(unit)
    with refusing(REASONS):
        pairing = Pairing.objects.create(
            unit_id=of.id, unit_name=of.name, unit_rank=of.rank,
            organisation_path=of.organisation_path, area=area, area_path=area.path,
            is_lead=is_lead, document=document, valid_from=valid_from,
        )  # fmt: skip
    note("service.pairing_drafted", subject=pairing, by=by)
    return pairing


@transaction.atomic
def sign_pairing(*, pairing: Pairing, side: str, on: date, by: User) -> Pairing:
    """`side` is unit or community. Raises Refused: service.not_allowed, service.signed."""
    pairing = _locked(pairing)
    policies.check_signs(pairing, side, by)
    field = "unit_signed_on" if side == "unit" else "community_signed_on"
    setattr(pairing, field, on)
    pairing.save(update_fields=[field])
    note("service.pairing_signed", subject=pairing, by=by, side=side, on=str(on))
    return pairing


@transaction.atomic
def lead_pairing(*, pairing: Pairing, by: User) -> Pairing:
    """This unit leads from now on, and the one that did no longer.

    Raises Refused: service.not_allowed, service.pairing_ended.
    """
    pairing = _locked(pairing)
    policies.check_pairs(by, pairing.area)
    _check_not_ended(pairing)
    Pairing.objects.filter(area=pairing.area, is_lead=True, valid_to=None).update(is_lead=False)
    pairing.is_lead = True
    with refusing(REASONS):
        pairing.save(update_fields=["is_lead"])
    note("service.lead_changed", subject=pairing, by=by)
    return pairing


@transaction.atomic
def end_pairing(*, pairing: Pairing, on: date, reason: str, by: User) -> Pairing:
    """终止. Raises Refused: service.not_allowed, pairing_ended, reason_missing, import.dates."""
    pairing = _locked(pairing)
    policies.check_pairs(by, pairing.area)
    _check_not_ended(pairing)
    pairing.valid_to = on
    pairing.end_reason = policies.check_says_why(reason, field="reason")
    with refusing({**REASONS, "pairing_dates": BAD_DATES._replace(field="on")}):
        pairing.save(update_fields=["valid_to", "end_reason"])
    note("service.pairing_ended", subject=pairing, by=by, on=str(on), reason=reason)
    return pairing


@transaction.atomic
def import_pairings(*, rows: Sequence[PairingRow], by: User) -> Imported:
    """Create and change pairings by unit, community and first day. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    codes = [row.credit_code for row in rows]
    units = look_up(codes, employers(codes), NOBODY, refusals, UNKNOWN_UNIT)
    communities = set(
        Area.objects.filter(pk__in={a.id for a in areas}, level=Area.Level.COMMUNITY)
        .values_list("pk", flat=True)
    )  # fmt: skip
    for n, area in enumerate(areas):
        if area.id and area.id not in communities:
            refusals.add(n, NOT_A_COMMUNITY)
    refusals.check()
    staged = PAIRINGS.stage(
        (
            unit.id, area.id, row.valid_from, row.is_lead, row.document, row.unit_signed_on,
            row.community_signed_on, row.end_reason, row.valid_to, area.path,
            unit.organisation_path, unit.name, unit.rank,
        )
        for row, area, unit in zip(rows, areas, units, strict=True)
    )  # fmt: skip
    staged.refuse_twins(refusals, *PAIRINGS.key, reason=TWIN._replace(field="credit_code"))
    staged.refuse(refusals, "s.valid_to <= s.valid_from", BAD_DATES)
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("service.pairings_imported", PAIRINGS.run(staged), paths, by)


def _locked(pairing: Pairing) -> Pairing:
    rows = Pairing.objects.select_for_update(of=("self",)).select_related("area")
    return rows.get(pk=pairing.pk)


def _check_not_ended(pairing: Pairing) -> None:
    if pairing.valid_to is not None:
        raise Refused("service.pairing_ended", _("这个包联已经终止"))
