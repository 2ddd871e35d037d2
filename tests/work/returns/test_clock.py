from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.commands import publish_known_years
from sanqiao.kernel.errors import Refused
from sanqiao.work.returns.clock import ZONE, due_at, office_spans, working_hours
from sanqiao.work.returns.rows import Clock
from tests.make import make_user

from .make import at

MOMENTS = st.integers(0, 480_000).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=ZONE) + timedelta(minutes=minutes)
)


@pytest.fixture(autouse=True)
def _years() -> None:
    publish_known_years(by=make_user())


def test_a_due_time_counts_working_days_after_the_period() -> None:
    clock = Clock(due_after=3, due_time=time(17))
    assert due_at(clock, date(2020, 4, 24)) == at("2020-04-28", 17)  # 26 April is a working Sunday


def test_a_bulletin_counts_calendar_days() -> None:
    clock = Clock(due_after=1, due_in_workdays=False, due_time=time(8))
    assert due_at(clock, date(2020, 2, 7)) == at("2020-02-08", 8)  # a Saturday


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (("2020-06-01", 9), ("2020-06-01", 17), "5.5"),  # a lunch from 12 to 14:30
        (("2020-06-01", 17), ("2020-06-02", 9), "1.5"),  # the evening counts nothing
        (("2020-06-05", 17), ("2020-06-08", 9), "1.5"),  # nor does the weekend
        (("2020-06-28", 9), ("2020-06-28", 12), "3.0"),  # but this Sunday is worked
        (("2020-06-01", 9), ("2020-06-01", 9), "0"),
        (("2020-06-02", 9), ("2020-06-01", 9), "0"),
    ],
)
def test_working_hours_are_those_of_the_office(
    start: tuple[str, int], end: tuple[str, int], hours: str
) -> None:
    assert working_hours(Clock(), at(*start), at(*end)) == Decimal(hours)


def test_on_watch_every_hour_counts() -> None:
    clock = Clock(counts_every_hour=True)
    assert working_hours(clock, at("2020-06-06", 9), at("2020-06-07", 10)) == 25


def test_a_year_that_is_not_published_is_not_guessed() -> None:
    with pytest.raises(Refused) as refusal:
        working_hours(Clock(), at("2031-06-02"), at("2031-06-03"))
    assert refusal.value.code == "kernel.year_not_published"


@given(first=MOMENTS, more=st.integers(0, 10_000), then=st.integers(0, 10_000))
def test_hours_add_up_over_any_moment_between(first: datetime, more: int, then: int) -> None:
    middle = first + timedelta(minutes=more)
    last = middle + timedelta(minutes=then)
    whole = working_hours(Clock(), first, last)
    parts = working_hours(Clock(), first, middle) + working_hours(Clock(), middle, last)
    assert Decimal(0) <= whole - parts <= Decimal("0.1")  # each is rounded down


@pytest.mark.parametrize("text", ["", "8-12", "12:00-08:00", "08:30-12:00,", "08:30"])
def test_office_hours_are_written_in_one_way(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        office_spans(text)
    assert refusal.value.code == "returns.office_hours"
