"""What an act must know beyond the actor's scope, and nothing else.

A member sees no squad but the own, a community not the appointments of the captain. Whoever comes
here has decided before whose rows are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from django.db.models import OuterRef, Subquery

from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Unit
from sanqiao.registers.people.models import Appointment, Person, Post

from .models.rules import Held

HEAD = "unit_head"


def held_by(people: Iterable[int]) -> dict[int, list[Held]]:
    """{person: every appointment but those in squads, which prove nothing}; one query."""
    rows = Appointment.objects.filter(person_id__in=set(people))
    rows = rows.exclude(post__group=Post.Group.SQUAD).order_by("person_id", "valid_from", "id")
    found = rows.select_related("post", "unit").select_related("area").defer("area__boundary")
    return {
        person: [_held(row) for row in own]
        for person, own in groupby(found, attrgetter("person_id"))
    }


def _held(row: Appointment) -> Held:
    unit = row.unit
    words = f"{unit or row.area} {row.title or row.post}"
    is_head = row.post.code == HEAD and unit is not None and unit.rank == Unit.Rank.MUNICIPAL
    return Held(row.pk, words, is_head, row.rank, row.valid_from, row.valid_to)


NEAREST = Subquery(
    Area.objects.filter(level=Area.Level.COMMUNITY, path__lte=OuterRef("area_path"))
    .order_by("-path")
    .values("path")[:1]
)
"""The last community in the order of paths that is not behind a record's place: it holds the
place, if any does."""


def home_path(person: Person) -> str:
    """Path of the village or residents' community in which a person annotated with `near` lives,
    or of the area itself."""
    near: str = getattr(person, "near", None) or ""
    return near if near and person.area_path.startswith(near) else person.area_path


def community_path(area: Area) -> str:
    """Path of the village or residents' community in which an area lies, or of the area itself."""
    ids = [*area.ancestor_ids, area.pk]
    found = Area.objects.filter(pk__in=ids, level=Area.Level.COMMUNITY).first()
    return found.path if found else area.path
