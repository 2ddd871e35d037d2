"""What the bulk commands of all registers share: rows find their areas, acts are noted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os.path import commonprefix
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, look_up

from .models import Area
from .policies import refuse_out_of_scope

UNKNOWN_AREA = Reason("areas.unknown", "area_key", _("找不到区划：%(value)s"))
TWIN = Reason("import.twin", "", _("与第 %(twin)d 行重复"))
BAD_DATES = Reason("import.dates", "valid_to", _("止日应晚于起日"))


class Place(NamedTuple):
    """An area as rows refer to it."""

    id: int
    path: str


NOWHERE = Place(0, "")


def places(keys: Iterable[str]) -> dict[str, Place]:
    """Areas by key; one query."""
    found = Area.objects.filter(key__in=set(keys)).values_list("key", "id", "path")
    return {key: Place(pk, path) for key, pk, path in found}


def placed(
    keys: Sequence[str], by: User, refusals: Refusals, *, field: str = "area_key"
) -> list[Place]:
    """Each row's area; rows with an unknown area or one out of `by`'s scope are refused."""
    found = look_up(keys, places(keys), NOWHERE, refusals, UNKNOWN_AREA._replace(field=field))
    refuse_out_of_scope(by, (place.path for place in found), refusals, field=field)
    return found


def note_import(kind: str, done: Imported, paths: Iterable[str], by: User) -> Imported:
    """One event on the smallest area that holds all rows; none when nothing became different."""
    if done.created or done.changed:
        note(kind, subject=common_area(paths), by=by, **done._asdict())
    return done


def common_area(paths: Iterable[str]) -> Area:
    """The smallest area above all paths, or the first root when they share none."""
    parts = [path.split(".")[:-1] for path in set(paths)]
    shared = commonprefix(parts)
    if shared:
        return Area.objects.get(pk=int(shared[-1]))
    return Area.objects.filter(parent=None).earliest("id")
