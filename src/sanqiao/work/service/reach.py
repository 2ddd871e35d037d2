"""What an act must know beyond the actor's scope, and nothing else.

A liaison sees no areas, a member sees oneself, a community not the unit across the street. Their
slips name all three. Whoever comes here has decided before whose rows are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import F, Subquery
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.roles import ROLES
from sanqiao.kernel.scope import within
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Unit
from sanqiao.registers.people.models import Membership, Person

MOST_UNITS = 100


class Employer(NamedTuple):
    """A unit as a slip names it, with the places by which rights over it are decided."""

    id: int
    name: str
    rank: str
    organisation_path: str | None
    area_path: str


def own_units(user: User) -> list[Unit]:
    """Units whose Party organisation lies in a grant of the liaison; to be asked past the scope."""
    paths = tuple(
        grant.path
        for grant in user.grants_today
        if grant.tree == Grant.Tree.ORGANISATION and "service.liaise" in ROLES[grant.role]
    )
    rows = Unit.objects.filter(within("organisation__path", paths), valid_to=None)
    return list(rows.select_related("organisation").order_by("name")[:MOST_UNITS])


def employers(codes: Sequence[str]) -> dict[str, Employer]:
    """Units by credit code; one query."""
    found = Unit.objects.filter(credit_code__in=set(codes)).select_related("organisation")
    return {unit.credit_code: employer(unit) for unit in found}


def employer(unit: Unit) -> Employer:
    organisation = unit.organisation
    path = organisation.path if organisation else None
    return Employer(unit.pk, unit.name, unit.rank, path, unit.area_path)


def unit_of(person: Person, on: date) -> Unit | None:
    """Where a member works: the unit whose Party organisation holds the membership that day."""
    own = Membership.objects.filter(person=person).on(on).values("organisation_path")[:1]
    above = Unit.objects.filter(valid_to=None).annotate(of=Subquery(own))
    above = above.filter(of__startswith=F("organisation__path"))
    nearest = above.order_by(Length("organisation__path").desc(), "id")
    return nearest.select_related("organisation").first()


def community_of(area: Area) -> Area:
    """The village or residents' community in which an area lies.

    Raises Refused: service.no_community.
    """
    found = Area.objects.filter(
        pk__in=[*area.ancestor_ids, area.pk], level=Area.Level.COMMUNITY
    ).first()
    if found is None:
        words = _("“%(area)s”不在某个村（社区）之内") % {"area": area.name}
        raise Refused("service.no_community", words, field="area")
    return found


def is_member(person: Person, on: date) -> bool:
    return Membership.objects.filter(person=person).on(on).exists()
