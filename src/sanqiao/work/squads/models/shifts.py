from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import RawConstraint, path_follows
from sanqiao.kernel.scope import Access, ByPath, Own, ScopedQuerySet, Through
from sanqiao.registers.areas.models import ClosedUnit, InArea
from sanqiao.registers.organisations.models import organisation_path_follows
from sanqiao.registers.people.models import Person

from .squads import Deployment, OfSquad

SPAN = (
    "tsrange(day + begins, day + ends"
    " + CASE WHEN ends <= begins THEN interval '1 day' ELSE interval '0' END)"
)
"""A shift that ends no later than it begins runs into the next day."""


class Gate(InArea):
    """卡口: a named way into a closed unit; there are as many as the unit has gates."""

    closed_unit = models.ForeignKey(
        ClosedUnit, models.PROTECT, related_name="named_gates", verbose_name=_("封闭管理单元")
    )
    number = models.IntegerField(_("序号"))
    name = models.CharField(_("名称"), max_length=40)

    objects = ScopedQuerySet["Gate"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="gate_area_path"),
            models.UniqueConstraint(fields=["closed_unit", "number"], name="gate_number"),
            CheckConstraint(condition=Q(number__gte=1), name="gate_number_from_one"),
        ]
        indexes = [models.Index(fields=["area_path", "id"], name="gate_path")]

    def __str__(self) -> str:
        return self.name


class ShiftQuerySet(ScopedQuerySet["Shift"]):
    def standing(self) -> Self:
        return self.filter(cancelled_on=None)


class Shift(OfSquad):
    """值守班次: a time at one gate, or at one deployment, with so many places."""

    deployment = models.ForeignKey(
        Deployment, models.PROTECT, null=True, related_name="shifts", verbose_name=_("派驻")
    )
    gate = models.ForeignKey(
        Gate, models.PROTECT, null=True, related_name="shifts", verbose_name=_("卡口")
    )
    place_name = models.CharField(_("地点"), max_length=120, editable=False)
    day = models.DateField(_("日期"))
    begins = models.TimeField(_("起"))
    ends = models.TimeField(_("止"))
    capacity = models.IntegerField(_("名额"))
    cancelled_on = models.DateField(_("取消日期"), null=True)

    access: ClassVar[tuple[Access, ...]] = (*OfSquad.access, Through("squads.Claim", "shift_id"))
    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="shift_area_path"),
            organisation_path_follows("shift_organisation_path"),
            CheckConstraint(
                condition=Q(deployment=None, gate__isnull=False)
                | Q(deployment__isnull=False, gate=None),
                name="shift_at_one_place",
            ),
            CheckConstraint(condition=Q(capacity__gte=1), name="shift_capacity"),
            CheckConstraint(condition=~Q(begins=F("ends")), name="shift_times"),
            models.UniqueConstraint(
                fields=["id", "capacity", "day", "begins", "ends"], name="shift_as_claimed"
            ),
            models.UniqueConstraint(
                fields=["deployment", "day", "begins"], condition=Q(cancelled_on=None),
                name="shift_of_deployment_once",
            ),
            models.UniqueConstraint(
                fields=["gate", "day", "begins"], condition=Q(cancelled_on=None),
                name="shift_of_gate_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path", "day", "id"], name="shift_path"),
            models.Index(fields=["organisation_path"], name="shift_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.place_name} {self.day} {self.hours}"

    @property
    def hours(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    @property
    def span(self) -> tuple[datetime, datetime]:
        return span_of(self.day, self.begins, self.ends)


def span_of(day: date, begins: time, ends: time) -> tuple[datetime, datetime]:
    """Begin and end; one that ends no later than it begins runs into the next day."""
    last = day + timedelta(days=1) if ends <= begins else day
    return datetime.combine(day, begins), datetime.combine(last, ends)


class ClaimQuerySet(ScopedQuerySet["Claim"]):
    def standing(self) -> Self:
        return self.filter(cancelled_on=None)


class Claim(InArea):
    """认领: one of the numbered places of a shift, taken by a person.

    Places are the capacity's: a number has one standing claim, and none lies beyond the capacity,
    which the row follows. Nobody stands in two places at one time.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="claims", verbose_name=_("班次"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="shift_claims", verbose_name=_("姓名")
    )
    name = models.CharField(_("姓名"), max_length=60, editable=False)
    seat = models.IntegerField(_("名额序号"), editable=False)
    capacity = models.IntegerField(editable=False)
    day = models.DateField(editable=False)
    begins = models.TimeField(editable=False)
    ends = models.TimeField(editable=False)
    claimed_at = models.DateTimeField(_("认领时间"))
    cancelled_on = models.DateField(_("取消日期"), null=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=120, blank=True)

    access: ClassVar[tuple[Access, ...]] = (ByPath("area_path", "areas"), Own("person_id"))
    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="claim_area_path"),
            RawConstraint(
                name="claim_follows_shift",
                sql='FOREIGN KEY ("shift_id", "capacity", "day", "begins", "ends")'
                ' REFERENCES "squads_shift" ("id", "capacity", "day", "begins", "ends")'
                " ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
            ),
            CheckConstraint(
                condition=Q(seat__gte=1)
                & (Q(seat__lte=F("capacity")) | Q(cancelled_on__isnull=False)),
                name="claim_within_capacity",
            ),
            models.UniqueConstraint(
                fields=["shift", "seat"], condition=Q(cancelled_on=None), name="claim_seat_once"
            ),
            models.UniqueConstraint(
                fields=["shift", "person"], condition=Q(cancelled_on=None),
                name="claim_person_once",
            ),
            RawConstraint(
                name="claim_one_place_at_a_time",
                sql="EXCLUDE USING gist (int8range(person_id, person_id, '[]') WITH &&,"
                f" {SPAN} WITH &&) WHERE (cancelled_on IS NULL) DEFERRABLE INITIALLY IMMEDIATE",
            ),
            CheckConstraint(
                condition=Q(cancelled_on=None, cancel_reason="") | Q(cancelled_on__isnull=False),
                name="claim_cancelled",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["area_path", "id"], name="claim_path")]

    def __str__(self) -> str:
        return f"{self.name} · {self.shift_id}"


class SwapOffer(InArea):
    """换班: one asks another to take each other's place; nothing moves until the other agrees."""

    class State(TextChoices):
        OPEN = "open", _("待对方同意")
        AGREED = "agreed", _("已换班")
        DECLINED = "declined", _("对方未同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    mine = models.ForeignKey(Claim, models.PROTECT, related_name="offers", verbose_name=_("我的班"))
    theirs = models.ForeignKey(
        Claim, models.PROTECT, related_name="asked", verbose_name=_("对方的班")
    )
    asker = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    other = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("对方"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(_("提出时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Own("asker_id"),
        Own("other_id"),
    )
    objects = ScopedQuerySet["SwapOffer"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="swap_area_path"),
            CheckConstraint(condition=~Q(asker=F("other")), name="swap_needs_two"),
            CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | ~Q(state="open") & Q(answered_at__isnull=False),
                name="swap_answered",
            ),
            models.UniqueConstraint(
                fields=["mine", "theirs"], condition=Q(state="open"), name="swap_open_once"
            ),
        ]
        indexes = [models.Index(fields=["area_path", "id"], name="swap_path")]

    def __str__(self) -> str:
        return f"{self.mine_id} ⇄ {self.theirs_id}"
