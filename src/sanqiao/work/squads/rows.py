"""What the bulk commands of this domain take: one tuple a row; numbers and codes, not ids."""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple


class SquadRow(NamedTuple):
    """`branch_code` is a temporary branch that the register already has."""

    number: str
    name: str
    kind: str
    credit_code: str
    area_key: str
    formed_on: date
    until: date | None
    dissolved_on: date | None
    task: str
    document: str
    branch_code: str | None
    appraisal: str


class MemberRow(NamedTuple):
    """`breach_reason` is read only for a captain who does not satisfy the rule."""

    number: str
    id_number: str
    role: str
    valid_from: date
    valid_to: date | None
    breach_reason: str


class SquadLine(NamedTuple):
    """A squad on a sheet, with its first captain. `branch_parent` is the organisation below which
    its temporary branch stands. A person is None where the reader may not see one."""

    number: str
    name: str
    kind: str
    credit_code: str
    area_key: str
    id_number: str | None
    breach_reason: str
    formed_on: date
    until: date | None
    task: str
    document: str
    branch_parent: str | None
    appraisal: str


class MemberLine(NamedTuple):
    """A person in a squad on a sheet, captains too."""

    number: str
    id_number: str
    role: str
    valid_from: date
    valid_to: date | None
    breach_reason: str


class DeploymentRow(NamedTuple):
    """Without `compound_name` to the area itself."""

    number: str
    area_key: str
    compound_name: str | None
    task: str
    valid_from: date
    valid_to: date | None


class GateRow(NamedTuple):
    area_key: str
    unit_name: str
    number: int
    name: str


class ShiftRow(NamedTuple):
    """At the squad's deployment in that compound or area, or at a unit's gate by its number."""

    area_key: str
    squad_number: str | None
    place_name: str
    gate_number: int | None
    day: date
    begins: time
    ends: time
    capacity: int


class ClaimRow(NamedTuple):
    """A place of the shift that `ShiftRow` names by the same columns."""

    shift: ShiftRow
    id_number: str


class LogRow(NamedTuple):
    number: str
    day: date
    text: str
    deeds: int
