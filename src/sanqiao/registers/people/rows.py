"""What the bulk commands of this register take: one tuple a row; numbers and codes, not ids.

An empty `phone` or `education`, or None, leaves what is there.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class PersonRow(NamedTuple):
    name: str
    gender: str
    born_on: date | None
    education: str
    id_number: str
    phone: str
    area_key: str


class MembershipRow(NamedTuple):
    id_number: str
    organisation_code: str
    kind: str
    joined_on: date
    full_on: date | None
    valid_from: date
    valid_to: date | None


class MemberRow(NamedTuple):
    """A person and the membership in one row: the clerk's sheet."""

    name: str
    gender: str
    born_on: date | None
    education: str
    id_number: str
    phone: str
    area_key: str
    organisation_code: str
    kind: str
    joined_on: date
    full_on: date | None
    valid_from: date
    valid_to: date | None

    @property
    def person(self) -> PersonRow:
        return PersonRow(*self[:7])

    @property
    def membership(self) -> MembershipRow:
        return MembershipRow(self.id_number, *self[7:])


class PostRow(NamedTuple):
    code: str
    name: str
    group: str
    single_holder: bool
    order: int


class AppointmentRow(NamedTuple):
    id_number: str
    post_code: str
    area_key: str
    credit_code: str | None
    organisation_code: str | None
    rank: str
    title: str
    valid_from: date
    valid_to: date | None
    document: str


class HouseholdRow(NamedTuple):
    id_number: str
    name: str
    area_key: str
    buildings: int
    valid_from: date
    valid_to: date | None
