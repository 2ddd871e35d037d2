"""Squads and their people as sheets have them, as far as they are visible."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .models import Squad, SquadMember
from .rows import MemberLine, SquadLine

SQUAD_COLUMNS = (
    "pk", "number", "name", "kind", "unit__credit_code", "area__key", "formed_on", "until", "task",
    "document", "branch__parent__code", "appraisal",
)  # fmt: skip
MEMBER_COLUMNS = (
    "squad__number", "person__id_number", "role", "valid_from", "valid_to", "breach_reason"
)  # fmt: skip


def squad_lines(numbers: Collection[str] | None = None) -> list[SquadLine]:
    """By number; all of them without `numbers`. Two queries."""
    rows = Squad.objects.order_by("number")
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    found = list(rows.values_list(*SQUAD_COLUMNS))
    captains = _first_captains(row[0] for row in found)
    return [SquadLine(*row[1:6], *captains.get(row[0], (None, "")), *row[6:]) for row in found]


def member_lines(numbers: Collection[str] | None = None) -> list[MemberLine]:
    """By squad and first day."""
    rows = SquadMember.objects.order_by("squad__number", "valid_from", "id")
    if numbers is not None:
        rows = rows.filter(squad__number__in=numbers)
    return [MemberLine(*row) for row in rows.values_list(*MEMBER_COLUMNS)]


def _first_captains(squads: Iterable[int]) -> dict[int, tuple[str, str]]:
    """{squad: (ID number, reason for a breach)}."""
    rows = SquadMember.objects.filter(squad__in=list(squads), role=SquadMember.Role.CAPTAIN)
    columns = ("squad_id", "person__id_number", "breach_reason")
    latest_first = rows.order_by("-valid_from", "-id").values_list(*columns)
    return {squad: (number, reason) for squad, number, reason in latest_first}
