from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import path_follows
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import ScopedQuerySet
from sanqiao.registers.areas.models import InArea

from .orders import Mobilisation


class Closing(InArea):
    """关闭记录: totals frozen, and what personal data was destroyed (突发事件应对法 第八十五条)."""

    mobilisation = models.OneToOneField(Mobilisation, models.PROTECT, related_name="closing")
    closed_on = models.DateField(_("关闭日期"))
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    totals = models.JSONField(_("冻结的总数"))
    destroyed = models.JSONField(_("销毁的个人信息"))
    digest = models.CharField(_("总数的摘要"), max_length=64)

    objects = ScopedQuerySet["Closing"].as_manager()

    class Meta:
        constraints = [path_follows("area", "areas_area", name="closing_area_path")]
        indexes = [models.Index(fields=["area_path"], name="closing_path")]

    def __str__(self) -> str:
        return f"{self.mobilisation} · {self.closed_on}"


class Score(InArea):
    """演练成绩: how fast an exercise was answered and where nobody came; to compare exercises.

    Minutes from the start of sending; None when so many never answered.
    """

    mobilisation = models.OneToOneField(Mobilisation, models.PROTECT, related_name="score")
    ordered = models.IntegerField(_("应到"))
    answered = models.IntegerField(_("已回复"))
    half_minutes = models.IntegerField(_("半数回复用时（分）"), null=True)
    most_minutes = models.IntegerField(_("九成回复用时（分）"), null=True)
    areas = models.IntegerField(_("村（社区）"))
    holes = models.IntegerField(_("无人能参加的村（社区）"))

    objects = ScopedQuerySet["Score"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="score_area_path"),
            CheckConstraint(
                condition=Q(holes__lte=F("areas"), answered__lte=F("ordered")),
                name="score_within",
            ),
        ]
        indexes = [models.Index(fields=["area_path"], name="score_path")]

    def __str__(self) -> str:
        return f"{self.mobilisation} {self.answered}/{self.ordered}"
