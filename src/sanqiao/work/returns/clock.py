"""When a return is due, and how many working hours lie between two moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.workdays import Calendar, workdays_after

ZONE = ZoneInfo("Asia/Shanghai")
DAY, HOUR = timedelta(days=1), Decimal(3600)
LONGEST = timedelta(days=370)
"""Nobody is given longer than a year; counting stops here."""


class HasClock(Protocol):
    """An edition, or a `Clock` of its own."""

    @property
    def due_after(self) -> int: ...
    @property
    def due_in_workdays(self) -> bool: ...
    @property
    def due_time(self) -> time: ...
    @property
    def office_hours(self) -> str: ...
    @property
    def counts_every_hour(self) -> bool: ...


def due_at(clock: HasClock, period_last: date) -> datetime:
    """The one due time of all levels. Raises Refused: kernel.year_not_published."""
    days = clock.due_after
    day = workdays_after(period_last, days) if clock.due_in_workdays else period_last + days * DAY
    return datetime.combine(day, clock.due_time, ZONE)


def working_hours(clock: HasClock, start: datetime, end: datetime) -> Decimal:
    """Hours to one decimal, rounded down; 0 when `end` is not later.

    Raises Refused: kernel.year_not_published.
    """
    if end <= start:
        return Decimal(0)
    end = min(end, start + LONGEST)
    seconds = (end - start).total_seconds()
    if not clock.counts_every_hour:
        seconds = sum(_within(span, start, end) for span in _spans(clock.office_hours, start, end))
    return (Decimal(int(seconds)) / HOUR).quantize(Decimal("0.1"), ROUND_DOWN)


def office_spans(text: str) -> list[tuple[time, time]]:
    """`08:30-12:00,14:30-18:00` as pairs. Raises Refused: returns.office_hours."""
    try:
        pairs = [tuple(map(time.fromisoformat, span.split("-"))) for span in text.split(",")]
        spans = [(first, last) for first, last in pairs if first < last]
    except ValueError:
        spans = []
    if not spans or len(spans) < len(text.split(",")):
        words = _("工作时间应写成“08:30-12:00,14:30-18:00”")
        raise Refused("returns.office_hours", words, field="office_hours")
    return spans


def _spans(text: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Office hours of every working day that the two moments touch."""
    first, last = start.astimezone(ZONE).date(), end.astimezone(ZONE).date()
    calendar, spans, day = Calendar(first, last), office_spans(text), first
    while day <= last:
        if calendar.is_workday(day):
            for opens, closes in spans:
                yield datetime.combine(day, opens, ZONE), datetime.combine(day, closes, ZONE)
        day += DAY


def _within(span: tuple[datetime, datetime], start: datetime, end: datetime) -> float:
    return max(0.0, (min(span[1], end) - max(span[0], start)).total_seconds())
