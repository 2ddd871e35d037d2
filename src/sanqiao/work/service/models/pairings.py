from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import (
    RawConstraint,
    no_overlap,
    ordered,
    path_follows,
    together,
)
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import ScopedQuerySet
from sanqiao.registers.areas.models import in_force
from sanqiao.registers.organisations.models import organisation_path_follows

from .parts import OfUnit


def agreed(day: date) -> Q:
    """A pairing holds on `day`: both have signed by then, and its dates cover it."""
    return in_force(day) & Q(unit_signed_on__lte=day, community_signed_on__lte=day)


class PairingQuerySet(ScopedQuerySet["Pairing"]):
    def on(self, day: date) -> Self:
        return self.filter(agreed(day))


class Pairing(OfUnit):
    """单位包联: a unit supports a community under an agreement that both signed, from a day on.

    Many to many; of the units of a community one leads.
    """

    is_lead = models.BooleanField(_("牵头单位"), default=False)
    document = models.CharField(_("协议文号"), max_length=80, blank=True)
    unit_signed_on = models.DateField(_("单位签字"), null=True, blank=True)
    community_signed_on = models.DateField(_("社区签字"), null=True, blank=True)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    end_reason = models.CharField(_("终止原因"), max_length=200, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="pairing_area_path"),
            organisation_path_follows("pairing_organisation_path"),
            ordered("valid_from", "valid_to", name="pairing_dates"),
            models.UniqueConstraint(fields=["id", "unit", "area"], name="pairing_id_unit_area"),
            no_overlap(
                "unit_id", "area_id", name="pairing_once", start="valid_from", end="valid_to"
            ),
            no_overlap(
                "area_id", name="pairing_one_lead",
                start="valid_from", end="valid_to", where="is_lead",
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | ~Q(end_reason=""), name="pairing_end_says_why"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path", "id"], name="pairing_path"),
            models.Index(fields=["organisation_path"], name="pairing_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name} · {self.area}"

    @property
    def is_agreed(self) -> bool:
        return self.unit_signed_on is not None and self.community_signed_on is not None


class UnitCheckIn(OfUnit):
    """单位报到: the unit of a pairing reports to the community, which accepts it."""

    pairing = models.OneToOneField(Pairing, models.PROTECT, related_name="check_in")
    checked_in_on = models.DateField(_("报到日期"))
    plan = models.CharField(_("共建项目"), max_length=300, blank=True)
    accepted_on = models.DateField(_("接收日期"), null=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("接收人")
    )

    objects = ScopedQuerySet["UnitCheckIn"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="unit_check_in_area_path"),
            organisation_path_follows("unit_check_in_organisation_path"),
            RawConstraint(
                name="unit_check_in_of_pairing",
                sql='FOREIGN KEY ("pairing_id", "unit_id", "area_id") REFERENCES'
                ' "service_pairing" ("id", "unit_id", "area_id") DEFERRABLE INITIALLY IMMEDIATE',
            ),
            together("accepted_on", "accepted_by", name="unit_check_in_accepted"),
            CheckConstraint(
                condition=Q(accepted_on=None) | Q(accepted_on__gte=F("checked_in_on")),
                name="unit_check_in_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="unit_check_in_path"),
            models.Index(fields=["organisation_path"], name="unit_check_in_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name} · {self.area}"
