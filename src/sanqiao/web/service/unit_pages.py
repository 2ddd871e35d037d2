"""What the liaison's page shows: due, in, exempt, and the names that are missing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sanqiao.kernel.models import User
from sanqiao.kernel.prepared import how_many, numbers
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.scope import within
from sanqiao.registers.areas.models import in_force
from sanqiao.registers.organisations.models import Unit
from sanqiao.registers.people.models import Membership
from sanqiao.work.service.models import Exemption, MemberCheckIn, Pairing, UnitReport
from sanqiao.work.service.reach import own_units

from .words import sentences

MOST = 100


def units_of(user: User) -> list[Unit]:
    """The liaison's own units."""
    with past_scope(user):
        return own_units(user)


def page_of(user: User, chosen: str, day: date) -> dict[str, Any]:
    """One of the liaison's units: the chosen one, or the first.

    Members are due; other staff are counted apart and never divided by members.
    """
    with past_scope(user):
        units = own_units(user)
        unit = next((u for u in units if str(u.pk) == chosen), units[0] if units else None)
        found: dict[str, Any] = {"units": units, "unit": unit}
        if unit is not None:
            found["counts"] = _counts(unit, day)
            found["missing"] = _names(unit, day)
            found["pairings"] = _pairings(unit, day)
            found["reports"] = _reports(unit)
    return found


def _due(path: str, day: date) -> QuerySet[Membership]:
    return Membership.objects.on(day).filter(within("organisation_path", (path,)))


def _is_missing(day: date) -> Q:
    """Neither handed in a slip nor exempt."""
    slips = MemberCheckIn.objects.open_on(day).filter(person=OuterRef("person"))
    exempt = Exemption.objects.filter(in_force(day), person=OuterRef("person"))
    return ~Q(Exists(slips)) & ~Q(Exists(exempt))


def _missing(path: str, day: date) -> QuerySet[Membership]:
    return _due(path, day).filter(_is_missing(day))


def _slips(unit: int, day: date) -> QuerySet[MemberCheckIn]:
    return MemberCheckIn.objects.open_on(day).filter(unit=unit)


def _of(standing: str, unit: int, day: date) -> QuerySet[MemberCheckIn]:
    return _slips(unit, day).filter(standing=standing)


def _waiting(unit: int, day: date) -> QuerySet[MemberCheckIn]:
    return _slips(unit, day).filter(accepted_on=None)


def _exempt(unit: int, day: date) -> QuerySet[Exemption]:
    return Exemption.objects.filter(in_force(day), unit=unit)


def _counts(unit: Unit, day: date) -> dict[str, int]:
    """Members due and missing; slips of members and of other staff; what waits; who is exempt.
    One query."""
    path, pk = _path(unit), unit.pk
    found = numbers(
        how_many(_due, path=path, day=day),
        how_many(_missing, path=path, day=day),
        how_many(_of, standing="member", unit=pk, day=day),
        how_many(_of, standing="staff", unit=pk, day=day),
        how_many(_waiting, unit=pk, day=day),
        how_many(_exempt, unit=pk, day=day),
    )
    return dict(
        zip(("due", "missing", "members", "staff", "waiting", "exempt"), found, strict=True)
    )


def _path(unit: Unit) -> str:
    """Of its Party organisation; one that leads nowhere without."""
    return unit.organisation.path if unit.organisation else " "


def _names(unit: Unit, day: date) -> list[Membership]:
    rows = _missing(_path(unit), day).select_related("person")
    return list(rows.order_by("person__pinyin", "id")[:MOST])


def _pairings(unit: Unit, day: date) -> list[Pairing]:
    rows = Pairing.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), unit=unit)
    return list(rows.select_related("area", "check_in").order_by("valid_from", "id"))


def _reports(unit: Unit) -> list[tuple[UnitReport, list[str]]]:
    rows = UnitReport.objects.filter(unit=unit).select_related("area")
    return [(row, sentences(row.facts)) for row in rows.order_by("-period_first", "id")[:MOST]]
