"""Units, owners' committees and work teams in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, look_up
from sanqiao.registers.areas.commands import compound_ids
from sanqiao.registers.areas.imports import BAD_DATES, TWIN, note_import, placed
from sanqiao.registers.organisations.models import (
    Organisation,
    OwnersCommittee,
    Unit,
    WorkTeam,
)
from sanqiao.registers.organisations.rows import CommitteeRow, UnitRow, WorkTeamRow
from sanqiao.registers.spelling import spelled

UNITS = Upsert(
    Unit,
    key=("credit_code",),
    given=("name", "kind", "rank", "area_id", "valid_from"),
    optional=("organisation_id",),
    derived=("area_path", "pinyin", "initials"),
    reasons={
        "organisations_unit_credit_code_key": Reason(
            "organisations.credit_code_taken",
            "credit_code",
            _("该统一社会信用代码已由范围外的单位使用"),
        ),
        "unit_dates": BAD_DATES._replace(field="valid_from"),
    },
)
COMMITTEES = Upsert(
    OwnersCommittee,
    key=("compound_id", "founded_on"),
    given=("seats", "party_seats"),
    optional=("dissolved_on",),
    derived=("area_id", "area_path"),
    reasons={
        "owners_committee_dates": BAD_DATES._replace(field="dissolved_on"),
        "owners_committee_seats": Reason(
            "organisations.seats", "party_seats", _("党员委员数应在 0 与委员数之间")
        ),
        "owners_committee_once": Reason(
            "organisations.committee_once", "compound_name", _("该小区已有现任业主委员会")
        ),
    },
)
WORK_TEAMS = Upsert(
    WorkTeam,
    key=("area_id", "valid_from"),
    given=(),
    optional=("unit_id", "valid_to"),
    derived=("area_path",),
    reasons={"work_team_dates": BAD_DATES},
)
UNKNOWN_ORGANISATION = Reason(
    "organisations.unknown", "organisation_code", _("找不到党组织：%(value)s")
)
UNKNOWN_UNIT = Reason("organisations.unknown_unit", "credit_code", _("找不到单位：%(value)s"))
UNKNOWN_COMPOUND = Reason("areas.unknown_compound", "compound_name", _("找不到小区：%(value)s"))


@transaction.atomic
def import_units(*, rows: Sequence[UnitRow], by: User) -> Imported:
    """Create and change units by credit code. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    organisations = organisations_of([row.organisation_code for row in rows], refusals)
    refusals.check()
    staged = UNITS.stage(
        (
            row.credit_code, row.name, row.kind, row.rank, area.id, row.valid_from,
            organisation, area.path, *spelled(row.name),
        )
        for row, area, organisation in zip(rows, areas, organisations, strict=True)
    )  # fmt: skip
    staged.refuse_twins(refusals, "credit_code", reason=TWIN._replace(field="credit_code"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("organisations.units_imported", UNITS.run(staged), paths, by)


@transaction.atomic
def import_owners_committees(*, rows: Sequence[CommitteeRow], by: User) -> Imported:
    """Create and change owners' committees by compound and founding. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    keys = [(row.area_key, row.compound_name) for row in rows]
    known = compound_ids({area for area, _name in keys})
    compounds = look_up(keys, known, 0, refusals, UNKNOWN_COMPOUND)
    refusals.check()
    staged = COMMITTEES.stage(
        (
            compound, row.founded_on, row.seats, row.party_seats, row.dissolved_on,
            area.id, area.path,
        )
        for row, area, compound in zip(rows, areas, compounds, strict=True)
    )  # fmt: skip
    twin = TWIN._replace(field="compound_name")
    staged.refuse_twins(refusals, *COMMITTEES.key, reason=twin)
    refusals.check()
    done = COMMITTEES.run(staged)
    paths = (area.path for area in areas)
    return note_import("organisations.owners_committees_imported", done, paths, by)


@transaction.atomic
def import_work_teams(*, rows: Sequence[WorkTeamRow], by: User) -> Imported:
    """Create and change work teams by area and first day. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    units = units_of([row.credit_code for row in rows], refusals)
    refusals.check()
    staged = WORK_TEAMS.stage(
        (area.id, row.valid_from, unit, row.valid_to, area.path)
        for row, area, unit in zip(rows, areas, units, strict=True)
    )
    staged.refuse_twins(refusals, *WORK_TEAMS.key, reason=TWIN._replace(field="area_key"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("organisations.work_teams_imported", WORK_TEAMS.run(staged), paths, by)


def organisations_of(codes: Sequence[str | None], refusals: Refusals) -> list[int | None]:
    """Ids of visible organisations by code; None where a row names none."""
    found = Organisation.objects.filter(code__in={code for code in codes if code})
    return _ids(codes, found.values_list("code", "id"), refusals, UNKNOWN_ORGANISATION)


def units_of(codes: Sequence[str | None], refusals: Refusals) -> list[int | None]:
    """Ids of visible units by credit code; None where a row names none."""
    found = Unit.objects.filter(credit_code__in={code for code in codes if code})
    return _ids(codes, found.values_list("credit_code", "id"), refusals, UNKNOWN_UNIT)


def _ids(
    codes: Sequence[str | None],
    found: Iterable[tuple[str, int]],
    refusals: Refusals,
    reason: Reason,
) -> list[int | None]:
    known: dict[str | None, int] = dict(found)
    for row, code in enumerate(codes):
        if code and code not in known:
            refusals.add(row, reason, value=code)
    return [known.get(code) for code in codes]
