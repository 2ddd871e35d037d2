"""Records by name, pinyin, initials, or (for people) the last four of ID number or phone."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Person

TAIL = 4


def spelled(text: str) -> Q:
    """Chinese inside the name; letters inside the pinyin or from the start of the initials."""
    if not text.isascii():
        return Q(name__contains=text)
    letters = text.lower().replace(" ", "")
    return Q(pinyin__contains=letters) | Q(initials__startswith=letters)


def areas(user: User, text: str, most: int) -> QuerySet[Area]:
    """Names of areas are public."""
    wanted = Q(key__startswith=text) if text.isdecimal() else spelled(text)
    rows = Area.objects.filter(wanted, valid_to=None).defer("boundary")
    return rows.order_by("path")[:most]


def organisations(user: User, text: str, most: int) -> QuerySet[Organisation]:
    wanted = spelled(text) | Q(code=text)
    rows = Organisation.objects.visible_to(user).filter(wanted, dissolved_on=None)
    return rows.order_by("path")[:most]


def people(user: User, text: str, most: int) -> QuerySet[Person]:
    wanted = spelled(text)
    if len(text) == TAIL and text[:-1].isdecimal():
        key = find_key(text.upper())
        wanted = Q(id_tail_key=key) | Q(phone_tail_key=key)
    rows = Person.objects.visible_to(user).filter(wanted).select_related("area")
    return rows.order_by("id")[:most]
