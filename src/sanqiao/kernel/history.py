"""What a record was: its versions for people to read, and its state as known at a moment.

The triggers keep the image before each change; the image after it is the one before the next
change, or the row as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Field, ForeignKey, Model, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from .fields import EncryptedField, decrypt
from .models import Change, User

Image = Mapping[str, Any]
"""A row as JSON, by column."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed, as words; an encrypted one never shows its values."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Version:
    """One change of a record. `op` is I, U or D; `actor` is empty for the system itself."""

    at: datetime
    actor: str
    op: str
    request: str
    changes: tuple[Difference, ...]


def history_of(record: Model) -> list[Version]:
    """Versions of a record, latest first, as far as the reader's scope goes.

    Two queries, and one more for each foreign key that ever changed.
    """
    changes = Change.objects.of(record._meta.db_table, record.pk)
    rows: list[Any] = list(changes.annotate(actor_name=_actor_name()))
    if not rows:
        return []
    later = [*(row.before for row in rows[1:]), _shown_now(record)]
    pairs = [(row.before or {}, later[i] or {}) for i, row in enumerate(rows)]
    words = _Words(type(record), [p for r, p in zip(rows, pairs, strict=True) if r.op == "U"])
    versions = [
        Version(
            at=row.at,
            actor=row.actor_name or "",
            op=row.op,
            request=row.request,
            changes=words.differences(*pair) if row.op == "U" else (),
        )
        for row, pair in zip(rows, pairs, strict=True)
    ]
    return versions[::-1]


def state_on(model: type[Model], row_id: int, known_at: datetime) -> Image | None:
    """The row as we knew it at a moment, by column; None when we did not know it. ≤ 2 queries."""
    after = Change.objects.of(model._meta.db_table, row_id).filter(at__gt=known_at).first()
    if after is None:
        return _current(model._meta.db_table, row_id)
    return None if after.op == "I" else after.before


def _actor_name() -> Subquery:
    users = User.objects.filter(pk=OuterRef("actor_id"))
    name = Coalesce(NullIf("display_name", Value("")), "username")
    return Subquery(users.annotate(name=name).values("name"))


def _shown_now(record: Model) -> Image | None:
    """The row that stands, without what its history never holds."""
    now = _current(record._meta.db_table, record.pk)
    omitted = getattr(record, "history_omits", ())
    return now and {column: value for column, value in now.items() if column not in omitted}


def _current(table: str, row_id: int) -> Image | None:
    """The row that stands, in the same form as the images."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t WHERE id = %s', [row_id])  # noqa: S608
        found = cursor.fetchone()
    return None if found is None else json.loads(found[0])


class _Words:
    """Turns images of one model into words; looks up the names behind changed foreign keys once."""

    def __init__(self, model: type[Model], pairs: Iterable[tuple[Image, Image]]) -> None:
        self.fields = [f for f in model._meta.concrete_fields if _is_shown(f)]
        self.names = {
            _column(field): _names(field, pairs)
            for field in self.fields
            if isinstance(field, ForeignKey)
        }

    def differences(self, before: Image, after: Image) -> tuple[Difference, ...]:
        pairs = [(f, _value(f, before), _value(f, after)) for f in self.fields]
        return tuple(self.difference(f, old, new) for f, old, new in pairs if old != new)

    def difference(self, field: Field[Any, Any], old: Any, new: Any) -> Difference:
        name = str(field.verbose_name)
        if isinstance(field, EncryptedField):
            return Difference(name, "", _("已更新"))
        return Difference(name, self.word(field, old), self.word(field, new))

    def word(self, field: Field[Any, Any], value: Any) -> str:
        if value is None:
            return ""
        names = self.names.get(_column(field))
        if names is not None:
            return names.get(value, str(value))
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return str(dict(field.flatchoices).get(value, value))


def _names(field: ForeignKey[Any, Any], pairs: Iterable[tuple[Image, Image]]) -> dict[Any, str]:
    """The words of every row that a changed `field` named, as far as the reader may see them."""
    column = _column(field)
    ends = [(before.get(column), after.get(column)) for before, after in pairs]
    ids = {value for old, new in ends if old != new for value in (old, new) if value is not None}
    rows = field.related_model._default_manager.in_bulk(ids) if ids else {}
    return {key: str(row) for key, row in rows.items()}


def _value(field: Field[Any, Any], image: Image) -> Any:
    """As JSON; of an encrypted field the text, because its bytes differ each time it is saved."""
    value = image.get(_column(field))
    if value and isinstance(field, EncryptedField):
        return decrypt(bytes.fromhex(value.removeprefix("\\x")))
    return value


def _is_shown(field: Field[Any, Any]) -> bool:
    """What people edit; binary fields are not editable by default, the encrypted ones are."""
    return isinstance(field, EncryptedField) or field.editable and not field.primary_key


def _column(field: Field[Any, Any]) -> str:
    return str(field.column)
