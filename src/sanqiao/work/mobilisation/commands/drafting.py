"""A mobilisation before anybody is called."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.areas.models import Area
from sanqiao.work.mobilisation import policies
from sanqiao.work.mobilisation.audience import Rule
from sanqiao.work.mobilisation.models import Mobilisation

REASONS = {
    "mobilisation_number": Reason("mobilisation.number_taken", "number", _("该文号已经用过。"))
}


class Order(TypedDict):
    """What an officer writes; `route` is a list of {channel, patience_minutes}."""

    title: str
    kind: str
    basis: str
    number: str
    letter: str
    notice: str
    issued_on: date
    rule: Rule
    route: list[dict[str, Any]]


@transaction.atomic
def draft_mobilisation(
    *, area: Area, is_exercise: bool = False, by: User, **order: Unpack[Order]
) -> Mobilisation:
    """A draft over `area`; nobody is called yet.

    Raises Refused: mobilisation.no_right, mobilisation.rule, mobilisation.route,
    mobilisation.number_taken.
    """
    policies.check_orders(by, area.path)
    mobilisation = Mobilisation(area=area, is_exercise=is_exercise, made_by=by)
    mobilisation.place()
    _write(mobilisation, order)
    note("mobilisation.drafted", subject=mobilisation, by=by, exercise=is_exercise)
    return mobilisation


@transaction.atomic
def change_mobilisation(
    *, mobilisation: Mobilisation, by: User, **order: Unpack[Order]
) -> Mobilisation:
    """Write a draft anew. Raises Refused: mobilisation.no_right, mobilisation.state, …"""
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, Mobilisation.State.DRAFT)
    _write(mobilisation, order)
    note("mobilisation.draft_changed", subject=mobilisation, by=by)
    return mobilisation


def locked(mobilisation: Mobilisation) -> Mobilisation:
    """The row as it is now, held until the transaction ends; senders wait."""
    return Mobilisation.objects.select_for_update().get(pk=mobilisation.pk)


def _write(mobilisation: Mobilisation, order: Order) -> None:
    policies.check_rule(order["rule"])
    policies.check_route(order["route"])
    for name, value in order.items():
        setattr(mobilisation, name, value.data if isinstance(value, Rule) else value)
    with refusing(REASONS):
        mobilisation.save()
