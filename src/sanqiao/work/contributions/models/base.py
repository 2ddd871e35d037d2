"""What every record of the ledger has: an organisation, and no second version."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import RawConstraint
from sanqiao.kernel.scope import Access, ByPath
from sanqiao.registers.areas.models import InArea
from sanqiao.registers.organisations.models import Organisation

BY_ORGANISATION: tuple[Access, ...] = (
    ByPath("area_path", "areas"),
    ByPath("organisation_path", "organisations"),
)


class InOrganisation(InArea):
    """A record of one Party organisation, in whose area it lies; the paths follow it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="%(class)ss", db_constraint=False,
        db_index=False, verbose_name=_("党组织"),
    )  # fmt: skip
    organisation_path = models.TextField(db_collation="C", editable=False)

    access: ClassVar[tuple[Access, ...]] = BY_ORGANISATION

    class Meta:
        abstract = True

    @classmethod
    def of(cls, organisation: Organisation, **given: object) -> Self:
        """An unsaved record of this organisation."""
        return cls(
            organisation=organisation, organisation_path=organisation.path,
            area_id=organisation.area_id, area_path=organisation.area_path, **given,
        )  # fmt: skip


def organisation_follows(*, name: str) -> RawConstraint:
    """Organisation, area and both paths are those of one organisation, also when it moves."""
    return RawConstraint(
        name=name,
        sql='FOREIGN KEY ("organisation_id", "organisation_path", "area_id", "area_path")'
        ' REFERENCES "organisations_organisation" ("id", "path", "area_id", "area_path")'
        " ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
    )


def copies(columns: str, table: str, targets: str, *, name: str) -> RawConstraint:
    """The columns together are a row of `table`, which has them unique."""
    return RawConstraint(
        name=name, sql=f"FOREIGN KEY ({columns}) REFERENCES {table} ({targets}) DEFERRABLE"
    )


def signed(amount: str, *, name: str) -> CheckConstraint:
    """Above zero; a reversal below it, with its reason."""
    entry = Q(reverses=None, reason="", **{f"{amount}__gt": 0})
    reversal = Q(reverses__isnull=False, **{f"{amount}__lt": 0}) & ~Q(reason="")
    return CheckConstraint(condition=entry | reversal, name=name)


def given_between(start: object, end: object, *, field: str) -> Q:
    """From `start`, or from the first record on, to `end`; both days included."""
    until = Q(**{f"{field}__lte": end})
    return until & Q(**{f"{field}__gte": start}) if start else until
