"""One owners' committee at a time, from the page of its compound."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import refusing
from sanqiao.kernel.versions import check_version
from sanqiao.registers.areas.models import Compound
from sanqiao.registers.organisations.models import OwnersCommittee
from sanqiao.registers.organisations.policies import check_may_in

from .units import COMMITTEES

ACT = "organisations.change"


@transaction.atomic
def found_committee(
    *, compound: Compound, founded_on: date, seats: int, party_seats: int, by: User
) -> OwnersCommittee:
    """Raises Refused: organisations.not_allowed, compound_closed, committee_once, seats."""
    compound = Compound.objects.select_for_update().get(pk=compound.pk)
    check_may_in(by, ACT, area_path=compound.area_path, name=compound.name)
    if compound.valid_to is not None and compound.valid_to <= founded_on:
        words = _("该小区已于 %(day)s 注销") % {"day": compound.valid_to}
        raise Refused("organisations.compound_closed", words, field="founded_on")
    with refusing(COMMITTEES.reasons):
        committee = OwnersCommittee.objects.create(
            compound=compound, founded_on=founded_on, seats=seats, party_seats=party_seats,
            area_id=compound.area_id, area_path=compound.area_path,
        )  # fmt: skip
    _mark(compound, has_committee=True)
    note("organisations.committee_founded", subject=committee, by=by)
    return committee


@transaction.atomic
def change_committee(
    *,
    committee: OwnersCommittee,
    founded_on: date,
    seats: int,
    party_seats: int,
    known_version: int,
    by: User,
) -> OwnersCommittee:
    """Raises Refused: organisations.not_allowed, changed_meanwhile, seats, import.dates."""
    committee = OwnersCommittee.objects.select_for_update().get(pk=committee.pk)
    check_may_in(by, ACT, area_path=committee.area_path, name=str(committee))
    check_version(committee, known_version)
    committee.founded_on, committee.seats = founded_on, seats
    committee.party_seats = party_seats
    with refusing(COMMITTEES.reasons):
        committee.save(update_fields=["founded_on", "seats", "party_seats"])
    note("organisations.committee_changed", subject=committee, by=by)
    return committee


@transaction.atomic
def dissolve_committee(*, committee: OwnersCommittee, on: date, by: User) -> OwnersCommittee:
    """Raises Refused: organisations.not_allowed, committee_dissolved, import.dates."""
    committee = OwnersCommittee.objects.select_for_update().get(pk=committee.pk)
    check_may_in(by, ACT, area_path=committee.area_path, name=str(committee))
    if committee.dissolved_on is not None:
        raise Refused("organisations.committee_dissolved", _("该业主委员会已解散"))
    committee.dissolved_on = on
    with refusing(COMMITTEES.reasons):
        committee.save(update_fields=["dissolved_on"])
    _mark(committee.compound, has_committee=False)
    note("organisations.committee_dissolved", subject=committee, by=by, on=str(on))
    return committee


def _mark(compound: Compound, *, has_committee: bool) -> None:
    """The compound's ledger says the same, by which “三无” compounds are told."""
    compound.has_committee = has_committee
    compound.save(update_fields=["has_committee"])
