"""One box finds an area, an organisation, a unit or a person.

Letters are looked for as pinyin and as initials, Chinese by its pinyin and then its characters,
four digits as the end of an ID number or a phone. Prefixes are ranges in collation C, which an
index answers also under row-level security; `LIKE` would not be let near it before the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.spelling import holds, spelled_name

from .models import Person

LAST = "\U0010ffff"
"""Sorts after every character."""
TAIL = 4


class Found(NamedTuple):
    """`url_name` takes the area's key, or the id of anything else."""

    kind: str
    id: int
    title: str
    subtitle: str
    url_name: str


def find(text: str, user: User, limit: int = 10) -> list[Found]:
    """At most `limit` of each kind, exact beginnings first, as far as `user` may see."""
    text = "".join(text.split())
    if not text:
        return []
    return list(chain(
        find_areas(text, limit), find_organisations(text, user, limit),
        find_units(text, user, limit), find_people(text, user, limit),
    ))  # fmt: skip


def find_areas(text: str, limit: int) -> Iterator[Found]:
    """Names of areas are public."""
    rows = Area.objects.filter(valid_to=None).defer("boundary").select_related("parent")
    for area in _best(rows, text, limit, code="key"):
        above = area.parent.name if area.parent else ""
        yield Found("area", area.pk, area.name, above, "areas:detail")


def find_organisations(text: str, user: User, limit: int) -> Iterator[Found]:
    rows = Organisation.objects.visible_to(user).filter(dissolved_on=None).select_related("area")
    for found in _best(rows, text, limit, code="code"):
        yield Found("organisation", found.pk, found.name, found.area.name, "organisations:detail")


def find_units(text: str, user: User, limit: int) -> Iterator[Found]:
    rows = Unit.objects.visible_to(user).filter(valid_to=None).select_related("area")
    for unit in _best(rows, text, limit, code="credit_code"):
        yield Found("unit", unit.pk, unit.name, unit.area.name, "units:detail")


def find_people(text: str, user: User, limit: int) -> Iterator[Found]:
    rows = Person.objects.visible_to(user).select_related("area")
    people = _by_tail(rows, text) if _is_tail(text) else _people(rows, text, limit)
    for person in people[:limit]:
        yield Found("person", person.pk, person.name, person.area.name, "people:detail")


def _is_tail(text: str) -> bool:
    """Four digits, the last perhaps an X."""
    return len(text) == TAIL and text[:-1].isdecimal() and text[-1] in "0123456789Xx"


def _by_tail(rows: QuerySet[Person], text: str) -> list[Person]:
    key = find_key(text.upper())
    return list(rows.filter(Q(id_tail_key=key) | Q(phone_tail_key=key))[:100])


def _people(rows: QuerySet[Person], text: str, limit: int) -> list[Person]:
    """By the beginning of the name. Given names alone are not looked for: under row-level
    security that reads every row, which took 50 to 250 ms over 89,000."""
    if text.isascii():
        return _spelled(rows, text.lower(), limit)
    begin = begins("pinyin", spelled_name(text).pinyin)
    return list(rows.filter(begin, holds("name", text, how="startswith"))[:limit])


def _spelled(rows: QuerySet[Any], letters: str, limit: int) -> list[Any]:
    """Letters as the beginning of the pinyin, or of the initials: wangxiaoming, wxm."""
    by_pinyin = list(rows.filter(begins("pinyin", letters))[:limit])
    known = {row.pk for row in by_pinyin}
    initials = rows.filter(begins("pinyin", letters[0]), begins("initials", letters))
    found = (row for row in initials[: limit + len(known)] if row.pk not in known)
    return by_pinyin + list(islice(found, limit - len(by_pinyin)))


def begins(column: str, text: str) -> Q:
    """`column`, in collation C, begins with `text`."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST})


def _best(rows: QuerySet[Any], text: str, limit: int, *, code: str) -> list[Any]:
    """By code, by name, by spelling; those that begin with the text before the others."""
    if not text.isascii():
        wanted, rank = holds("name", text), _place_of_name(text.lower())
    elif text.isdecimal():
        wanted, rank = Q(**{f"{code}__startswith": text}), _place_of_code(code)
    else:
        letters = text.lower()
        wanted = Q(pinyin__contains=letters) | Q(initials__startswith=letters)
        wanted, rank = wanted | Q(**{f"{code}__iexact": text}), _place_of_letters(letters)
    return sorted(rows.filter(wanted)[: limit * 20], key=rank)[:limit]


def _place_of_name(text: str) -> Callable[[Any], Any]:
    return lambda row: (row.name.lower().find(text), len(row.name), row.pk)


def _place_of_code(code: str) -> Callable[[Any], Any]:
    return lambda row: (len(getattr(row, code)), getattr(row, code))


def _place_of_letters(letters: str) -> Callable[[Any], Any]:
    return lambda row: (
        not row.initials.startswith(letters), row.pinyin.find(letters), len(row.pinyin), row.pk
    )  # fmt: skip
