"""What a community does with the slips it gets: accept and place, send back, place anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import LiteralString, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy
from psycopg.sql import SQL

from sanqiao.kernel.models import User, note
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.staging import (
    Imported,
    Reason,
    Refusals,
    Stage,
    count_of,
    look_up,
    stage,
)
from sanqiao.registers.areas.imports import NOWHERE, TWIN, note_import, places
from sanqiao.registers.areas.models import Area
from sanqiao.registers.people.commands.people import id_keys, known_people
from sanqiao.work.service import policies
from sanqiao.work.service.models import MemberCheckIn, ServiceTeam
from sanqiao.work.service.rows import AcceptanceRow

from .writing import locked, save

NO_SLIP = Reason("service.no_slip", "id_number", gettext_lazy("没有此人交来的报到单"))
UNKNOWN_GRID = Reason(
    "service.grid_elsewhere", "grid_key", gettext_lazy("社区里没有网格：%(value)s")
)
UNKNOWN_TEAM = Reason("service.team_elsewhere", "team", gettext_lazy("社区里没有这个服务队"))
NOT_YOURS = Reason("service.not_allowed", "id_number", gettext_lazy("只有居住地社区可以接收"))
TOO_EARLY = Reason("service.too_early", "accepted_on", gettext_lazy("接收日期不能早于报到日期"))
OWN = Reason("service.own_slip", "id_number", gettext_lazy("本人的报到单须由他人接收"))
COLUMNS = {
    "person_id": "bigint", "slip_id": "bigint", "accepted_on": "date", "grid_id": "bigint",
    "grid_path": 'text COLLATE "C"', "team_id": "bigint", "by_id": "integer",
}  # fmt: skip
SLIP: LiteralString = "SELECT FROM service_membercheckin c WHERE c.id = s.slip_id AND "
ELSEWHERE: LiteralString = (
    "NOT EXISTS (SELECT FROM service_membercheckin c JOIN areas_area a ON a.id = c.community_id"
    " WHERE c.id = s.slip_id AND s.grid_path ^@ a.path)"
)
ACCEPT = """
UPDATE service_membercheckin c SET accepted_on = s.accepted_on, accepted_by_id = s.by_id,
  area_id = s.grid_id, area_path = s.grid_path, team_id = s.team_id
FROM staged_acceptance s
WHERE c.id = s.slip_id AND (c.accepted_on, c.area_id, c.team_id)
  IS DISTINCT FROM (s.accepted_on, s.grid_id, s.team_id)
"""


@transaction.atomic
def accept_check_in(
    *, check_in: MemberCheckIn, grid: Area | None = None, team: ServiceTeam | None = None,
    on: date, by: User,
) -> MemberCheckIn:  # fmt: skip
    """接收并编组: by itself into the grid where the person lives, and the only team there is.

    Raises Refused: service.not_allowed, own_slip, not_waiting, grid_elsewhere, team_elsewhere.
    """
    check_in = locked(check_in)
    policies.check_answers(check_in, by)
    check_in.accepted_on, check_in.accepted_by = on, by
    _put(check_in, grid or _home(check_in, on), team or _only_team(check_in), on)
    save(check_in, "accepted_on", "accepted_by", "area", "area_path", "team")
    note("service.check_in_accepted", subject=check_in, by=by, on=str(on), grid=check_in.area.key)
    return check_in


@transaction.atomic
def place_check_in(
    *, check_in: MemberCheckIn, grid: Area, team: ServiceTeam | None, on: date, by: User
) -> MemberCheckIn:
    """编组. Raises Refused: service.not_allowed, not_placed, grid_elsewhere, team_elsewhere."""
    check_in = locked(check_in)
    policies.check_places(check_in, by)
    _put(check_in, grid, team, on)
    save(check_in, "area", "area_path", "team")
    note("service.check_in_placed", subject=check_in, by=by, on=str(on), grid=grid.key)
    return check_in


@transaction.atomic
def return_check_in(*, check_in: MemberCheckIn, reason: str, on: date, by: User) -> MemberCheckIn:
    """退回: not accepted, and why. Raises Refused: service.not_allowed, own_slip, not_waiting, …"""
    check_in = locked(check_in)
    policies.check_answers(check_in, by)
    check_in.end_note = policies.check_says_why(reason, field="reason")
    check_in.ended_on, check_in.end_reason = on, MemberCheckIn.End.RETURNED
    save(check_in, "ended_on", "end_reason", "end_note")
    note("service.check_in_returned", subject=check_in, by=by, reason=reason)
    return check_in


@transaction.atomic
def accept_check_ins(*, rows: Sequence[AcceptanceRow], by: User) -> Imported:
    """A community's whole list at once, by ID number; the open slip of each. Raises RowsRefused."""
    refusals = Refusals()
    with past_scope(by):
        staged, paths = _stage(rows, refusals, by)
        refusals.check()
        changed = count_of(SQL(ACCEPT))
    done = Imported(0, changed, len(rows) - changed)
    return note_import("service.check_ins_accepted", done, paths, by)


class Slip(NamedTuple):
    id: int
    community_path: str
    team_area: int


NO = Slip(0, "", 0)


def _stage(rows: Sequence[AcceptanceRow], refusals: Refusals, by: User) -> tuple[Stage, list[str]]:
    """Rows with their slips, grids and teams; what does not go together is refused."""
    keys = id_keys([row.id_number for row in rows], refusals)
    known = known_people(keys)
    people = [known[key].id for key in keys]
    slips = look_up(people, _slips(people), NO, refusals, NO_SLIP)
    grid_keys = [row.grid_key for row in rows]
    grids = look_up(grid_keys, places(grid_keys), NOWHERE, refusals, UNKNOWN_GRID)
    names = [(slip.team_area, row.team) for row, slip in zip(rows, slips, strict=True)]
    teams = look_up(names, _teams(names), None, refusals, UNKNOWN_TEAM)
    _refuse_rights(slips, people, refusals, by)
    refusals.check()
    staged = stage("staged_acceptance", COLUMNS, (
        (person, slip.id, row.accepted_on, grid.id, grid.path, team or None, by.pk)
        for row, person, slip, grid, team in zip(rows, people, slips, grids, teams, strict=True)
    ))  # fmt: skip
    staged.refuse_twins(refusals, "person_id", reason=TWIN._replace(field="id_number"))
    staged.refuse(
        refusals,
        f"EXISTS ({SLIP}c.checked_in_on > s.accepted_on)",
        TOO_EARLY,
    )
    staged.refuse(refusals, ELSEWHERE, UNKNOWN_GRID._replace(message=str(NOT_THERE)))
    return staged, [grid.path for grid in grids]


NOT_THERE = gettext_lazy("网格不在接收社区之内")


def _slips(people: list[int]) -> dict[int, Slip]:
    found = MemberCheckIn.objects.filter(person_id__in=people, ended_on=None)
    columns = found.values_list("person_id", "id", "community__path", "community_id")
    return {person: Slip(pk, path, area) for person, pk, path, area in columns}


def _teams(names: list[tuple[int, str]]) -> dict[tuple[int, str], int | None]:
    """By community and name; a row that names none gets none."""
    areas = {area for area, _name in names}
    found = ServiceTeam.objects.filter(area_id__in=areas, valid_to=None)
    known: dict[tuple[int, str], int | None] = {(t.area_id, t.name): t.pk for t in found}
    return known | dict.fromkeys(((area, "") for area in areas), 0)


def _refuse_rights(
    slips: Sequence[Slip], people: Sequence[int], refusals: Refusals, by: User
) -> None:
    allowed = {path: policies.accepts(by, path) for path in {s.community_path for s in slips}}
    for n, (slip, person) in enumerate(zip(slips, people, strict=True)):
        if not allowed[slip.community_path]:
            refusals.add(n, NOT_YOURS)
        elif policies.is_own(by, person):
            refusals.add(n, OWN)


def _put(check_in: MemberCheckIn, grid: Area, team: ServiceTeam | None, on: date) -> None:
    policies.check_place(check_in.community, grid, team.area_id if team else None, on)
    check_in.area, check_in.team = grid, team
    check_in.place()


def _home(check_in: MemberCheckIn, on: date) -> Area:
    """The smallest area of the community that stood on the day and in which the person lives."""
    lives_in = check_in.person.area
    if not lives_in.path.startswith(check_in.community.path):
        return check_in.community
    ids = [*lives_in.ancestor_ids, lives_in.pk]
    standing = Area.objects.on(on).filter(pk__in=ids).defer("boundary").order_by("-path")
    return standing.first() or check_in.community


def _only_team(check_in: MemberCheckIn) -> ServiceTeam | None:
    teams = ServiceTeam.objects.filter(area=check_in.community_id, valid_to=None)[:2]
    return teams[0] if len(teams) == 1 else None
