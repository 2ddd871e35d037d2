"""What may be done next with a record, as buttons; what may not be done is absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from sanqiao.kernel.models import User

from .addresses import address

Words = str | Promise


@dataclass(frozen=True)
class Action:
    """`is_first` is the one that most people come for."""

    title: Words
    href: str
    icon: str = "edit"
    is_first: bool = False


def permitted(user: User, record: Any, *offers: tuple[str, Action]) -> list[Action]:
    """The offers whose act some grant allows on the record's area or organisation."""
    area = getattr(record, "area_path", None)
    organisation = getattr(record, "organisation_path", None)
    return [action for act, action in offers if user.may(act, area=area, organisation=organisation)]


def history_href(record: Model) -> str:
    return address("history", record._meta.label, record.pk)
