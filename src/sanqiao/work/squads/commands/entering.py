"""Squads and their people from a clerk's sheets: each row as if it had been typed into its form.

So a row is refused for what the form would refuse, in the cell that the form would mark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, RowError, look_up
from sanqiao.registers.areas.imports import note_import, placed
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.commands import organisations_of, units_of
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.models import Person
from sanqiao.work.squads import policies
from sanqiao.work.squads.lists import member_lines, squad_lines
from sanqiao.work.squads.models import Squad, SquadMember
from sanqiao.work.squads.rows import MemberLine, SquadLine

from .forming import Role, add_member, end_member, form_squad, locked, name_captain, restate
from .importing import NOBODY, UNKNOWN_SQUAD, people_of

KEPT = ("name", "until", "task", "document", "appraisal")
"""What a sheet may change of a squad that stands already."""
SET = Reason(
    "squads.not_by_sheet",
    "",
    gettext_lazy("已登记的突击队不能在表里改这一项，请在突击队的页面上办理"),
)
LEFT = Reason(
    "squads.not_by_sheet", "", gettext_lazy("已登记的成员只能填离队日期，其他不能在表里改")
)
NO_CAPTAIN = Reason("squads.captain_missing", "id_number", gettext_lazy("新的突击队要有队长"))
Cells = Mapping[str | None, str]
SQUAD_CELLS: Cells = {
    "area": "area_key", "captain": "breach_reason", "person": "id_number", "on": "formed_on",
    "post_code": "id_number", "valid_from": "formed_on", "parent": "branch_parent",
}  # fmt: skip
"""Where a refusal of a form's field belongs on the sheet."""
MEMBER_CELLS: Cells = {
    "captain": "breach_reason", "person": "id_number", "on": "valid_from", "post_code": "id_number"
}  # fmt: skip
LAST_DAY: Cells = {"on": "valid_to", None: "valid_to"}


@transaction.atomic
def enter_squads(*, rows: Sequence[SquadLine], by: User) -> Imported:
    """Form the squads that are new, each with its captain judged by the day it is formed on; of
    the others name, planned end, task, document and appraisal change. Raises RowsRefused."""
    refusals = Refusals()
    there = {line.number: line for line in squad_lines({row.number for row in rows})}
    new = [n for n, row in enumerate(rows) if row.number not in there]
    changed = [n for n, row in enumerate(rows) if there.get(row.number, row) != row]
    for n in changed:
        _refuse_changes(n, rows[n], there[rows[n].number], KEPT, SET, refusals)
    ready = _ready([rows[n] for n in new], by, refusals, new)
    refusals.check()
    for n, given in zip(new, ready, strict=True):
        _one(n, refusals, SQUAD_CELLS, form_squad, **given, by=by)
    for n in changed:
        _one(n, refusals, SQUAD_CELLS, _change_squad, row=rows[n], by=by)
    refusals.check()
    done = Imported(len(new), len(changed), len(rows) - len(new) - len(changed))
    keys = {row.area_key for row in rows}
    paths = list(Area.objects.filter(key__in=keys).values_list("path", flat=True))
    return note_import("squads.squads_entered", done, paths, by)


@transaction.atomic
def enter_members(*, rows: Sequence[MemberLine], by: User) -> Imported:
    """People who join, in the order of their days: a new captain, judged by that day, ends the
    one before. Of those who are there only the last day is added. Raises RowsRefused."""
    refusals = Refusals()
    squads = _squads_of([row.number for row in rows], refusals)
    people = people_of([row.id_number for row in rows], refusals)
    there = {line[:2] + line[3:4]: line for line in member_lines({row.number for row in rows})}
    old = [there.get((row.number, row.id_number, row.valid_from)) for row in rows]
    for n, line in enumerate(old):
        if line is not None:
            _refuse_changes(n, rows[n], line, ("valid_to",), LEFT, refusals)
    refusals.check()
    new = [n for n, line in enumerate(old) if line is None]
    ended = [n for n, line in enumerate(old) if rows[n].valid_to != (line and line.valid_to)]
    joining = sorted(new, key=lambda n: rows[n].valid_from)
    for act, cells, numbers in ((_join, MEMBER_CELLS, joining), (_leave, LAST_DAY, ended)):
        for n in numbers:
            _one(n, refusals, cells, act, squad=squads[n], person=people[n], row=rows[n], by=by)
        refusals.check()
    changed = len(set(ended) - set(new))
    done = Imported(len(new), changed, len(rows) - len(new) - changed)
    return note_import("squads.members_entered", done, [s.area_path for s in squads], by)


def _squads_of(numbers: Sequence[str], refusals: Refusals) -> list[Squad]:
    known = {squad.number: squad for squad in Squad.objects.filter(number__in=set(numbers))}
    return look_up(numbers, known, Squad(), refusals, UNKNOWN_SQUAD)


def _ready(
    rows: Sequence[SquadLine], by: User, refusals: Refusals, numbers: Sequence[int]
) -> list[dict[str, Any]]:
    """What `form_squad` takes, for each row; refusals are those of the rows' `numbers`."""
    own = Refusals()
    places = placed([row.area_key for row in rows], by, own)
    areas = Area.objects.defer("boundary").in_bulk({place.id for place in places})
    units = _by_id(
        Unit.objects.select_related("organisation"),
        units_of([row.credit_code for row in rows], own),
    )
    parents = _by_id(
        Organisation.objects.all(), organisations_of([row.branch_parent for row in rows], own)
    )
    captains = _captains(rows, own)
    refusals.found += [error._replace(row=numbers[error.row]) for error in own.found]
    if own.found:
        return [{} for _row in rows]
    return [
        {
            "unit": unit, "area": areas[place.id], "captain": captain, "branch_parent": parent,
            "breach_reason": row.breach_reason, "number": row.number, "name": row.name,
            "kind": row.kind, "formed_on": row.formed_on, "until": row.until, "task": row.task,
            "document": row.document, "appraisal": row.appraisal,
        }
        for row, place, unit, captain, parent in zip(
            rows, places, units, captains, parents, strict=True
        )
    ]  # fmt: skip


def _by_id(rows: Any, ids: Sequence[int | None]) -> list[Any]:
    found = rows.in_bulk({pk for pk in ids if pk})
    return [found.get(pk) for pk in ids]


def _captains(rows: Sequence[SquadLine], refusals: Refusals) -> list[Person]:
    named = [n for n, row in enumerate(rows) if row.id_number]
    own = Refusals()
    people = people_of([str(rows[n].id_number) for n in named], own)
    refusals.found += [error._replace(row=named[error.row]) for error in own.found]
    for n, row in enumerate(rows):
        if not row.id_number:
            refusals.add(n, NO_CAPTAIN)
    found = dict(zip(named, people, strict=True))
    return [found.get(n, NOBODY) for n in range(len(rows))]


def _refuse_changes(
    n: int, row: Any, old: Any, may_change: tuple[str, ...], reason: Reason, refusals: Refusals
) -> None:
    """Cells that differ and may not."""
    for field in row._fields:
        if field not in may_change and getattr(row, field) != getattr(old, field):
            refusals.add(n, reason._replace(field=field))


def _one(n: int, refusals: Refusals, cells: Cells, run: Callable[..., Any], **given: Any) -> None:
    """One row by a command; what that refuses goes into its cell."""
    try:
        run(**given)
    except Refused as refusal:
        field = cells.get(refusal.field, refusal.field or "")
        refusals.found.append(RowError(n, field, refusal.code, refusal.message))


@transaction.atomic
def _change_squad(*, row: SquadLine, by: User) -> None:
    """Raises Refused: squads.not_allowed, dissolved, until."""
    squad = locked(Squad.objects.get(number=row.number))
    policies.check_leads(by, squad.area_path)
    restate(
        squad=squad, by=by, name=row.name, until=row.until, task=row.task, document=row.document,
        appraisal=row.appraisal,
    )  # fmt: skip


def _join(*, squad: Squad, person: Person, row: MemberLine, by: User) -> None:
    """Raises Refused as the form does."""
    given: dict[str, Any] = {"squad": squad, "person": person, "on": row.valid_from, "by": by}
    if row.role == Role.CAPTAIN:
        name_captain(**given, breach_reason=row.breach_reason)
    else:
        add_member(**given, role=row.role)


def _leave(*, squad: Squad, person: Person, row: MemberLine, by: User) -> None:
    """A captain leaves when the next one comes. Raises Refused as the form does."""
    member = SquadMember.objects.get(squad=squad, person=person, valid_from=row.valid_from)
    if row.valid_to is not None and member.valid_to != row.valid_to:
        end_member(member=member, on=row.valid_to, by=by)
