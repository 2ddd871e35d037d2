"""Gates, shifts and the places taken, from lists; what is there already stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, look_up, refusing
from sanqiao.registers.areas.imports import note_import
from sanqiao.registers.areas.models import ClosedUnit
from sanqiao.registers.people.models import Person
from sanqiao.work.squads import policies
from sanqiao.work.squads.models import Claim, Deployment, Gate, Shift
from sanqiao.work.squads.rows import ClaimRow, GateRow, ShiftRow

from .claiming import REASONS as CLAIM_REASONS
from .importing import people_of
from .shifts import REASONS

UNKNOWN_UNIT = Reason(
    "squads.unknown_unit", "unit_name", gettext_lazy("没有这个封闭管理单元：%(value)s")
)
UNKNOWN_PLACE = Reason(
    "squads.unknown_place", "place_name", gettext_lazy("没有这个派驻地或卡口：%(value)s")
)
UNKNOWN_SHIFT = Reason("squads.unknown_shift", "shift", gettext_lazy("没有这个班次：%(value)s"))
FULL = Reason("squads.full", "shift", gettext_lazy("名额已经认领完"))


@transaction.atomic
def import_gates(*, rows: Sequence[GateRow], by: User) -> Imported:
    """By area, unit and number. Raises RowsRefused."""
    refusals = Refusals()
    keys = [(row.area_key, row.unit_name) for row in rows]
    found = ClosedUnit.objects.filter(area__key__in={key for key, _name in keys})
    columns = found.values_list("area__key", "name", "id", "area_id", "area_path")
    known = {(key, name): (u, a, p) for key, name, u, a, p in columns.order_by("closed_on")}
    units = look_up(keys, known, (0, 0, ""), refusals, UNKNOWN_UNIT)
    refusals.check()
    paths = [path for _unit, _area, path in units]
    _check_plans(paths, by)
    there = set(Gate.objects.values_list("closed_unit_id", "number"))
    new = [
        Gate(closed_unit_id=unit, number=row.number, name=row.name, area_id=area, area_path=path)
        for row, (unit, area, path) in zip(rows, units, strict=True)
        if (unit, row.number) not in there
    ]
    Gate.objects.bulk_create(new)
    return note_import("squads.gates_imported", _done(new, rows), paths, by)


@transaction.atomic
def import_shifts(*, rows: Sequence[ShiftRow], by: User) -> Imported:
    """By place, day and begin. Raises RowsRefused."""
    refusals = Refusals()
    found = look_up([_place(row) for row in rows], _places(rows), {}, refusals, UNKNOWN_PLACE)
    refusals.check()
    paths = [str(at["area_path"]) for at in found]
    _check_plans(paths, by)
    there = set(Shift.objects.standing().values_list(*SHIFT_KEY))
    new = [
        Shift(**at, day=row.day, begins=row.begins, ends=row.ends, capacity=row.capacity)
        for row, at in zip(rows, found, strict=True)
    ]
    new = [s for s in new if tuple(getattr(s, name) for name in SHIFT_KEY) not in there]
    with refusing(REASONS):
        Shift.objects.bulk_create(new)
    return note_import("squads.shifts_imported", _done(new, rows), paths, by)


SHIFT_KEY = ("deployment_id", "gate_id", "day", "begins")


@transaction.atomic
def import_claims(*, rows: Sequence[ClaimRow], by: User) -> Imported:
    """Who stood on which shift, in the order of taking places. Raises RowsRefused."""
    refusals = Refusals()
    shift_rows = [row.shift for row in rows]
    at = look_up([_place(r) for r in shift_rows], _places(shift_rows), {}, refusals, UNKNOWN_PLACE)
    people = people_of([row.id_number for row in rows], refusals)
    refusals.check()
    keys = [
        (a.get("deployment_id"), a.get("gate_id"), row.day, row.begins)
        for a, row in zip(at, shift_rows, strict=True)
    ]
    shifts = look_up(keys, _standing(), Shift(), refusals, UNKNOWN_SHIFT)
    refusals.check()
    paths = [shift.area_path for shift in shifts]
    _check_plans(paths, by)
    new = _seated(shifts, people, refusals)
    refusals.check()
    with refusing(CLAIM_REASONS):
        Claim.objects.bulk_create(new)
    return note_import("squads.claims_imported", _done(new, rows), paths, by)


def _seated(shifts: Sequence[Shift], people: Sequence[Person], refusals: Refusals) -> list[Claim]:
    """New claims, each on the next free number."""
    taken: dict[int, set[int]] = {}
    there: set[tuple[int, int]] = set()
    standing = Claim.objects.standing().filter(shift__in={shift.pk for shift in shifts})
    for shift_id, person_id, seat in standing.values_list("shift_id", "person_id", "seat"):
        taken.setdefault(shift_id, set()).add(seat)
        there.add((shift_id, person_id))
    new = []
    for n, (shift, person) in enumerate(zip(shifts, people, strict=True)):
        if (shift.pk, person.pk) in there:
            continue
        seats = taken.setdefault(shift.pk, set())
        seat = next((s for s in range(1, shift.capacity + 1) if s not in seats), 0)
        if not seat:
            refusals.add(n, FULL)
        seats.add(seat)
        new.append(_claim(shift, person, seat))
    return new


def _claim(shift: Shift, person: Person, seat: int) -> Claim:
    """Taken at noon of the day before."""
    noon = datetime.combine(shift.day - timedelta(days=1), time(12))
    return Claim(
        shift=shift, person=person, name=person.name, seat=seat, capacity=shift.capacity,
        day=shift.day, begins=shift.begins, ends=shift.ends, area_id=shift.area_id,
        area_path=shift.area_path, claimed_at=noon.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)),
    )  # fmt: skip


def _check_plans(paths: Sequence[str], by: User) -> None:
    for path in set(paths):
        policies.check_plans_at(by, path)


def _done(new: Sequence[object], rows: Sequence[object]) -> Imported:
    return Imported(len(new), 0, len(rows) - len(new))


PlaceKey = tuple[str, str, str, int | None]


def _place(row: ShiftRow) -> PlaceKey:
    return (row.squad_number or "", row.area_key, row.place_name, row.gate_number)


def _places(rows: Sequence[ShiftRow]) -> dict[PlaceKey, dict[str, Any]]:
    """What a shift takes from its deployment or gate."""
    keys = {row.area_key for row in rows}
    deployments = Deployment.objects.filter(
        squad__number__in={row.squad_number for row in rows if row.squad_number}
    ).select_related("squad", "area")
    gates = Gate.objects.filter(
        area__key__in=keys, closed_unit__name__in={row.place_name for row in rows}
    ).select_related("closed_unit", "area")
    found: dict[PlaceKey, dict[str, Any]] = {}
    for d in deployments:
        at = {"deployment_id": d.pk, "organisation_path": d.organisation_path}
        at |= {"area_id": d.area_id, "area_path": d.area_path}
        found[d.squad.number, d.area.key, d.place_name, None] = {
            **at,
            "place_name": f"{d.place_name} · {d.squad}",
        }
    for g in gates:
        at = {"gate_id": g.pk, "area_id": g.area_id, "area_path": g.area_path}
        name = f"{g.closed_unit} · {g.name}"
        found["", g.area.key, g.closed_unit.name, g.number] = {**at, "place_name": name}
    return found


def _standing() -> dict[tuple[Any, ...], Shift]:
    rows = Shift.objects.standing()
    return {tuple(getattr(shift, name) for name in SHIFT_KEY): shift for shift in rows}
