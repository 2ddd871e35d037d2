from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import path_follows
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import ScopedQuerySet
from sanqiao.registers.organisations.models import organisation_path_follows

from .squads import Deployment, OfSquad, Squad


class LogEntryQuerySet(ScopedQuerySet["LogEntry"]):
    def standing(self) -> Self:
        """Those that no later entry corrects."""
        return self.filter(correction=None)


class LogEntry(OfSquad):
    """工作日志: what a squad did on a day; appended only, put right by a later entry."""

    squad = models.ForeignKey(Squad, models.PROTECT, related_name="log", verbose_name=_("突击队"))
    deployment = models.ForeignKey(
        Deployment, models.PROTECT, null=True, related_name="log", verbose_name=_("派驻")
    )
    day = models.DateField(_("日期"))
    text = models.CharField(_("做了什么"), max_length=500)
    deeds = models.IntegerField(_("办实事（件）"), default=0)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="correction", verbose_name=_("更正")
    )
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("填写人"))

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="squad_log_area_path"),
            organisation_path_follows("squad_log_organisation_path"),
            CheckConstraint(condition=Q(deeds__gte=0), name="squad_log_deeds"),
            CheckConstraint(condition=~Q(text=""), name="squad_log_says_what"),
        ]
        indexes = [
            models.Index(fields=["area_path", "id"], name="squad_log_path"),
            models.Index(fields=["organisation_path"], name="squad_log_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.squad} {self.day}"
