"""What is to be reported: definitions, in editions that once used never change."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import no_overlap, ordered
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area, in_force


class ReturnFormQuerySet(models.QuerySet["ReturnForm"]):
    def visible_to(self, user: User) -> Self:
        """Definitions are public."""
        return self.all()


class ReturnForm(models.Model):
    """报表: what a competent body wants reported, by which level, for which periods. Public."""

    class PeriodKind(TextChoices):
        DAY = "day", _("日报")
        MONTH = "month", _("月报")
        QUARTER = "quarter", _("季报")
        YEAR = "year", _("年报")

    code = models.SlugField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("报表名称"), max_length=80)
    competent_body = models.CharField(_("主管单位"), max_length=80)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    level = models.CharField(_("填报层级"), max_length=10, choices=Area.Level)
    period_kind = models.CharField(_("期别"), max_length=10, choices=PeriodKind)

    objects = ReturnFormQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(competent_body=""), name="return_form_competent_body")
        ]

    def __str__(self) -> str:
        return self.name


class FormEditionQuerySet(models.QuerySet["FormEdition"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))


class FormEdition(models.Model):
    """报表版本: lines, identities and the clock of a form, from a day to a day.

    The due time is `due_after` days after the period at `due_time`, one clock for all levels. A
    lower level gets at least `hours_at_least` working hours, or a reason why not.
    """

    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="editions")
    number = models.IntegerField(_("版次"))
    valid_from = models.DateField(_("起用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    due_after = models.IntegerField(_("期后天数"), default=1)
    due_in_workdays = models.BooleanField(_("按工作日计"), default=True)
    due_time = models.TimeField(_("截止时刻"))
    hours_at_least = models.IntegerField(_("给下级的最少工作小时"), default=8)
    office_hours = models.CharField(_("工作时间"), max_length=60, default="08:30-12:00,14:30-18:00")
    counts_every_hour = models.BooleanField(_("昼夜值守，按实际小时计"), default=False)

    objects = FormEditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_edition_number"),
            ordered("valid_from", "valid_to", name="form_edition_dates"),
            no_overlap("form_id", name="form_edition_once", start="valid_from", end="valid_to"),
            CheckConstraint(
                condition=Q(due_after__gte=0, hours_at_least__gte=0), name="form_edition_clock"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} · {self.number}"


class FormLine(models.Model):
    """报表项目: one number of a form. `code` is `<form>.<line>`, the same in every edition."""

    class Timing(TextChoices):
        STOCK = "stock", _("时点数")
        CUMULATIVE = "cumulative", _("累计数")
        FLOW = "flow", _("期间数")

    edition = models.ForeignKey(FormEdition, models.PROTECT, related_name="lines")
    order = models.IntegerField(_("序号"))
    code = models.CharField(_("编码"), max_length=60)
    name = models.CharField(_("项目"), max_length=60)
    unit = models.CharField(_("计量单位"), max_length=12)
    timing = models.CharField(_("时间口径"), max_length=10, choices=Timing)
    by_area = models.BooleanField(_("分区划填报"), default=False)
    required = models.BooleanField(_("必填"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="form_line_code"),
            models.UniqueConstraint(fields=["edition", "order"], name="form_line_order"),
            CheckConstraint(condition=~Q(unit=""), name="form_line_unit"),
        ]
        indexes = [models.Index(fields=["code"], name="form_line_by_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        """The code within the form."""
        return self.code.partition(".")[2]


class FormIdentity(models.Model):
    """恒等式: `total` should equal the sum of its terms; where not, the return must say why."""

    edition = models.ForeignKey(FormEdition, models.PROTECT, related_name="identities")
    order = models.IntegerField(_("序号"))
    name = models.CharField(_("恒等式"), max_length=120)
    total = models.ForeignKey(FormLine, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "order"], name="form_identity_order")
        ]

    def __str__(self) -> str:
        return self.name


class IdentityTerm(models.Model):
    """恒等式的一项: a line that is added or taken away."""

    identity = models.ForeignKey(FormIdentity, models.PROTECT, related_name="terms")
    line = models.ForeignKey(FormLine, models.PROTECT, related_name="+")
    sign = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "line"], name="identity_term_once"),
            CheckConstraint(condition=Q(sign__in=[1, -1]), name="identity_term_sign"),
        ]

    def __str__(self) -> str:
        return f"{'+' if self.sign > 0 else '−'} {self.line}"
