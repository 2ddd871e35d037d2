"""What the records say of a person's half-year, or of a unit's year: facts, never typed.

A fact is `{"fact": …, "on": day, …}` with names as they were; pages put it into words. Service
records, claims and wishes will add theirs here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q

from sanqiao.registers.areas.models import in_force
from sanqiao.registers.people.models import Appointment

from .models import MemberCheckIn, Pairing, UnitCheckIn

Fact = dict[str, Any]
GROUPS = ("grid", "squad")
"""Groups of posts in which somebody serves where they live."""


def of_members(
    check_ins: Iterable[MemberCheckIn], first: date, last: date
) -> dict[int, list[Fact]]:
    """{check-in id: facts of the period in order of date}; one query for the posts."""
    rows = list(check_ins)
    posts = _posts({row.person_id for row in rows}, first, last)
    return {
        row.pk: sorted([*_slip(row, last), *posts.get(row.person_id, [])], key=lambda f: f["on"])
        for row in rows
    }


def _slip(row: MemberCheckIn, last: date) -> list[Fact]:
    found: list[Fact] = [
        {"fact": "checked_in", "on": _day(row.checked_in_on), "community": row.community.name}
    ]
    if row.accepted_on and row.accepted_on <= last:
        placed = {"grid": row.area.name, "team": row.team.name if row.team else ""}
        found.append({"fact": "accepted", "on": _day(row.accepted_on), **placed})
    return found


def _posts(people: set[int], first: date, last: date) -> dict[int, list[Fact]]:
    held = Q(valid_from__lte=last) & (Q(valid_to=None) | Q(valid_to__gt=first))
    rows = Appointment.objects.filter(held, person_id__in=people, post__group__in=GROUPS)
    columns = ("person_id", "valid_from", "post__name", "area__name")
    found: dict[int, list[Fact]] = {}
    for person, since, post, area in rows.order_by("valid_from", "id").values_list(*columns):
        fact = {"fact": "post", "on": _day(since), "post": post, "area": area}
        found.setdefault(person, []).append(fact)
    return found


def of_units(pairings: Iterable[Pairing], first: date, last: date) -> dict[int, list[Fact]]:
    """{pairing id: facts of the year in order of date}; two queries."""
    rows = list(pairings)
    people = _people_in(rows, first, last)
    visits = {c.pairing_id: c for c in UnitCheckIn.objects.filter(pairing__in=rows)}
    return {row.pk: _of_unit(row, visits.get(row.pk), people, last) for row in rows}


def _of_unit(
    row: Pairing, visit: UnitCheckIn | None, people: dict[tuple[int, int], Fact], last: date
) -> list[Fact]:
    found: list[Fact] = [
        {"fact": "paired", "on": _day(row.valid_from), "lead": row.is_lead, "as": row.document}
    ]
    if visit and visit.checked_in_on <= last:
        found.append({"fact": "unit_in", "on": _day(visit.checked_in_on), "plan": visit.plan})
    counted = people.get((row.unit_id, row.area_id), {"members": 0, "staff": 0})
    return [*found, {"fact": "people", "on": _day(last), **counted}]


def _people_in(rows: list[Pairing], first: date, last: date) -> dict[tuple[int, int], Fact]:
    """Accepted in the year, by unit and community; members and other staff apart."""
    wanted = {"unit__in": {r.unit_id for r in rows}, "community__in": {r.area_id for r in rows}}
    held = in_force(last, start="accepted_on", end="ended_on") | Q(ended_on__range=(first, last))
    found = MemberCheckIn.objects.filter(held, accepted_on__lte=last, **wanted)
    counts = found.order_by().values("unit_id", "community_id").annotate(
        members=Count("person", distinct=True, filter=Q(standing="member")),
        staff=Count("person", distinct=True, filter=Q(standing="staff")),
    )  # fmt: skip
    return {
        (row["unit_id"], row["community_id"]): {"members": row["members"], "staff": row["staff"]}
        for row in counts
    }


def _day(day: date) -> str:
    return day.isoformat()
