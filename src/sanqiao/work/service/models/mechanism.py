from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import no_overlap, ordered
from sanqiao.registers.areas.models import Area, in_force


class MechanismDutyQuerySet(models.QuerySet["MechanismDuty"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))


class MechanismDuty(models.Model):
    """双报到、双报告事项: one duty of the mechanism; a city's own list, dated. Public."""

    class Kind(TextChoices):
        CHECK_IN = "check_in", _("报到")
        REPORT = "report", _("报告")

    class Party(TextChoices):
        UNIT = "unit", _("单位")
        MEMBER = "member", _("党员干部职工")

    class Cycle(TextChoices):
        ONCE = "once", _("一次")
        HALF = "half", _("每半年")
        YEAR = "year", _("每年")

    area = models.ForeignKey(Area, models.PROTECT, related_name="mechanism_duties")
    order = models.IntegerField(_("序号"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    party = models.CharField(_("责任方"), max_length=10, choices=Party)
    name = models.CharField(_("事项"), max_length=60)
    cycle = models.CharField(_("周期"), max_length=10, choices=Cycle)
    days_after = models.IntegerField(_("期末后天数"), default=0)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    valid_from = models.DateField(_("起用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    objects = MechanismDutyQuerySet.as_manager()

    class Meta:
        constraints = [
            ordered("valid_from", "valid_to", name="mechanism_duty_dates"),
            no_overlap(
                "area_id", '"order"', name="mechanism_duty_once", start="valid_from", end="valid_to"
            ),
            CheckConstraint(condition=Q(days_after__gte=0), name="mechanism_duty_days_after"),
        ]

    def __str__(self) -> str:
        return self.name
