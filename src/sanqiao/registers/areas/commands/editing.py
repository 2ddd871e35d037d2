"""One area or compound at a time, from its page."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.kernel.versions import check_version
from sanqiao.registers.areas.imports import BAD_DATES
from sanqiao.registers.areas.models import Area, Compound
from sanqiao.registers.areas.policies import check_kind, check_may
from sanqiao.registers.spelling import spelled

from .areas import AREAS
from .estates import COMPOUNDS

COMPOUND_REASONS = {
    **COMPOUNDS.reasons,
    "compound_name": Reason("areas.name_taken", "name", _("该区划已有同名小区")),
    "compound_dates": BAD_DATES,
}


class AreaFacts(TypedDict):
    name: str
    official_name: str
    official_code: str | None
    kind: str
    households: int | None


class CompoundFacts(TypedDict):
    name: str
    has_manager: bool
    has_committee: bool
    has_guard: bool
    households: int
    built_year: int | None
    valid_from: date


@transaction.atomic
def change_area(*, area: Area, known_version: int, by: User, **facts: Unpack[AreaFacts]) -> Area:
    """Correct what is registered of an area; its parent changes by `move_area`.

    Raises Refused: areas.not_allowed, changed_meanwhile, bad_kind, code_taken, households.
    """
    area = Area.objects.select_for_update().get(pk=area.pk)
    check_may(by, "areas.change", area)
    check_version(area, known_version)
    check_kind(area.level, facts["kind"])

    for name, value in facts.items():
        setattr(area, name, value)
    area.official_code = area.official_code or None
    area.pinyin, area.initials = spelled(area.name)
    with refusing(AREAS.reasons):
        area.save()
    note("areas.area_changed", subject=area, by=by)
    return area


@transaction.atomic
def create_compound(*, area: Area, by: User, **facts: Unpack[CompoundFacts]) -> Compound:
    """Raises Refused: areas.not_allowed, name_taken, households."""
    check_may(by, "areas.change", area)
    with refusing(COMPOUND_REASONS):
        compound = Compound.objects.create(area=area, area_path=area.path, **facts)
    note("areas.compound_created", subject=compound, by=by)
    return compound


@transaction.atomic
def change_compound(
    *, compound: Compound, area: Area, known_version: int, by: User, **facts: Unpack[CompoundFacts]
) -> Compound:
    """Raises Refused: areas.not_allowed, changed_meanwhile, name_taken, households."""
    compound = Compound.objects.select_for_update().get(pk=compound.pk)
    check_may(by, "areas.change", compound.area, area)
    check_version(compound, known_version)

    for name, value in facts.items():
        setattr(compound, name, value)
    compound.area, compound.area_path = area, area.path
    with refusing(COMPOUND_REASONS):
        compound.save()
    note("areas.compound_changed", subject=compound, by=by)
    return compound


@transaction.atomic
def close_compound(*, compound: Compound, on: date, by: User) -> Compound:
    """Off the register from a day. Raises Refused: areas.not_allowed, import.dates."""
    compound = Compound.objects.select_for_update().get(pk=compound.pk)
    check_may(by, "areas.change", compound.area)
    compound.valid_to = on
    with refusing(COMPOUND_REASONS):
        compound.save(update_fields=["valid_to"])
    note("areas.compound_closed", subject=compound, by=by, on=str(on))
    return compound
