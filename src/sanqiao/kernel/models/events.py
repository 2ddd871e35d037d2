from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.scope import Access, Audited, ByPath, Mine, Scoped, ScopedQuerySet

from .users import User

BY_BOTH: tuple[Access, ...] = (
    ByPath("area_path", "areas"),
    ByPath("organisation_path", "organisations"),
    Audited(),
)


class Event(Scoped):
    """经过: what was done, to what, by whom, when. Append-only; no foreign keys, nothing blocks."""

    kind = models.TextField()
    subject = models.TextField()
    subject_name = models.TextField(blank=True)
    by = models.TextField()
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    area_path = models.TextField(db_collation="C", blank=True)
    organisation_path = models.TextField(db_collation="C", blank=True)
    data = models.JSONField(default=dict)

    access: ClassVar[tuple[Access, ...]] = (*BY_BOTH, Mine("by_id"))
    objects = ScopedQuerySet["Event"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-id"], name="event_subject"),
            models.Index(fields=["area_path", "-id"], name="event_area"),
            models.Index(fields=["organisation_path", "-id"], name="event_organisation"),
            models.Index(fields=["by_id", "-id"], name="event_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


RUN = 64
"""Rows that one line of history may cover at most; larger inserts are kept by runs."""


class ChangeQuerySet(ScopedQuerySet["Change"]):
    def of(self, table: str, row_id: int) -> Self:
        """Of one row, in the order in which they were made."""
        itself = Q(row_id=row_id) | Q(last_id__gte=row_id)
        near = self.filter(table=table, row_id__range=(row_id - row_id % RUN, row_id))
        return near.filter(itself).order_by("id")


class Change(Scoped):
    """变更: one row changed; written by triggers alone, with the image before the change.

    Of a large insert it is a run of rows, from `row_id` to `last_id`.
    """

    table = models.TextField()
    row_id = models.BigIntegerField()
    last_id = models.BigIntegerField(null=True)
    op = models.CharField(max_length=1)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    request = models.TextField(blank=True)
    area_path = models.TextField(db_collation="C", null=True)  # noqa: DJ001 (as the trigger finds)
    organisation_path = models.TextField(db_collation="C", null=True)  # noqa: DJ001
    before = models.JSONField(null=True)

    access: ClassVar[tuple[Access, ...]] = BY_BOTH
    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["table", "row_id", "-id"], name="change_row")]

    def __str__(self) -> str:
        return f"{self.op} {self.table}:{self.row_id}"


class Look(Scoped):
    """查阅: somebody saw unmasked personal data, and said why (个人信息保护法). Append-only."""

    user = models.ForeignKey(User, models.PROTECT, related_name="looks")
    subject = models.TextField()
    field = models.TextField()
    purpose = models.CharField(_("查阅事由"), max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    access: ClassVar[tuple[Access, ...]] = (Mine("user_id"), Audited())
    objects = ScopedQuerySet["Look"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject", "-id"], name="look_subject")]

    def __str__(self) -> str:
        return f"{self.user} {self.subject}.{self.field}"


def reference(subject: models.Model) -> str:
    """`areas.Area:17`, the way events and looks name a record."""
    return f"{subject._meta.label}:{subject.pk}"


def note(kind: str, *, subject: models.Model, by: User, **data: Any) -> Event:
    """Append one event. `kind` is `<app>.<past tense>`, e.g. `areas.grid_split`."""
    return Event.objects.create(
        kind=kind,
        subject=reference(subject),
        subject_name=str(subject),
        by=str(by),
        by_id=by.pk,
        area_path=getattr(subject, "area_path", None) or getattr(subject, "path", "") or "",
        organisation_path=getattr(subject, "organisation_path", None) or "",
        data=data,
    )


def note_look(*, user: User, subject: models.Model, field: str, purpose: str) -> Look:
    """Log that `user` saw `field` of `subject` unmasked."""
    return Look.objects.create(user=user, subject=reference(subject), field=field, purpose=purpose)
