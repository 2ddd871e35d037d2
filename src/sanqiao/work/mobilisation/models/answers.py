from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import path_follows
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Access, ByPath, Of, ScopedQuerySet
from sanqiao.registers.areas.models import InArea

from .callouts import CallOut


class Answer(InArea):
    """回复: what somebody said, once or again. The first one stands; later ones are history."""

    class Choice(TextChoices):
        CAN = "can", _("能参加")
        CANNOT = "cannot", _("不能参加")

    class Via(TextChoices):
        LINK = "link", _("本人点链接")
        PHONE = "phone", _("支部电话")
        SHEET = "sheet", _("支部回执")
        REHEARSAL = "rehearsal", _("演练模拟")

    history_omits: ClassVar[tuple[str, ...]] = ("reason",)

    call_out = models.ForeignKey(CallOut, models.PROTECT, related_name="answers")
    answer = models.CharField(_("回复"), max_length=6, choices=Choice)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    via = models.CharField(_("途径"), max_length=10, choices=Via)
    stands = models.BooleanField(_("有效"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Of("mobilisation.CallOut", "call_out_id"),
    )
    objects = ScopedQuerySet["Answer"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="answer_area_path"),
            models.UniqueConstraint(
                fields=["call_out"], condition=Q(stands=True), name="answer_first_stands"
            ),
        ]
        indexes = [models.Index(fields=["area_path"], name="answer_path")]

    def __str__(self) -> str:
        return f"{self.call_out} {self.answer}"
