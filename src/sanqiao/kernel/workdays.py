"""工作日: weekends, holidays and 调休 from the table.

A year that is not in it is not yet published, which is not the same as a year without holidays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

import yaml
from django.utils.translation import gettext as _

from .errors import Refused
from .models import DayException, HolidayYear

SATURDAY = 5
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KnownYear:
    """A published holiday list: day → (name, worked?), days that differ from the week only."""

    year: int
    source: str
    days: dict[date, tuple[str, bool]]


class Calendar:
    """The working days between two days. Two queries; raises Refused: kernel.year_not_published."""

    def __init__(self, first: date, last: date) -> None:
        years = set(range(first.year, last.year + 1))
        published = HolidayYear.objects.filter(year__in=years).values_list("year", flat=True)
        for year in sorted(years - set(published)):
            raise Refused(
                "kernel.year_not_published",
                _("%(year)s 年的放假安排尚未公布，不能计算工作日。") % {"year": year},
            )
        rows = DayException.objects.filter(day__range=(first, last))
        self.exceptions = dict(rows.values_list("day", "is_workday"))

    def is_workday(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < SATURDAY)


def count_workdays(first: date, last: date) -> int:
    """Working days from `first` to `last`, both counted.

    Raises Refused: kernel.year_not_published.
    """
    if last < first:
        return 0
    calendar = Calendar(first, last)
    return sum(calendar.is_workday(day) for day in _days(first, last))


def workdays_after(start: date, n: int) -> date:
    """The `n`-th working day after `start`, counted from the next day; `start` itself for 0.

    Raises Refused: kernel.year_not_published, only if the count really gets there.
    """
    day, left, calendar, known_to = start, n, None, start
    while left:
        day += DAY
        if calendar is None or day > known_to:
            known_to = date(day.year, 12, 31)
            calendar = Calendar(day, known_to)
        left -= calendar.is_workday(day)
    return day


def known_years() -> list[KnownYear]:
    """The lists that come with the product, each with the paper it is from."""
    text = resources.files("sanqiao.kernel").joinpath("data/holidays.yaml").read_text("utf-8")
    return [_known_year(year, entry) for year, entry in yaml.safe_load(text).items()]


def _known_year(year: int, entry: dict[str, Any]) -> KnownYear:
    days = {
        date.fromisoformat(f"{year}-{day}"): (holiday["name"], worked)
        for holiday in entry["holidays"]
        for worked, key in ((False, "rest"), (True, "work"))
        for day in holiday.get(key, [])
    }
    return KnownYear(year, entry["source"], dict(sorted(days.items())))


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY
