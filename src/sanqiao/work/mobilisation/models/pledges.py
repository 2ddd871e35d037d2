from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import ordered, path_follows
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Access, ByPath, Of, Own, ScopedQuerySet
from sanqiao.registers.areas.models import InArea
from sanqiao.registers.people.models import Person

from .callouts import CallOut
from .orders import Mobilisation


class PledgeCampaign(InArea):
    """承诺活动: a named activity in which people pledge something from a list, in own words."""

    name = models.CharField(_("名称"), max_length=60)
    mobilisation = models.ForeignKey(
        Mobilisation, models.PROTECT, null=True, related_name="campaigns", verbose_name=_("动员")
    )
    items = models.JSONField(_("承诺事项"), default=list)
    opens_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期"), null=True, blank=True)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Of("mobilisation.Mobilisation", "mobilisation_id"),
    )
    objects = ScopedQuerySet["PledgeCampaign"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="pledgecampaign_area_path"),
            ordered("opens_on", "closes_on", name="pledgecampaign_dates"),
        ]
        indexes = [models.Index(fields=["area_path"], name="pledgecampaign_path")]

    def __str__(self) -> str:
        return self.name


class PledgeQuerySet(ScopedQuerySet["Pledge"]):
    def done(self, day: date) -> Self:
        """Kept by the day: a dated deed stands behind it."""
        return self.filter(Exists(Deed.objects.filter(pledge=OuterRef("pk"), done_on__lte=day)))


class Pledge(InArea):
    """承诺: what somebody promised to do. Nothing marks it done but a dated deed."""

    history_omits: ClassVar[tuple[str, ...]] = ("person_id", "words")

    campaign = models.ForeignKey(PledgeCampaign, models.PROTECT, related_name="pledges")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="pledges", verbose_name=_("姓名")
    )
    call_out = models.ForeignKey(CallOut, models.PROTECT, null=True, related_name="pledges")
    item = models.CharField(_("承诺事项"), max_length=60)
    words = models.CharField(_("自己的话"), max_length=200, blank=True)
    pledged_on = models.DateField(_("承诺日期"))

    access: ClassVar[tuple[Access, ...]] = (ByPath("area_path", "areas"), Own("person_id"))
    objects = PledgeQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="pledge_area_path"),
            models.UniqueConstraint(fields=["campaign", "person", "item"], name="pledge_once"),
            CheckConstraint(condition=~Q(item=""), name="pledge_says_what"),
        ]
        indexes = [models.Index(fields=["area_path"], name="pledge_path")]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.item}"


class Deed(InArea):
    """践诺: one dated record of service that keeps a pledge, written down by somebody else."""

    history_omits: ClassVar[tuple[str, ...]] = ("what",)

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="deeds")
    done_on = models.DateField(_("日期"))
    what = models.CharField(_("做了什么"), max_length=200)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Of("mobilisation.Pledge", "pledge_id"),
    )
    objects = ScopedQuerySet["Deed"].as_manager()

    class Meta:
        constraints = [path_follows("area", "areas_area", name="deed_area_path")]
        indexes = [models.Index(fields=["area_path"], name="deed_path")]

    def __str__(self) -> str:
        return f"{self.pledge} · {self.done_on}"
