"""How check-ins are written and read under a lock, for every act."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.areas.models import Area
from sanqiao.registers.people.models import Person
from sanqiao.work.service.models import MemberCheckIn
from sanqiao.work.service.reach import Employer, is_member

Standing = MemberCheckIn.Standing
ALREADY = Reason(
    "service.checked_in_already", "id_number", gettext_lazy("此人已经报到，尚未结束或日期重叠")
)
TOO_EARLY = Reason("service.too_early", "on", gettext_lazy("不能早于报到日期"))
REASONS = {
    "member_check_in_one_at_a_time": ALREADY,
    "member_check_in_dates": TOO_EARLY,
}


def write_slip(
    *, person: Person, of: Employer, community: Area, on: date, **more: Any
) -> MemberCheckIn:
    """A slip for the community to answer. Raises Refused: service.checked_in_already."""
    standing = Standing.MEMBER if is_member(person, on) else Standing.STAFF
    with refusing(REASONS):
        return MemberCheckIn.objects.create(
            person=person, name=person.name, standing=standing, checked_in_on=on,
            unit_id=of.id, unit_name=of.name, unit_rank=of.rank,
            organisation_path=of.organisation_path, community=community,
            area=community, area_path=community.path, **more,
        )  # fmt: skip


def save(check_in: MemberCheckIn, *fields: str) -> None:
    with refusing(REASONS):
        check_in.save(update_fields=fields)


def locked(check_in: MemberCheckIn) -> MemberCheckIn:
    rows = MemberCheckIn.objects.select_for_update(of=("self",)).select_related("community")
    return rows.get(pk=check_in.pk)
