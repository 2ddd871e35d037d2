from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import path_follows, together
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Access, ByPath, Of, Own, Scope, Scoped, ScopedQuerySet
from sanqiao.registers.areas.models import InArea


@dataclass(frozen=True)
class Called:
    """Somebody whom the reader may see is called: by area, by organisation, or the reader."""

    way: ByPath | Own

    def q(self, scope: Scope) -> Q:
        call_outs = apps.get_model("mobilisation.CallOut")._default_manager
        return Q(Exists(call_outs.filter(self.way.q(scope), mobilisation=OuterRef("pk"))))

    def sql(self, table: str) -> str:
        return (
            "EXISTS (SELECT 1 FROM mobilisation_callout r"  # noqa: S608
            f" WHERE r.mobilisation_id = {table}.id AND {self.way.sql('r')})"
        )


class MobilisationQuerySet(ScopedQuerySet["Mobilisation"]):
    def overdue(self, day: date) -> Self:
        """Over, not closed, and past the day by which personal data must be gone."""
        return self.filter(state=Mobilisation.State.OVER, close_by__lt=day)


class Mobilisation(InArea):
    """动员: one order to a circle of people, by a letter, over channels, until it is closed."""

    class Kind(TextChoices):
        """突发事件应对法 第二条."""

        NATURAL = "natural", _("自然灾害")
        ACCIDENT = "accident", _("事故灾难")
        HEALTH = "health", _("公共卫生事件")
        SECURITY = "security", _("社会安全事件")
        OTHER = "other", _("其他急难任务")

    class State(TextChoices):
        DRAFT = "draft", _("拟稿")
        ORDERED = "ordered", _("已定名单")
        SENDING = "sending", _("发送中")
        PAUSED = "paused", _("已暂停")
        STOPPED = "stopped", _("已停发")
        OVER = "over", _("已结束")
        CLOSED = "closed", _("已关闭")

    title = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("事由"), max_length=10, choices=Kind)
    basis = models.CharField(_("法律依据"), max_length=200)
    number = models.CharField(_("文号"), max_length=40, blank=True)
    letter = models.TextField(_("致信正文"))
    notice = models.CharField(_("短消息"), max_length=140)
    issued_on = models.DateField(_("印发日期"))
    rule = models.JSONField(_("对象规则"), default=dict)
    route = models.JSONField(_("渠道顺序"), default=list)
    is_exercise = models.BooleanField(_("演练"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("拟稿人"))
    started_at = models.DateTimeField(_("开始发送"), null=True, editable=False)
    over_on = models.DateField(_("结束日期"), null=True, blank=True)
    close_by = models.DateField(_("应关闭日期"), null=True, blank=True)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Called(ByPath("area_path", "areas")),
        Called(ByPath("organisation_path", "organisations")),
        Called(Own("person_id")),
    )
    objects = MobilisationQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="mobilisation_area_path"),
            together("over_on", "close_by", name="mobilisation_over_and_close_by"),
            CheckConstraint(
                condition=Q(state__in=["over", "closed"], over_on__isnull=False)
                | ~Q(state__in=["over", "closed"]) & Q(over_on=None),
                name="mobilisation_state_agrees",
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="mobilisation_number"
            ),
        ]
        indexes = [models.Index(fields=["area_path", "id"], name="mobilisation_path")]

    def __str__(self) -> str:
        return self.title

    @property
    def channels(self) -> list[str]:
        """Codes of the channels in their order."""
        return [str(step["channel"]) for step in self.route]

    @property
    def takes_answers(self) -> bool:
        return self.state in OPEN


OPEN = (Mobilisation.State.SENDING, Mobilisation.State.PAUSED, Mobilisation.State.STOPPED)
"""States in which people may answer."""


class Wave(Scoped):
    """批次: who was called at one time; late joiners are a wave of their own name."""

    mobilisation = models.ForeignKey(Mobilisation, models.PROTECT, related_name="waves")
    number = models.IntegerField(_("序号"))
    name = models.CharField(_("名称"), max_length=60)
    ordered_on = models.DateField(_("定名单日期"))
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    size = models.IntegerField(_("人数"), default=0)

    access: ClassVar[tuple[Access, ...]] = (Of("mobilisation.Mobilisation", "mobilisation_id"),)
    objects = ScopedQuerySet["Wave"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mobilisation", "number"], name="wave_number"),
            CheckConstraint(condition=Q(size__gte=0), name="wave_size"),
        ]

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """渠道: a way to people, its pace, and since when it does not answer. One row a way."""

    class Code(TextChoices):
        WECOM = "wecom", _("企业微信")
        SMS = "sms", _("短信")
        MAIL = "mail", _("邮件")
        PHONE = "phone", _("电话名单")

    code = models.CharField(_("渠道"), max_length=10, choices=Code, unique=True)
    free_at = models.DateTimeField(null=True)
    down_since = models.DateTimeField(_("中断起"), null=True)

    def __str__(self) -> str:
        return self.get_code_display()


class Batch(Scoped):
    """发送包: up to 500 call-outs on one channel; a worker leases it, so that one sends it."""

    mobilisation = models.ForeignKey(Mobilisation, models.PROTECT, related_name="batches")
    step = models.SmallIntegerField(_("渠道序号"))
    number = models.IntegerField(_("序号"))
    size = models.IntegerField(_("人数"))
    due_at = models.DateTimeField()
    lease: models.UUIDField[Any, Any] = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    done_at = models.DateTimeField(_("完成"), null=True)

    access: ClassVar[tuple[Access, ...]] = (Of("mobilisation.Mobilisation", "mobilisation_id"),)
    objects = ScopedQuerySet["Batch"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mobilisation", "number"], name="batch_number"),
            together("lease", "leased_until", name="batch_lease_and_until"),
            CheckConstraint(condition=Q(done_at=None) | Q(lease=None), name="batch_done_is_free"),
        ]

    def __str__(self) -> str:
        return f"{self.mobilisation_id}#{self.number}"
