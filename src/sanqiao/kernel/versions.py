"""Two editors of one record: the second is told what the first did, and loses nothing.

The version of a record is the id of its last history row; forms carry it along.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from .errors import Refused
from .fields import EncryptedField, decrypt
from .models import Change, User


class Difference(NamedTuple):
    """One field: its label, what it was, what it is now, in words; a secret one has no words."""

    field: str
    label: str
    before: str
    now: str


class ChangedMeanwhile(Refused):
    """Somebody changed the record after it was read; `differences` say what."""

    def __init__(self, app: str, change: Change, found: list[Difference]) -> None:
        self.by = _name(change.actor_id)
        self.at: datetime = change.at
        self.differences = found
        words = _("%(by)s 已于 %(at)s 修改了：%(fields)s。您填的内容仍在，请核对后再保存")
        fields = "、".join(difference.label for difference in found) or _("本记录")
        when = f"{change.at.astimezone():%Y-%m-%d %H:%M}"
        super().__init__(
            f"{app}.changed_meanwhile", words % {"by": self.by, "at": when, "fields": fields}
        )


def version_of(record: models.Model) -> int:
    """Id of the record's last history row; 0 when it has none that you may see."""
    return _history(record).values_list("id", flat=True).first() or 0


def check_version(record: models.Model, known: int) -> None:
    """Raises ChangedMeanwhile when the record, read anew under a lock, has a later version."""
    later = list(_history(record).filter(id__gt=known))
    if later:
        found = differences(record, later[-1].before or {})
        raise ChangedMeanwhile(record._meta.app_label, later[0], found)


def differences(record: models.Model, before: dict[str, Any]) -> list[Difference]:
    """What `record` has different from an image of its history, in words; secrets have none."""
    found = []
    for field in record._meta.concrete_fields:
        if field.column not in before:
            continue
        was, now = before[field.column], field.value_from_object(record)
        if isinstance(field, EncryptedField):
            if _deciphered(was) != (now or ""):
                found.append(Difference(field.name, str(field.verbose_name), "", ""))
        elif field.editable and field.to_python(was) != now:
            words = (_word(field, field.to_python(was)), _word(field, now))
            found.append(Difference(field.name, str(field.verbose_name), *words))
    return found


def _deciphered(image: str | None) -> str:
    """The text of an encrypted column in an image, which has it as hexadecimal."""
    return decrypt(bytes.fromhex(image.removeprefix("\\x"))) if image else ""


def _word(field: models.Field[Any, Any], value: Any) -> str:
    """The value as the form shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(field, models.ForeignKey):
        return str(field.related_model._default_manager.filter(pk=value).first() or "")
    return str(dict(field.flatchoices).get(value, value))


def _history(record: models.Model) -> models.QuerySet[Change]:
    return Change.objects.of(record._meta.db_table, record.pk).order_by("-id")


def _name(actor_id: int | None) -> str:
    user = User.objects.filter(pk=actor_id).first() if actor_id else None
    return str(user) if user else _("系统")
