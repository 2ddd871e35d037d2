from __future__ import annotations

from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .users import User


class Progress(models.Model):
    """进度: how far a long work is, and whether somebody asked it to stop."""

    class State(TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        STOPPED = "stopped", _("已停止")

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    message = models.TextField(blank=True)
    stop_asked = models.BooleanField(default=False)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done__gte=0) & Q(done__lte=F("total")) | Q(total=0),
                name="progress_within_total",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def seconds_left(self) -> int | None:
        """At the pace so far; None before anything is done or when nothing runs."""
        if self.state != self.State.RUNNING or not self.done or self.started_at is None:
            return None
        spent = (timezone.now() - self.started_at).total_seconds()
        return round(spent / self.done * (self.total - self.done))

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.STOPPED}
