from __future__ import annotations

from datetime import date
from typing import NamedTuple, Self

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import ordered
from sanqiao.registers.areas.models import in_force
from sanqiao.registers.people.models import Appointment


class Held(NamedTuple):
    """An appointment as the rule looks at it; an empty `until` is still open."""

    id: int
    words: str
    is_head: bool
    rank: str
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class CaptainRuleQuerySet(models.QuerySet["CaptainRule"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))


class CaptainRule(models.Model):
    """队长资格: who may lead a municipal squad; a city's own template, dated, never rewritten.

    An empty `least_rank` means that no rank alone is enough.
    """

    name = models.CharField(_("名称"), max_length=80)
    takes_heads = models.BooleanField(_("市直单位主要负责人"), default=True)
    least_rank = models.CharField(_("最低职级"), max_length=1, choices=Appointment.Rank, blank=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)

    objects = CaptainRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ordered("valid_from", "valid_to", name="captain_rule_dates"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(valid_to=None), name="captain_rule_once"
            ),
            CheckConstraint(
                condition=Q(takes_heads=True) | ~Q(least_rank=""), name="captain_rule_asks"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def proof(self, held: list[Held], day: date) -> Held | None:
        """What makes the holder a captain on that day and no other: a headship before a rank."""
        then = sorted((one for one in held if one.holds(day)), key=lambda one: (one.since, one.id))
        heads = [one for one in then if self.takes_heads and one.is_head]
        ranks = [one for one in then if self.least_rank and one.rank >= self.least_rank]
        return next(iter([*heads, *ranks]), None)
