from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import no_overlap, ordered, path_follows, together
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Access, ByPath, Own, ScopedQuerySet, Through
from sanqiao.registers.areas.models import Area, InArea, in_force
from sanqiao.registers.organisations.models import organisation_path_follows
from sanqiao.registers.people.models import Person

from .parts import OfUnit

TO_BOTH_AND_ONESELF: tuple[Access, ...] = (
    ByPath("area_path", "areas"),
    ByPath("organisation_path", "organisations"),
    Own("person_id"),
)


class ServiceTeam(InArea):
    """服务队: a community's team, in which members who checked in are placed; they see it too."""

    name = models.CharField(_("服务队"), max_length=60)
    valid_from = models.DateField(_("成立日期"))
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Through("service.MemberCheckIn", "team_id"),
    )
    objects = ScopedQuerySet["ServiceTeam"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="service_team_area_path"),
            ordered("valid_from", "valid_to", name="service_team_dates"),
            models.UniqueConstraint(fields=["area", "name"], name="service_team_name"),
        ]
        indexes = [models.Index(fields=["area_path"], name="service_team_path")]

    def __str__(self) -> str:
        return self.name


class MemberCheckInQuerySet(ScopedQuerySet["MemberCheckIn"]):
    def open_on(self, day: date) -> Self:
        """Handed in and not ended, whether accepted or not."""
        return self.filter(in_force(day, start="checked_in_on", end="ended_on"))

    def waiting(self) -> Self:
        """For the community's answer."""
        return self.filter(accepted_on=None, ended_on=None)

    def placed_on(self, day: date) -> Self:
        return self.open_on(day).filter(accepted_on__lte=day)


class MemberCheckIn(OfUnit):
    """党员干部职工报到: one person's slip to the community in which they live.

    `area` is that community until it accepts, then the grid in which it placed the person.
    `standing` tells Party members from other staff on the day of the slip.
    """

    class Standing(TextChoices):
        MEMBER = "member", _("党员")
        STAFF = "staff", _("非党员干部职工")

    class End(TextChoices):
        MOVED = "moved", _("搬迁")
        LEFT = "left", _("离开单位")
        RETURNED = "returned", _("社区退回")
        OTHER = "other", _("其他")

    community = models.ForeignKey(
        Area, models.PROTECT, related_name="member_check_ins", verbose_name=_("接收社区")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="check_ins", verbose_name=_("姓名")
    )
    name = models.CharField(_("姓名"), max_length=60, editable=False)
    standing = models.CharField(_("身份"), max_length=10, choices=Standing)
    checked_in_on = models.DateField(_("报到日期"))
    home = models.CharField(_("居住小区楼栋"), max_length=80, blank=True)
    skill = models.CharField(_("特长"), max_length=60, blank=True)
    wish = models.CharField(_("意向岗位"), max_length=60, blank=True)
    accepted_on = models.DateField(_("接收日期"), null=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("接收人")
    )
    team = models.ForeignKey(
        ServiceTeam, models.PROTECT, null=True, blank=True, related_name="check_ins",
        verbose_name=_("服务队"),
    )  # fmt: skip
    ended_on = models.DateField(_("结束日期"), null=True)
    end_reason = models.CharField(_("结束原因"), max_length=10, choices=End, blank=True)
    end_note = models.CharField(_("说明"), max_length=200, blank=True)
    before = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="after", verbose_name=_("前一次报到")
    )

    access: ClassVar[tuple[Access, ...]] = TO_BOTH_AND_ONESELF
    objects = MemberCheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="member_check_in_area_path"),
            organisation_path_follows("member_check_in_organisation_path"),
            no_overlap(
                "person_id", name="member_check_in_one_at_a_time",
                start="checked_in_on", end="ended_on",
            ),
            together("accepted_on", "accepted_by", name="member_check_in_accepted"),
            CheckConstraint(
                condition=(Q(accepted_on=None) | Q(accepted_on__gte=F("checked_in_on")))
                & (Q(ended_on=None) | Q(ended_on__gte=F("checked_in_on"))),
                name="member_check_in_dates",
            ),
            CheckConstraint(
                condition=Q(ended_on=None, end_reason="")
                | Q(ended_on__isnull=False) & ~Q(end_reason=""),
                name="member_check_in_end_says_why",
            ),
            CheckConstraint(
                condition=~Q(end_reason="returned") | Q(accepted_on=None) & ~Q(end_note=""),
                name="member_check_in_returned",
            ),
            CheckConstraint(
                condition=Q(accepted_on__isnull=False) | Q(team=None, area=F("community")),
                name="member_check_in_placed_after_accepted",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path", "id"], name="member_check_in_path"),
            models.Index(fields=["organisation_path", "id"], name="member_check_in_org_path"),
            models.Index(
                fields=["area_path", "checked_in_on"],
                condition=Q(accepted_on=None, ended_on=None), name="member_check_in_waiting",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} · {self.community}"

    @property
    def is_waiting(self) -> bool:
        return self.accepted_on is None and self.ended_on is None

    @property
    def is_placed(self) -> bool:
        return self.accepted_on is not None and self.ended_on is None

    @property
    def state(self) -> str:
        """待接收, 已编组, or why it ended."""
        if self.ended_on is not None:
            return self.get_end_reason_display()
        return str(_("待接收") if self.accepted_on is None else _("已编组"))


class Exemption(OfUnit):
    """免报到: why somebody need not check in, from a day, to a day. `area` is where they live."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="exemptions", verbose_name=_("姓名")
    )
    name = models.CharField(_("姓名"), max_length=60, editable=False)
    reason = models.CharField(_("免报到原因"), max_length=120)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    access: ClassVar[tuple[Access, ...]] = TO_BOTH_AND_ONESELF
    objects = ScopedQuerySet["Exemption"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="exemption_area_path"),
            organisation_path_follows("exemption_organisation_path"),
            ordered("valid_from", "valid_to", name="exemption_dates"),
            no_overlap("person_id", name="exemption_once", start="valid_from", end="valid_to"),
            CheckConstraint(condition=~Q(reason=""), name="exemption_says_why"),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="exemption_path"),
            models.Index(fields=["organisation_path"], name="exemption_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.reason}"
