from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.acts import ByAct
from sanqiao.kernel.constraints import RawConstraint
from sanqiao.kernel.scope import Access, Own, ScopedQuerySet
from sanqiao.registers.people.models import Person

from .base import InOrganisation, signed
from .batches import Batch

COPIED = '"organisation_id", "organisation_path", "area_id", "area_path", "collect_path"'
FOLLOWS_BATCH = (
    f'FOREIGN KEY ("batch_id", {COPIED}) REFERENCES contributions_batch ("id", {COPIED})'
    " ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE"
)
"""The batch follows the organisation, the entry its batch: one check a row instead of three. When
an area moves, its batches change twice, so that the check waits for both."""


class ContributionQuerySet(ScopedQuerySet["Contribution"]):
    def standing(self, day: date) -> Self:
        """Entries that no reversal had taken back by the day."""
        return self.filter(standing(day))


def standing(day: date) -> Q:
    taken_back = Q(reversed_on__isnull=False, reversed_on__lte=day)
    return Q(reverses=None) & ~taken_back


class Contribution(InOrganisation):
    """捐款: what a member gave through the branch, by one receipt. Never changed, only reversed.

    A reversal has a receipt of its own, the negative amount, and names the entry; the database
    marks that entry with the day.
    """

    class Way(TextChoices):
        CASH = "cash", _("现金")
        TRANSFER = "transfer", _("转账")
        SCAN = "scan", _("扫码")

    receipt = models.CharField(_("收据号"), max_length=40)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="contributions", verbose_name=_("姓名")
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="contributions", db_constraint=False,
        verbose_name=_("上缴批次"),
    )  # fmt: skip
    collect_path = models.TextField(db_collation="C", editable=False)
    given_on = models.DateField(_("日期"))
    amount = models.DecimalField(_("金额（元）"), max_digits=12, decimal_places=2)
    way = models.CharField(_("方式"), max_length=10, choices=Way)
    collector = models.CharField(_("经手人"), max_length=60)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("冲正")
    )
    reversed_on = models.DateField(_("冲正日期"), null=True, editable=False)
    reason = models.CharField(_("冲正原因"), max_length=200, blank=True)

    access: ClassVar[tuple[Access, ...]] = (
        ByAct("collect_path", "areas", "contributions.collect"),
        ByAct("organisation_path", "organisations", "contributions.collect"),
        Own("person_id"),
    )
    objects = ContributionQuerySet.as_manager()

    class Meta:
        constraints = [
            RawConstraint(name="contribution_follows_batch", sql=FOLLOWS_BATCH),
            models.UniqueConstraint(fields=["receipt"], name="contribution_receipt_once"),
            signed("amount", name="contribution_amount"),
        ]
        indexes = [
            models.Index(fields=["area_path", "id"], name="contribution_path"),
            models.Index(fields=["organisation_path", "id"], name="contribution_org_path"),
            models.Index(fields=["collect_path", "id"], name="contribution_collect"),
        ]

    def __str__(self) -> str:
        """Without person and amount: events keep it."""
        return str(self.receipt)
