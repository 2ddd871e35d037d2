from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import path_follows, together
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Above, Access, AtRoot, ScopedQuerySet, When
from sanqiao.registers.areas.models import InArea

BELOW: tuple[Access, ...] = (Above("area_path", "areas"), AtRoot("area_path", "organisations"))
"""What is printed for an area is for the staff below it; a city's, also for units and branches."""


class WorkReport(InArea):
    """综述: a work report in the making; its text is narrative with bound figures.

    A draft is its area's own; once printed, who works below the area reads it.
    """

    reading: ClassVar[tuple[Access, ...]] = tuple(When(way, "state", "published") for way in BELOW)

    class State(TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已印发")

    title = models.CharField(_("标题"), max_length=120)
    organ = models.CharField(_("发文机关标志"), max_length=60, blank=True)
    number = models.CharField(_("发文字号"), max_length=40, blank=True)
    addressee = models.CharField(_("主送机关"), max_length=120, blank=True)
    sign = models.CharField(_("署名"), max_length=60)
    copied_to = models.CharField(_("抄送"), max_length=200, blank=True)
    text = models.TextField(_("正文"))
    start = models.DateField(_("期间起"))
    as_of = models.DateField(_("截止日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["WorkReport"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="work_report_area_path"),
            CheckConstraint(condition=Q(start__lte=models.F("as_of")), name="work_report_period"),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="work_report_number"
            ),
        ]
        indexes = [models.Index(fields=["area_path", "-id"], name="work_report_path")]

    def __str__(self) -> str:
        return self.title


class Publication(InArea):
    """印发件: what was printed, with its frozen evidence; never changed."""

    reading: ClassVar[tuple[Access, ...]] = BELOW

    report = models.OneToOneField(WorkReport, models.PROTECT, related_name="publication")
    folder = models.CharField(max_length=40, unique=True)
    evidence_digest = models.CharField(max_length=64)
    chain_seq = models.BigIntegerField()
    chain_digest = models.CharField(max_length=64)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    objects = ScopedQuerySet["Publication"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="publication_area_path"),
            together("published_by", "published_at", name="publication_by_and_at"),
        ]
        indexes = [models.Index(fields=["area_path"], name="publication_path")]

    def __str__(self) -> str:
        return str(self.report)

    def file(self, kind: str) -> Path:
        """The document as docx, pdf or html; its evidence folder lies beside it."""
        return published_root() / self.folder / f"report.{kind}"


class FrozenNumber(models.Model):
    """冻结数: one number as it was printed: definition, area, days, value, rows."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="numbers")
    key = models.CharField(max_length=10)
    figure = models.CharField(_("指标"), max_length=80)
    since = models.DateField(_("口径起用日期"))
    area_key = models.CharField(max_length=30)
    start = models.DateField(null=True)
    as_of = models.DateField(_("截止日期"))
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=4, null=True)
    printed = models.CharField(_("印出的文字"), max_length=40)
    rows = models.IntegerField(_("行数"))
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "key"], name="frozen_number_key")
        ]
        indexes = [models.Index(fields=["figure", "as_of"], name="frozen_number_figure")]

    def __str__(self) -> str:
        return f"{self.figure} = {self.printed}"


def published_root() -> Path:
    """Where published documents lie, a folder each."""
    return Path(settings.MEDIA_ROOT) / "reports"
