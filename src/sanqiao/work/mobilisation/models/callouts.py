from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, CheckConstraint, F, GeneratedField, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import path_follows
from sanqiao.kernel.scope import Access, ByPath, Of, Own, ScopedQuerySet
from sanqiao.registers.areas.models import Area, InArea
from sanqiao.registers.organisations.models import Organisation, organisation_path_follows
from sanqiao.registers.people.models import Person, Post

from .orders import Batch, Mobilisation, Wave


def reached(day: date) -> Q:
    return Q(reached_on__lte=day)


def not_reached(day: date) -> Q:
    return Q(reached_on__isnull=True) | Q(reached_on__gt=day)


class CallOutQuerySet(ScopedQuerySet["CallOut"]):
    def unanswered(self) -> Self:
        return self.filter(answered_on=None)

    def on_list_of(self, place: Organisation | Area) -> Self:
        """Whom a branch telephones; an area those who belong to no branch."""
        if isinstance(place, Organisation):
            return self.filter(organisation=place)
        return self.filter(organisation=None, area=place)


class CallOut(InArea):
    """致信: one person called by one mobilisation, and what became of it.

    `area` is that of the branch, or of the post for somebody who is no member. `subject` is the
    person until the mobilisation is closed, and afterwards a number that leads to nobody.
    `sent_at` is when the channel of `step` took the message; empty while it is still to be sent.
    """

    class State(TextChoices):
        """Every person is in exactly one; `state` is made by the database from the dates."""

        WAITING = "waiting", _("待送达")
        UNREACHABLE = "unreachable", _("未能送达")
        SILENT = "silent", _("未回复")
        CAN = "can", _("能参加")
        CANNOT = "cannot", _("不能参加")

    class Why(TextChoices):
        NONE = "", "—"
        NO_PHONE = "no_phone", _("没有登记手机号")
        REFUSED = "refused", _("各渠道都拒收")
        WRONG_NUMBER = "wrong_number", _("号码有误")
        REPORTED = "reported", _("支部未能联系上")
        STOPPED = "stopped", _("停发前未送达")

    history_omits: ClassVar[tuple[str, ...]] = ("person_id", "subject")

    mobilisation = models.ForeignKey(
        Mobilisation, models.PROTECT, related_name="call_outs", db_index=False
    )
    wave = models.ForeignKey(
        Wave, models.PROTECT, related_name="call_outs", db_index=False, verbose_name=_("批次")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="call_outs", db_index=False,
        verbose_name=_("姓名"),
    )  # fmt: skip
    subject = models.BigIntegerField(editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="call_outs", db_index=False,
        db_constraint=False, verbose_name=_("党组织"),
    )  # fmt: skip
    organisation_path = models.TextField(db_collation="C", null=True, editable=False)  # noqa: DJ001
    is_member = models.BooleanField(_("党员"))
    step = models.SmallIntegerField(default=0)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="call_outs")
    sent_at = models.DateTimeField(null=True)
    calls = models.SmallIntegerField(_("电话未接通次数"), default=0)
    ordered_on = models.DateField(_("定名单日期"))
    reached_on = models.DateField(_("送达日期"), null=True)
    unreachable_on = models.DateField(_("确定未能送达日期"), null=True)
    why = models.CharField(_("未能送达原因"), max_length=12, choices=Why, blank=True, default="")
    answered_on = models.DateField(_("回复日期"), null=True)
    answer = models.CharField(_("回复"), max_length=6, blank=True, default="")
    state = GeneratedField(
        expression=Case(
            When(answered_on__isnull=False, then=F("answer")),
            When(reached_on__isnull=False, then=Value("silent")),
            When(unreachable_on__isnull=False, then=Value("unreachable")),
            default=Value("waiting"),
        ),
        output_field=models.CharField(_("状态"), max_length=11, choices=State),
        db_persist=True,
    )

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        ByPath("organisation_path", "organisations"),
        Own("person_id"),
    )
    objects = CallOutQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="callout_area_path"),
            organisation_path_follows("callout_organisation_path"),
            models.UniqueConstraint(fields=["person", "mobilisation"], name="callout_once"),
            CheckConstraint(
                condition=Q(answered_on=None, answer="")
                | Q(answered_on__isnull=False, answer__in=["can", "cannot"]),
                name="callout_answer_has_date",
            ),
            CheckConstraint(
                condition=Q(answered_on=None) | Q(reached_on__isnull=False),
                name="callout_answered_is_reached",
            ),
            CheckConstraint(
                condition=Q(unreachable_on=None) | ~Q(why=""), name="callout_unreachable_why"
            ),
            CheckConstraint(
                condition=Q(subject=F("person_id")) | Q(person=None, subject=-F("id")),
                name="callout_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="callout_path"),
            models.Index(fields=["organisation_path"], name="callout_branch"),
            models.Index(fields=["person"], name="callout_person"),
            models.Index(fields=["mobilisation", "area_path"], name="callout_in_area"),
            models.Index(fields=["mobilisation", "organisation_path"], name="callout_in_branch"),
        ]

    def __str__(self) -> str:
        """Without the person: events keep it."""
        return f"{self.mobilisation_id}#{self.pk}"

    @property
    def state_name(self) -> str:
        """A generated field has no get_…_display of its own."""
        return str(self.State(self.state).label)

    @property
    def is_final(self) -> bool:
        return self.state in {self.State.CAN, self.State.CANNOT, self.State.UNREACHABLE}


class CallRole(InArea):
    """身份: a post that somebody called held on the day of the order; one person, many roles."""

    call_out = models.ForeignKey(CallOut, models.PROTECT, related_name="roles", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Of("mobilisation.CallOut", "call_out_id"),
    )
    objects = ScopedQuerySet["CallRole"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="callrole_area_path"),
            models.UniqueConstraint(fields=["call_out", "post", "area"], name="callrole_once"),
        ]
        indexes = [models.Index(fields=["area_path"], name="callrole_path")]

    def __str__(self) -> str:
        return f"{self.call_out} · {self.post}"


class Tally(models.Model):
    """计数: call-outs of one mobilisation by area and state, kept by a trigger of the database.

    No record of its own: the command page reads it, so that its speed does not depend on size.
    """

    mobilisation_id = models.BigIntegerField()
    area_id = models.BigIntegerField()
    state = models.TextField()
    number = models.IntegerField()

    class Meta:
        managed = False
        db_table = "mobilisation_tally"

    def __str__(self) -> str:
        return f"{self.mobilisation_id}/{self.area_id} {self.state} {self.number}"
