"""The codes by which found records are written in addresses and forms."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model

from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.finding import Found

CODES: dict[str, tuple[type[Model], str]] = {
    "area": (Area, "key"),
    "organisation": (Organisation, "code"),
    "unit": (Unit, "credit_code"),
}
IN_ADDRESSES = ("area", "organisation")


def codes_of(
    found: Sequence[Found], kinds: Sequence[str] = IN_ADDRESSES
) -> dict[tuple[str, int], str]:
    """{(kind, id): code}; one query for each of the `kinds` of which something was found."""
    codes: dict[tuple[str, int], str] = {}
    for kind in kinds:
        model, code = CODES[kind]
        if ids := [one.id for one in found if one.kind == kind]:
            rows = model._default_manager.filter(pk__in=ids).values_list("pk", code)
            codes |= {(kind, pk): text for pk, text in rows}
    return codes
