"""Rows for the bulk commands: valid and dull; say only what matters."""

from __future__ import annotations

from datetime import date
from typing import Any

from sanqiao.registers.areas.rows import AreaRow, BuildingRow, CompoundRow, SplitRow
from sanqiao.registers.organisations.rows import OrganisationRow, UnitRow
from sanqiao.registers.people.rows import AppointmentRow, MemberRow, MembershipRow, PersonRow
from tests.make import FOUNDED, impossible_id_number

JOINED = date(2010, 7, 1)


def area_row(key: str, parent: str | None, **given: Any) -> AreaRow:
    usual: dict[str, Any] = {
        "key": key, "official_code": None, "name": f"第{key}网格", "official_name": "",
        "level": "grid", "kind": "urban_grid", "parent_key": parent, "households": 0,
        "boundary": None, "valid_from": FOUNDED,
    }  # fmt: skip
    return AreaRow(**usual | given)


def split_row(grid: str, n: int, **given: Any) -> SplitRow:
    usual: dict[str, Any] = {"name": f"第{n}小微网格", "households": 0, "boundary": None}
    return SplitRow(**{"grid_key": grid, "key": f"{grid}-{n}", **usual, **given})


def compound_row(area: str, name: str = "三桥小区", **given: Any) -> CompoundRow:
    usual: dict[str, Any] = {
        "has_manager": False, "has_committee": False, "has_guard": False, "households": 100,
        "built_year": 1998, "valid_from": FOUNDED,
    }  # fmt: skip
    return CompoundRow(area_key=area, name=name, **usual | given)


def organisation_row(code: str, parent: str | None, area: str, **given: Any) -> OrganisationRow:
    usual: dict[str, Any] = {
        "name": f"{code}党支部", "kind": "branch", "setting": "residents", "founded_on": FOUNDED,
        "dissolved_on": None, "elected_on": date(2018, 5, 1), "term_years": 3, "document": "",
    }  # fmt: skip
    return OrganisationRow(code=code, parent_code=parent, area_key=area, **usual | given)


def unit_row(code: str, area: str, **given: Any) -> UnitRow:
    usual: dict[str, Any] = {
        "name": f"{code[-3:]}局", "kind": "office", "rank": "municipal",
        "organisation_code": None, "valid_from": FOUNDED,
    }  # fmt: skip
    return UnitRow(credit_code=code, area_key=area, **usual | given)


def person_row(n: int, area: str, **given: Any) -> PersonRow:
    usual: dict[str, Any] = {
        "name": f"王小{n}", "gender": "female", "born_on": date(1980, 5, 4), "education": "大学",
        "id_number": impossible_id_number(700_000 + n), "phone": f"1991{n:07}",
    }  # fmt: skip
    return PersonRow(area_key=area, **usual | given)


def membership_row(n: int, organisation: str, **given: Any) -> MembershipRow:
    usual: dict[str, Any] = {
        "id_number": impossible_id_number(700_000 + n), "kind": "full", "joined_on": JOINED,
        "full_on": date(2011, 7, 1), "valid_from": JOINED, "valid_to": None,
    }  # fmt: skip
    return MembershipRow(organisation_code=organisation, **usual | given)


def member_row(n: int, area: str, organisation: str, **given: Any) -> MemberRow:
    person, membership = person_row(n, area), membership_row(n, organisation)
    return MemberRow(*person, *membership[1:])._replace(**given)


def appointment_row(n: int, post: str, area: str, **given: Any) -> AppointmentRow:
    usual: dict[str, Any] = {
        "id_number": impossible_id_number(700_000 + n), "credit_code": None,
        "organisation_code": None, "rank": "", "title": "", "valid_from": date(2019, 1, 1),
        "valid_to": None, "document": "",
    }  # fmt: skip
    return AppointmentRow(post_code=post, area_key=area, **usual | given)


def building_row(area: str, compound: str, **given: Any) -> BuildingRow:
    """In the compound `compound` of the area, and in that area."""
    usual: dict[str, Any] = {"name": "1号楼", "stairwells": 1, "households": 12, "area_key": area}
    return BuildingRow(area, compound, **usual | given)
