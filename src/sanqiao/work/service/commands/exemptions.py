"""免报到, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up, refusing
from sanqiao.registers.areas.imports import BAD_DATES, TWIN, note_import
from sanqiao.registers.organisations.commands.units import UNKNOWN_UNIT
from sanqiao.registers.organisations.models import Unit
from sanqiao.registers.people.models import Person
from sanqiao.work.service import policies
from sanqiao.work.service.models import Exemption, MemberCheckIn
from sanqiao.work.service.reach import Employer, community_of, employer, employers
from sanqiao.work.service.rows import ExemptionRow

from .importing import residents
from .pairings import NOBODY

OVERLAP = Reason("service.exempt", "valid_from", gettext_lazy("此人已登记免报到，日期重叠"))
REPORTED = Reason("service.checked_in_already", "id_number", gettext_lazy("此人已经报到，尚未结束"))
NOT_YOURS = Reason("service.not_allowed", "credit_code", gettext_lazy("这不是您联络的单位"))
REASONS = {"exemption_once": OVERLAP, "exemption_dates": BAD_DATES}
EXEMPTIONS = Upsert(
    Exemption,
    key=("person_id", "valid_from"),
    given=("reason",),
    optional=("valid_to",),
    first=(
        "unit_id", "unit_name", "unit_rank", "organisation_path", "name", "area_id", "area_path",
        "given_by_id",
    ),
    reasons=REASONS,
)  # fmt: skip


def _exempts(by: User, of: Employer) -> bool:
    """The unit's liaison, or who arranges pairings where the unit stands."""
    return policies.liaises(by, of.organisation_path) or policies.pairs(by, of.area_path)


@transaction.atomic
def exempt(
    *, person: Person, unit: Unit, reason: str, valid_from: date, valid_to: date | None, by: User
) -> Exemption:
    """Raises Refused: service.not_allowed, reason_missing, checked_in_already, exempt."""
    with past_scope(by):
        person = Person.objects.select_related("area").get(pk=person.pk)
        of = employer(unit)
        if not _exempts(by, of):
            raise Refused(NOT_YOURS.code, str(NOT_YOURS.message))
        if MemberCheckIn.objects.open_on(valid_from).filter(person=person).exists():
            raise Refused(REPORTED.code, str(REPORTED.message), field="person")
        community = community_of(person.area)
        with refusing(REASONS):
            exemption = Exemption.objects.create(
                person=person, name=person.name, area=community, area_path=community.path,
                unit_id=of.id, unit_name=of.name, unit_rank=of.rank,
                organisation_path=of.organisation_path, valid_from=valid_from, valid_to=valid_to,
                reason=policies.check_says_why(reason, field="reason"), given_by=by,
            )  # fmt: skip
    note("service.exempted", subject=exemption, by=by, reason=reason)
    return exemption


@transaction.atomic
def end_exemption(*, exemption: Exemption, on: date, by: User) -> Exemption:
    """From `on` the person is due again. Raises Refused: service.not_allowed, ended."""
    exemption = Exemption.objects.select_for_update().get(pk=exemption.pk)
    is_allowed = policies.pairs(by, exemption.area_path)
    if not (is_allowed or policies.liaises(by, exemption.organisation_path)):
        raise Refused(NOT_YOURS.code, str(NOT_YOURS.message))
    if exemption.valid_to is not None and exemption.valid_to <= on:
        raise Refused("service.ended", _("免报到已经结束"))
    exemption.valid_to = on
    with refusing(REASONS):
        exemption.save(update_fields=["valid_to"])
    note("service.exemption_ended", subject=exemption, by=by, on=str(on))
    return exemption


@transaction.atomic
def import_exemptions(*, rows: Sequence[ExemptionRow], by: User) -> Imported:
    """By person and first day. Raises RowsRefused."""
    refusals = Refusals()
    with past_scope(by):
        people = residents([row.id_number for row in rows], refusals)
        codes = [row.credit_code for row in rows]
        units = look_up(codes, employers(codes), NOBODY, refusals, UNKNOWN_UNIT)
        for n, unit in enumerate(units):
            if unit.id and not _exempts(by, unit):
                refusals.add(n, NOT_YOURS)
        refusals.check()
        staged = EXEMPTIONS.stage(
            (
                person.id, row.valid_from, row.reason, row.valid_to, unit.id, unit.name, unit.rank,
                unit.organisation_path, person.name, person.community_id, person.community_path,
                by.pk,
            )
            for row, person, unit in zip(rows, people, units, strict=True)
        )  # fmt: skip
        staged.refuse_twins(refusals, "person_id", reason=TWIN._replace(field="id_number"))
        staged.refuse(
            refusals,
            "EXISTS (SELECT FROM service_membercheckin c WHERE c.person_id = s.person_id"
            " AND c.checked_in_on <= s.valid_from"
            " AND (c.ended_on IS NULL OR c.ended_on > s.valid_from))",
            REPORTED,
        )
        refusals.check()
        done = EXEMPTIONS.run(staged)
    return note_import(
        "service.exemptions_imported", done, (person.community_path for person in people), by
    )
