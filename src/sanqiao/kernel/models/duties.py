from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import together
from sanqiao.kernel.scope import Access, ByPath, Mine, Of, Scoped, ScopedQuerySet

from .users import User


class Duty(Scoped):
    """任务: one owner, one date, its evidence, and a second pair of eyes."""

    class State(TextChoices):
        OPEN = "open", _("办理中")
        HANDED_IN = "handed_in", _("待核查")
        SIGNED_OFF = "signed_off", _("已销号")

    kind = models.CharField(max_length=60)
    title = models.CharField(_("任务"), max_length=200)
    owner = models.ForeignKey(User, models.PROTECT, related_name="duties")
    collaborators = models.ManyToManyField(User, related_name="+", blank=True)
    due_on = models.DateField(_("办理期限"))
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    area_path = models.TextField(db_collation="C")
    handed_in_at = models.DateTimeField(null=True)
    signed_off_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_off_at = models.DateTimeField(null=True)
    reopened_count = models.IntegerField(default=0)

    access: ClassVar[tuple[Access, ...]] = (ByPath("area_path", "areas"), Mine("owner_id"))
    objects = ScopedQuerySet["Duty"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_off_by=None) | ~Q(signed_off_by=F("owner")),
                name="duty_second_pair_of_eyes",
            ),
            together("signed_off_by", "signed_off_at", name="duty_signed_off_by_and_at"),
            models.CheckConstraint(
                condition=Q(state="signed_off", signed_off_at__isnull=False)
                | ~Q(state="signed_off") & Q(signed_off_at=None),
                name="duty_state_agrees",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="duty_area"),
            models.Index(
                fields=["owner", "due_on"], condition=~Q(state="signed_off"), name="duty_open"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Handover(Scoped):
    """办理记录: a step of a duty, from a note to the sign-off and beyond."""

    class Step(TextChoices):
        NOTE = "note", _("进展")
        EVIDENCE = "evidence", _("佐证")
        HAND_IN = "hand_in", _("提交")
        RETURN = "return", _("退回")
        SIGN_OFF = "sign_off", _("销号")
        REOPEN = "reopen", _("重新打开")

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step)
    text = models.TextField(blank=True)
    file = models.FileField(upload_to="evidence/", blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    area_path = models.TextField(db_collation="C")

    access: ClassVar[tuple[Access, ...]] = (Of("kernel.Duty", "duty_id"),)
    objects = ScopedQuerySet["Handover"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(step__in=["return", "reopen"]) | ~Q(text=""),
                name="handover_return_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.duty} · {self.get_step_display()}"
