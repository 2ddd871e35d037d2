"""The mechanism's own list of duties, and the communities' service teams."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Refusals, Upsert
from sanqiao.registers.areas.imports import BAD_DATES, TWIN, note_import, placed
from sanqiao.work.service.models import MechanismDuty, ServiceTeam
from sanqiao.work.service.rows import DutyRow, TeamRow

DUTIES = Upsert(
    MechanismDuty,
    key=("area_id", "order", "valid_from"),
    given=("kind", "party", "name", "cycle", "days_after", "document"),
    optional=("valid_to",),
    reasons={"mechanism_duty_dates": BAD_DATES, "mechanism_duty_once": BAD_DATES},
)
TEAMS = Upsert(
    ServiceTeam,
    key=("area_id", "name"),
    given=("valid_from",),
    derived=("area_path",),
)


@transaction.atomic
def set_duties(*, rows: Sequence[DutyRow], by: User) -> Imported:
    """The duties of the mechanism by area, order and first day. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    refusals.check()
    staged = DUTIES.stage(
        (
            area.id, row.order, row.valid_from, row.kind, row.party, row.name, row.cycle,
            row.days_after, row.document, row.valid_to,
        )
        for row, area in zip(rows, areas, strict=True)
    )  # fmt: skip
    staged.refuse_twins(refusals, *DUTIES.key, reason=TWIN._replace(field="order"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("service.duties_set", DUTIES.run(staged), paths, by)


@transaction.atomic
def import_teams(*, rows: Sequence[TeamRow], by: User) -> Imported:
    """Service teams by community and name. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    refusals.check()
    staged = TEAMS.stage(
        (area.id, row.name, row.valid_from, area.path)
        for row, area in zip(rows, areas, strict=True)
    )
    staged.refuse_twins(refusals, *TEAMS.key, reason=TWIN._replace(field="name"))
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("service.teams_imported", TEAMS.run(staged), paths, by)
