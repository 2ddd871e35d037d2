"""Closed units with their gates, and shifts planned at gates and deployments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.areas.models import Area, ClosedUnit
from sanqiao.work.squads import policies
from sanqiao.work.squads.models import Claim, Deployment, Gate, Shift

MOST_DAYS = 62
ONCE = Reason("squads.planned_already", "begins", gettext_lazy("该处该日该时已有班次"))
REASONS = {
    "shift_of_deployment_once": ONCE,
    "shift_of_gate_once": ONCE,
    "shift_capacity": Reason("squads.capacity", "capacity", gettext_lazy("名额至少为一")),
    "shift_times": Reason("squads.times", "ends", gettext_lazy("起止时间不能相同")),
    "claim_within_capacity": Reason(
        "squads.claimed_beyond", "capacity", gettext_lazy("已有人认领后面的名额，请先取消认领")
    ),
}


class ShiftFacts(TypedDict):
    begins: time
    ends: time
    capacity: int


@transaction.atomic
def name_gates(*, unit: ClosedUnit, names: Sequence[str], by: User) -> list[Gate]:
    """The gates of a closed unit by number, from one; each has a name, and none is left out.

    Raises Refused: squads.not_allowed, gate_count.
    """
    policies.check_plans_at(by, unit.area_path)
    unit = ClosedUnit.objects.select_for_update().get(pk=unit.pk)
    if len(names) != unit.gates:
        words = _("登记有 %(count)d 个出入口，请逐个命名") % {"count": unit.gates}
        raise Refused("squads.gate_count", words, field="names")
    there = {gate.number: gate for gate in Gate.objects.filter(closed_unit=unit)}
    named = [_named(unit, n, name, there.get(n)) for n, name in enumerate(names, 1)]
    note("squads.gates_named", subject=unit, by=by, count=len(named))
    return named


@transaction.atomic
def plan_shifts(
    *, place: Deployment | Gate, first: date, last: date, by: User, **facts: Unpack[ShiftFacts]
) -> list[Shift]:
    """One shift a day at a gate or deployment, both days included.

    Raises Refused: squads.not_allowed, not_there, not_closed, days, planned_already, …
    """
    place = _locked_place(place)
    _check_plans_for(place, first, last, by)
    if not 0 <= (last - first).days < MOST_DAYS:
        words = _("末日不早于首日，一次最多安排 %(count)d 天") % {"count": MOST_DAYS}
        raise Refused("squads.days", words, field="last")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    with refusing(REASONS):
        shifts = Shift.objects.bulk_create(Shift(**_at(place), day=day, **facts) for day in days)
    note("squads.shifts_planned", subject=place, by=by, first=str(first), last=str(last))
    return shifts


@transaction.atomic
def change_capacity(*, shift: Shift, capacity: int, by: User) -> Shift:
    """More places, or fewer as long as nobody stands beyond.

    Raises Refused: squads.not_allowed, shift_cancelled, capacity, claimed_beyond.
    """
    shift = locked(shift)
    _check_stands(shift, by)
    shift.capacity = capacity
    with refusing(REASONS):
        shift.save(update_fields=["capacity"])
    note("squads.capacity_changed", subject=shift, by=by, capacity=capacity)
    return shift


@transaction.atomic
def cancel_shift(*, shift: Shift, reason: str, by: User) -> Shift:
    """With the places taken. Raises Refused: squads.not_allowed, shift_cancelled, words_missing."""
    shift = locked(shift)
    _check_stands(shift, by)
    reason = policies.check_says(reason, field="reason")
    standing = Claim.objects.standing().filter(shift=shift)
    standing.update(cancelled_on=timezone.localdate(), cancel_reason=reason)
    shift.cancelled_on = timezone.localdate()
    shift.save(update_fields=["cancelled_on"])
    note("squads.shift_cancelled", subject=shift, by=by, reason=reason)
    return shift


def locked(shift: Shift) -> Shift:
    return Shift.objects.select_for_update().get(pk=shift.pk)


def cancel_all(shifts: QuerySet[Shift], on: date, reason: str) -> int:
    """With the places taken; nobody takes one meanwhile. How many shifts."""
    ids = [shift.pk for shift in shifts.select_for_update(of=("self",)).order_by("pk")]
    claims = Claim.objects.standing().filter(shift__in=ids)
    claims.update(cancelled_on=timezone.localdate(), cancel_reason=reason)
    return Shift.objects.filter(pk__in=ids).update(cancelled_on=on)


def _locked_place(place: Deployment | Gate) -> Deployment | Gate:
    """As it is now: neither ends nor opens while shifts are planned."""
    if isinstance(place, Deployment):
        rows = Deployment.objects.select_for_update(of=("self",)).select_related("squad", "area")
        return rows.get(pk=place.pk)
    place.closed_unit = ClosedUnit.objects.select_for_update().get(pk=place.closed_unit_id)
    return place


def _check_stands(shift: Shift, by: User) -> None:
    policies.check_plans(by, shift)
    if shift.cancelled_on is not None:
        raise Refused("squads.shift_cancelled", _("这个班次已经取消"))


def _check_plans_for(place: Deployment | Gate, first: date, last: date, by: User) -> None:
    if isinstance(place, Deployment):
        policies.check_plans(by, place)
        policies.check_within(place, first, last)
    else:
        policies.check_plans_at(by, place.area_path)
        policies.check_closed(place.closed_unit, first, last)


def _at(place: Deployment | Gate) -> dict[str, Any]:
    area: Area = place.area
    at: dict[str, Any] = {"area": area, "area_path": area.path}
    if isinstance(place, Deployment):
        words = f"{place.place_name} · {place.squad}"
        path = place.organisation_path
        return {**at, "deployment": place, "place_name": words[:120], "organisation_path": path}
    return {**at, "gate": place, "place_name": f"{place.closed_unit} · {place.name}"[:120]}


def _named(unit: ClosedUnit, number: int, name: str, gate: Gate | None) -> Gate:
    name = policies.check_says(name, field="names")
    gate = gate or Gate(closed_unit=unit, number=number, area_id=unit.area_id)
    gate.name, gate.area_path = name, unit.area_path
    gate.save()
    return gate
