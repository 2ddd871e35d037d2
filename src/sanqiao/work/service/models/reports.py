from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import path_follows, together
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Access, ScopedQuerySet
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import organisation_path_follows
from sanqiao.registers.people.models import Person

from .check_ins import TO_BOTH_AND_ONESELF, MemberCheckIn
from .pairings import Pairing
from .parts import OfUnit

R = TypeVar("R", bound="Report")


class ReportQuerySet(ScopedQuerySet[R]):
    def unconfirmed(self) -> Self:
        return self.filter(confirmed_on=None)

    def without_remark(self) -> Self:
        return self.filter(confirmed_on__isnull=False, remarked_on=None)


class Report(OfUnit):
    """A report drafted from the records: `facts` are a list of what they say, in order of date.

    Whose it is only confirms it; then the community adds its remark, and it is done. Confirmed on
    paper, it has a date and no `confirmed_by`.
    """

    period_first = models.DateField(_("期初"))
    period_last = models.DateField(_("期末"))
    due_on = models.DateField(_("期限"))
    facts: models.JSONField[Any, Any] = models.JSONField(default=list, editable=False)
    confirmed_on = models.DateField(_("确认日期"), null=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人")
    )
    remark = models.CharField(_("社区意见"), max_length=300, blank=True)
    remarked_on = models.DateField(_("签署日期"), null=True)
    remarked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("签署人")
    )

    class Meta:
        abstract = True

    @property
    def is_done(self) -> bool:
        return self.remarked_on is not None

    @property
    def state(self) -> str:
        if self.confirmed_on is None:
            return str(_("待确认"))
        return str(_("已完成") if self.is_done else _("待社区签署意见"))


def rules(table: str) -> list[models.BaseConstraint]:
    """What both kinds of report must obey."""
    return [
        path_follows("area", "areas_area", name=f"{table}_area_path"),
        organisation_path_follows(f"{table}_organisation_path"),
        CheckConstraint(condition=Q(period_last__gt=F("period_first")), name=f"{table}_period"),
        CheckConstraint(condition=Q(due_on__gte=F("period_last")), name=f"{table}_due"),
        CheckConstraint(
            condition=Q(confirmed_on__isnull=False) | Q(confirmed_by=None, remarked_on=None),
            name=f"{table}_remark_after_confirmed",
        ),
        together("remarked_on", "remarked_by", name=f"{table}_remarked"),
        CheckConstraint(
            condition=Q(remarked_on=None, remark="") | Q(remarked_on__isnull=False) & ~Q(remark=""),
            name=f"{table}_remark_says_something",
        ),
        CheckConstraint(
            condition=Q(confirmed_by=None) | Q(remarked_by=None)
            | ~Q(confirmed_by=F("remarked_by")),
            name=f"{table}_two_pairs_of_eyes",
        ),
    ]  # fmt: skip


class MemberReport(Report):
    """半年报告: what the records say of one person's half-year in the community."""

    check_in = models.ForeignKey(MemberCheckIn, models.PROTECT, related_name="reports")
    community = models.ForeignKey(
        Area, models.PROTECT, related_name="member_reports", verbose_name=_("社区")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="service_reports", verbose_name=_("姓名")
    )
    name = models.CharField(_("姓名"), max_length=60, editable=False)

    access: ClassVar[tuple[Access, ...]] = TO_BOTH_AND_ONESELF
    objects = ReportQuerySet["MemberReport"].as_manager()

    class Meta:
        constraints = [
            *rules("member_report"),
            models.UniqueConstraint(fields=["person", "period_first"], name="member_report_once"),
        ]
        indexes = [
            models.Index(fields=["area_path", "id"], name="member_report_path"),
            models.Index(fields=["organisation_path"], name="member_report_org_path"),
        ]

    def __str__(self) -> str:
        half = 1 if self.period_first.month == 1 else 2
        return f"{self.name} · {self.period_first.year}-H{half}"


class UnitReport(Report):
    """年度报告: what the records say of a unit's year in one community that it supports."""

    pairing = models.ForeignKey(Pairing, models.PROTECT, related_name="reports")

    objects = ReportQuerySet["UnitReport"].as_manager()

    class Meta:
        constraints = [
            *rules("unit_report"),
            models.UniqueConstraint(fields=["pairing", "period_first"], name="unit_report_once"),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="unit_report_path"),
            models.Index(fields=["organisation_path"], name="unit_report_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name} · {self.area} · {self.period_first.year}"
