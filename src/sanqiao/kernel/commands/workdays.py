from __future__ import annotations

from django.db import transaction

from sanqiao.kernel.models import DayException, HolidayYear, User, note
from sanqiao.kernel.workdays import KnownYear, known_years


@transaction.atomic
def publish_year(*, year: KnownYear, by: User) -> HolidayYear:
    """Take over a year's holiday list, in place of an earlier one of the same year."""
    row, _ = HolidayYear.objects.update_or_create(year=year.year, defaults={"source": year.source})
    DayException.objects.filter(year=row).delete()
    days = [
        DayException(day=day, name=name, is_workday=is_workday, year=row)
        for day, (name, is_workday) in year.days.items()
    ]
    DayException.objects.bulk_create(days)
    note("kernel.holidays_published", subject=row, by=by, days=len(days))
    return row


@transaction.atomic
def publish_known_years(*, by: User) -> int:
    """The years that come with the product and are not yet in the table; how many they were."""
    present = set(HolidayYear.objects.values_list("year", flat=True))
    missing = [year for year in known_years() if year.year not in present]
    for year in missing:
        publish_year(year=year, by=by)
    return len(missing)
