"""What the records of this domain share: a unit as the paper names it, and a community."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.scope import Access, ByPath
from sanqiao.registers.areas.models import InArea
from sanqiao.registers.organisations.models import Unit


class OfUnit(InArea):
    """A record of a unit in a community, seen from both sides.

    Name and rank are the unit's on the day of the paper; the organisation's path opens the record
    to the unit's own liaison, who sees no area.
    """

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="%(class)ss", verbose_name=_("单位")
    )
    unit_name = models.CharField(_("单位名称"), max_length=120, editable=False)
    unit_rank = models.CharField(_("单位隶属"), max_length=12, choices=Unit.Rank, editable=False)
    organisation_path = models.TextField(db_collation="C", null=True, editable=False)  # noqa: DJ001

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        ByPath("organisation_path", "organisations"),
    )

    class Meta:
        abstract = True
