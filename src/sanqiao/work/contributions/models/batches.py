from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, NamedTuple

from django.db import models
from django.db.models import Case, CheckConstraint, Exists, F, OuterRef, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL

from sanqiao.kernel.constraints import path_follows
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Access, ByPath, ScopedQuerySet
from sanqiao.kernel.staging import run
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation

from .base import InOrganisation, copies, organisation_follows


class Content(NamedTuple):
    """What lies in a batch: entries (with those of the batches below), and their sum in yuan."""

    entries: int
    total: Decimal


class BatchQuerySet(ScopedQuerySet["Batch"]):
    def with_state(self) -> BatchQuerySet:
        """Each with `state`: open, sent, differs, accepted; kept at the top."""
        counts = Verification.objects.filter(remittance__batch=OuterRef("pk"))
        return self.annotate(
            state=Case(
                When(tier=Batch.Tier.CITY, then=Value("kept")),
                When(remittance=None, then=Value("open")),
                When(Exists(counts.exclude(into=None)), then=Value("accepted")),
                When(Exists(counts), then=Value("differs")),
                default=Value("sent"),
            )
        )

    def open(self) -> BatchQuerySet:
        return self.filter(remittance=None)


class Batch(InOrganisation):
    """上缴批次: a bag of one organisation; entries of its members, or what came from below.

    It is open until it is handed up; then it holds what it holds. `key` says which one it is:
    posted again, it is the same batch. `collect_area` is the place whose officials answer for it:
    not where a unit has its house, but that of the committee above the unit.
    """

    class Tier(TextChoices):
        BRANCH = "branch", _("党支部")
        COMMITTEE = "committee", _("党委")
        COUNTY = "county", _("县（市、区）")
        CITY = "city", _("市")

    class State(TextChoices):
        OPEN = "open", _("未上缴")
        SENT = "sent", _("待核收")
        DIFFERS = "differs", _("有差额")
        ACCEPTED = "accepted", _("已核收")
        KEPT = "kept", _("已到账")

    key = models.CharField(_("批次"), max_length=60)
    tier = models.CharField(_("层级"), max_length=10, choices=Tier)
    collect_area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    collect_path = models.TextField(db_collation="C", editable=False)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("collect_path", "areas"),
        ByPath("organisation_path", "organisations"),
    )
    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            organisation_follows(name="batch_follows_organisation"),
            path_follows(
                "collect_area", "areas_area", name="batch_collect_path", path="collect_path"
            ),
            models.UniqueConstraint(fields=["organisation", "tier", "key"], name="batch_once"),
            models.UniqueConstraint(fields=["id", "organisation"], name="batch_owner"),
            models.UniqueConstraint(
                fields=[
                    "id",
                    "organisation",
                    "organisation_path",
                    "area",
                    "area_path",
                    "collect_path",
                ],
                name="batch_places",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="batch_path"),
            models.Index(fields=["collect_path"], name="batch_collect"),
            models.Index(fields=["organisation_path"], name="batch_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.key}"

    @property
    def content(self) -> Content:
        """As the database adds it up, whoever asks; one query."""
        ((entries, total),) = run(SQL("SELECT * FROM contributions_content(%s)"), [self.pk])
        return Content(int(entries), Decimal(total))


def tier_above(organisation: Organisation) -> str:
    """The tier of the batch in which this organisation gathers what comes from below."""
    depth = organisation.path.count(".")
    return {1: Batch.Tier.CITY, 2: Batch.Tier.COUNTY}.get(depth, Batch.Tier.COMMITTEE)


class Remittance(InOrganisation):
    """上缴: a batch is handed up, with the money counted; entries and sum equal its content."""

    batch = models.OneToOneField(Batch, models.PROTECT, verbose_name=_("批次"))
    to = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("上缴至")
    )
    entries = models.IntegerField(_("笔数"))
    total = models.DecimalField(_("上缴金额"), max_digits=14, decimal_places=2)
    handed_on = models.DateField(_("上缴日期"))
    voucher = models.CharField(_("凭证号"), max_length=40)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ScopedQuerySet["Remittance"].as_manager()

    class Meta:
        constraints = [
            organisation_follows(name="remittance_follows_organisation"),
            copies(
                '"batch_id", "organisation_id"', "contributions_batch", '"id", "organisation_id"',
                name="remittance_of_own_batch",
            ),
            models.UniqueConstraint(fields=["id", "total", "to"], name="remittance_as_stated"),
            CheckConstraint(condition=~Q(to=F("organisation")), name="remittance_goes_up"),
            CheckConstraint(condition=Q(entries__gt=0), name="remittance_not_empty"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path"], name="remittance_path"),
            models.Index(fields=["organisation_path"], name="remittance_org_path"),
            models.Index(fields=["to"], name="remittance_to"),
        ]

    def __str__(self) -> str:
        return str(self.batch)


class Verification(InOrganisation):
    """核收: the receiver counts what was handed up. Equal, it goes into the receiver's batch;
    unequal, it stays outside with both numbers, until it is counted again and equal.

    `organisation` is the sender; `to` the receiver.
    """

    remittance = models.ForeignKey(
        Remittance, models.PROTECT, related_name="counts", verbose_name=_("上缴批次")
    )
    to = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("核收单位")
    )
    stated = models.DecimalField(_("上缴金额"), max_digits=14, decimal_places=2)
    counted = models.DecimalField(_("核收金额"), max_digits=14, decimal_places=2)
    into = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="received")
    verified_on = models.DateField(_("核收日期"))
    note = models.CharField(_("差额说明"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ScopedQuerySet["Verification"].as_manager()

    class Meta:
        constraints = [
            organisation_follows(name="verification_follows_organisation"),
            copies(
                '"remittance_id", "stated", "to_id"', "contributions_remittance",
                '"id", "total", "to_id"', name="verification_of_what_was_stated",
            ),
            copies(
                '"into_id", "to_id"', "contributions_batch", '"id", "organisation_id"',
                name="verification_into_own_batch",
            ),
            CheckConstraint(
                condition=Q(into__isnull=False, stated=F("counted"))
                | Q(into=None) & ~Q(stated=F("counted")) & ~Q(note=""),
                name="verification_equal_or_blocked",
            ),
            models.UniqueConstraint(
                fields=["remittance"], condition=Q(into__isnull=False), name="verification_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path"], name="verification_path"),
            models.Index(fields=["organisation_path"], name="verification_org_path"),
        ]

    def __str__(self) -> str:
        return str(self.remittance)

    @property
    def difference(self) -> Decimal:
        """Counted less stated, in yuan."""
        return self.counted - self.stated
