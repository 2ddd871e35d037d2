from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HolidayYear(models.Model):
    """放假安排年度: a year whose holiday list has been published; others cannot be counted in."""

    year = models.IntegerField(primary_key=True)
    source = models.CharField(_("依据"), max_length=200)

    def __str__(self) -> str:
        return str(self.year)


class DayException(models.Model):
    """节假日或调休: a weekday that is off, or a weekend day that is worked."""

    day = models.DateField(primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    is_workday = models.BooleanField(_("是否上班"))
    year = models.ForeignKey(HolidayYear, models.PROTECT, related_name="days")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
