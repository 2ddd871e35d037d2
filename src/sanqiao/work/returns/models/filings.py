"""What was asked for, and what was filed: versions that are never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import (
    RawConstraint,
    no_overlap,
    ordered,
    path_follows,
    together,
)
from sanqiao.kernel.models import User
from sanqiao.kernel.periods import Day, Month, Period, Quarter, Year
from sanqiao.kernel.scope import ScopedQuerySet
from sanqiao.registers.areas.models import InArea

from .forms import FormEdition, FormLine, ReturnForm

PERIODS: dict[str, type[Day] | type[Month] | type[Quarter] | type[Year]] = {
    "day": Day, "month": Month, "quarter": Quarter, "year": Year,
}  # fmt: skip


class ReturnRound(models.Model):
    """填报期次: one period of a form: when it was asked for, and the one due time of all areas."""

    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="rounds")
    edition = models.ForeignKey(FormEdition, models.PROTECT, related_name="+")
    period_first = models.DateField(_("期初"))
    period_last = models.DateField(_("期末"))
    given_at = models.DateTimeField(_("布置时间"))
    due_at = models.DateTimeField(_("截止时间"))
    due_on = models.DateField(_("截止日期"))
    hours = models.DecimalField(_("给出的工作小时"), max_digits=7, decimal_places=1)
    hours_at_least = models.IntegerField(_("最少工作小时"))
    reason = models.CharField(_("时限不足的理由"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "period_first"], name="return_round_period"),
            models.UniqueConstraint(fields=["id", "form"], name="return_round_id_form"),
            CheckConstraint(
                condition=Q(period_last__gte=F("period_first")), name="return_round_dates"
            ),
            CheckConstraint(
                condition=Q(hours__gte=F("hours_at_least")) | ~Q(reason=""),
                name="return_round_hours_or_reason",
            ),
            RawConstraint(
                name="return_round_due_on",
                sql="CHECK (due_on = (due_at AT TIME ZONE 'Asia/Shanghai')::date)",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="return_round_due")]

    def __str__(self) -> str:
        return f"{self.form} {self.period}"

    @property
    def period(self) -> Period:
        return PERIODS[self.form.period_kind].containing(self.period_first)


class ReturnQuerySet(ScopedQuerySet["Return"]):
    def overdue(self, moment: datetime) -> Self:
        """Due before the moment, and not filed by then."""
        silent = Q(filed_on=None) | Q(filed_on__gt=moment)
        return self.filter(silent, round__due_at__lt=moment)


class Return(InArea):
    """填报任务: one area's return for one period; what it says stands in its versions."""

    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="+")
    round = models.ForeignKey(ReturnRound, models.PROTECT, related_name="returns")
    filed_on = models.DateField(_("首报日期"), null=True, editable=False)
    is_late = models.BooleanField(_("迟报"), null=True, editable=False)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="return_area_path"),
            models.UniqueConstraint(fields=["round", "area"], name="return_once"),
            models.UniqueConstraint(fields=["id", "form", "area"], name="return_id_form_area"),
            together("filed_on", "is_late", name="return_filed_on_and_late"),
            RawConstraint(
                name="return_form_of_round",
                sql='FOREIGN KEY ("round_id", "form_id") REFERENCES "returns_returnround"'
                ' ("id", "form_id") DEFERRABLE INITIALLY IMMEDIATE',
            ),
        ]
        indexes = [models.Index(fields=["area_path"], name="return_path")]

    def __str__(self) -> str:
        return f"{self.area} {self.round}"


class ReturnVersionQuerySet(ScopedQuerySet["ReturnVersion"]):
    def current(self) -> Self:
        return self.filter(is_current=True)


class ReturnVersion(InArea):
    """填报版本: what a return said when it was filed, or filed again to correct it.

    Its numbers speak of `valid_from`, the last day of the period, and hold until the next return
    of the same form and area. A trigger keeps what was filed from being changed.
    """

    record = models.ForeignKey(Return, models.PROTECT, related_name="versions")
    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="+")
    number = models.IntegerField(_("版次"))
    source = models.CharField(_("数据来源"), max_length=200, blank=True)
    note = models.CharField(_("附注"), max_length=500, blank=True)
    why = models.CharField(_("更正原因"), max_length=300, blank=True)
    warnings: models.JSONField[Any, Any] = models.JSONField(default=list)
    filed_at = models.DateTimeField(_("报送时间"))
    filed_on = models.DateField(_("报送日期"))
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("填报人"))
    recorded_at = models.DateTimeField(_("入库时间"))
    period_first = models.DateField(_("期初"))
    valid_from = models.DateField(_("期末"))
    valid_to = models.DateField(_("下一期"), null=True, editable=False)
    is_current = models.BooleanField(default=False, editable=False)

    objects = ReturnVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="return_version_area_path"),
            models.UniqueConstraint(fields=["record", "number"], name="return_version_number"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(is_current=True), name="return_version_one_current"
            ),
            no_overlap(
                "form_id", "area_id", name="return_version_one_a_day",
                start="valid_from", end="valid_to", where="is_current",
            ),
            ordered("valid_from", "valid_to", name="return_version_dates"),
            CheckConstraint(
                condition=Q(number=1) | ~Q(why=""), name="return_version_says_why"
            ),
            CheckConstraint(
                condition=Q(warnings=[]) | ~Q(note=""), name="return_version_warning_has_note"
            ),
            CheckConstraint(
                condition=Q(recorded_at__gte=F("filed_at")), name="return_version_clocks"
            ),
            RawConstraint(
                name="return_version_of_return",
                sql='FOREIGN KEY ("record_id", "form_id", "area_id") REFERENCES "returns_return"'
                ' ("id", "form_id", "area_id") DEFERRABLE INITIALLY IMMEDIATE',
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path"], name="return_version_path"),
            models.Index(
                fields=["form", "area", "valid_from"],
                condition=Q(is_current=True),
                name="return_version_series",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} · {self.number}"


class ReturnEntry(InArea):
    """填报数: one number of one version, of the return's own area or of a part of it.

    `value` is what was stated. `amount` is what the area adds to a sum: of a total with parts only
    what the parts leave over, so that totals and parts are never counted twice.
    """

    version = models.ForeignKey(ReturnVersion, models.PROTECT, related_name="entries")
    line = models.ForeignKey(FormLine, models.PROTECT, related_name="+", verbose_name=_("项目"))
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=4)
    amount = models.DecimalField(_("计入数"), max_digits=20, decimal_places=4)
    is_part = models.BooleanField(_("分区划数"), default=False)
    has_parts = models.BooleanField(_("有分区划数"), default=False)

    objects = ScopedQuerySet["ReturnEntry"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="return_entry_area_path"),
            models.UniqueConstraint(fields=["version", "line", "area"], name="return_entry_once"),
            CheckConstraint(condition=Q(value__gte=0), name="return_entry_value"),
            CheckConstraint(
                condition=Q(has_parts=True, is_part=False) | Q(has_parts=False, amount=F("value")),
                name="return_entry_amount",
            ),
        ]
        indexes = [models.Index(fields=["area_path"], name="return_entry_path")]

    def __str__(self) -> str:
        return f"{self.area} {self.line} {self.value.normalize():f}"
