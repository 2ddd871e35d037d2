"""One member household at a time."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import refusing
from sanqiao.registers.areas.models import Area
from sanqiao.registers.people.models import MemberHousehold, Membership, Person
from sanqiao.registers.people.policies import check_may

from .appointments import HOUSEHOLDS


@transaction.atomic
def open_household(
    *, person: Person, area: Area, name: str, buildings: int, valid_from: date, by: User
) -> MemberHousehold:
    """挂牌. Raises Refused: people.not_allowed, no_member, household_open."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    check_may(by, "people.change", area=area.path)
    if not Membership.objects.on(valid_from).filter(person=person).exists():
        words = _("%(name)s在该日不是党员，或者其组织关系不在您的查看范围内")
        raise Refused("people.no_member", words % {"name": person}, field="valid_from")
    if MemberHousehold.objects.filter(person=person, area=area, valid_to=None).exists():
        words = _("%(name)s在该网格已有党员中心户")
        raise Refused("people.household_open", words % {"name": person}, field="area")
    with refusing(HOUSEHOLDS.reasons):
        household = MemberHousehold.objects.create(
            person=person, name=name, buildings=buildings, valid_from=valid_from, area=area,
            area_path=area.path,
        )  # fmt: skip
    note("people.household_opened", subject=household, by=by)
    return household


@transaction.atomic
def close_household(*, household: MemberHousehold, on: date, by: User) -> MemberHousehold:
    """摘牌. Raises Refused: people.not_allowed, household_closed, import.dates."""
    household = MemberHousehold.objects.select_for_update().get(pk=household.pk)
    check_may(by, "people.change", area=household.area_path)
    if household.valid_to is not None:
        raise Refused("people.household_closed", _("该党员中心户已摘牌"))
    household.valid_to = on
    with refusing(HOUSEHOLDS.reasons):
        household.save(update_fields=["valid_to"])
    note("people.household_closed", subject=household, by=by, on=str(on))
    return household
