"""Members counted onto other records, for lists."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from sanqiao.registers.organisations.models import OrganisationQuerySet

from .models import Membership


def with_full_members(organisations: OrganisationQuerySet, on: date) -> OrganisationQuerySet:
    """Adds `full_members` on the day, with those below: one query, as far as visible."""
    below = Membership.objects.on(on).full().filter(
        organisation_path__gte=OuterRef("path"),
        organisation_path__lt=Concat(OuterRef("path"), Value("~")),
    )  # fmt: skip
    counted = below.order_by().values(whole=Value(1)).annotate(count=Count("*")).values("count")
    whole = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return organisations.annotate(full_members=whole)
