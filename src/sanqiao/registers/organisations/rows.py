"""What the bulk commands of this register take: one tuple a row; codes instead of ids."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class OrganisationRow(NamedTuple):
    code: str
    name: str
    kind: str
    setting: str
    parent_code: str | None
    area_key: str
    founded_on: date
    dissolved_on: date | None
    elected_on: date | None
    term_years: int
    document: str


class UnitRow(NamedTuple):
    credit_code: str
    name: str
    kind: str
    rank: str
    area_key: str
    organisation_code: str | None
    valid_from: date


class CommitteeRow(NamedTuple):
    area_key: str
    compound_name: str
    founded_on: date
    dissolved_on: date | None
    seats: int
    party_seats: int


class WorkTeamRow(NamedTuple):
    area_key: str
    credit_code: str | None
    valid_from: date
    valid_to: date | None
