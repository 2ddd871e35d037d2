"""What the bulk commands of this domain take: one tuple a row; numbers and codes, not ids."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class DutyRow(NamedTuple):
    """A duty of the mechanism in an area."""

    area_key: str
    order: int
    kind: str
    party: str
    name: str
    cycle: str
    days_after: int
    document: str
    valid_from: date
    valid_to: date | None


class PairingRow(NamedTuple):
    credit_code: str
    area_key: str
    is_lead: bool
    document: str
    unit_signed_on: date | None
    community_signed_on: date | None
    valid_from: date
    valid_to: date | None
    end_reason: str


class UnitCheckInRow(NamedTuple):
    """To the community of the pairing in force on the day; accepted on paper, or not yet."""

    credit_code: str
    area_key: str
    checked_in_on: date
    plan: str
    accepted_on: date | None


class TeamRow(NamedTuple):
    area_key: str
    name: str
    valid_from: date


class CheckInRow(NamedTuple):
    """A line of a unit's list. Without `area_key`: where the register says that the person lives.

    `name` and `phone` are read only for somebody who is not in the register yet.
    """

    name: str
    id_number: str
    phone: str
    credit_code: str
    area_key: str | None
    home: str
    skill: str
    wish: str
    checked_in_on: date


class AcceptanceRow(NamedTuple):
    """A line of a community's list of those whom it accepted."""

    id_number: str
    accepted_on: date
    grid_key: str
    team: str


class ExemptionRow(NamedTuple):
    id_number: str
    credit_code: str
    reason: str
    valid_from: date
    valid_to: date | None


class PaperReportRow(NamedTuple):
    """A member report that came on paper, with the community's remark when it has one."""

    id_number: str
    confirmed_on: date
    remark: str
    remarked_on: date | None
