"""Working days of 2019–2026; a year that is not published is a state of its own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.commands import publish_known_years, publish_year
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import DayException, Event, HolidayYear
from sanqiao.kernel.workdays import KnownYear, count_workdays, known_years, workdays_after
from tests.make import make_user


@pytest.fixture(autouse=True)
def _published() -> None:
    publish_known_years(by=make_user())


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2020-04-24", 3, "2020-04-28"),
        ("2020-04-30", 1, "2020-05-06"),
        ("2020-01-23", 1, "2020-02-03"),
        ("2020-01-17", 1, "2020-01-19"),
        ("2022-12-30", 1, "2023-01-03"),
        ("2020-06-30", 0, "2020-06-30"),
        ("2026-02-13", 2, "2026-02-24"),
    ],
)
def test_counting_starts_the_day_after(start: str, n: int, end: str) -> None:
    assert workdays_after(date.fromisoformat(start), n) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2020-06-04", "2020-06-11", 6),
        ("2020-01-24", "2020-02-02", 0),
        ("2020-10-01", "2020-10-10", 2),
        ("2020-06-11", "2020-06-04", 0),
        ("2020-01-01", "2020-12-31", 249),
        ("2021-01-01", "2021-12-31", 250),
        ("2024-01-01", "2024-12-31", 251),
    ],
)
def test_both_ends_count(first: str, last: str, count: int) -> None:
    assert count_workdays(date.fromisoformat(first), date.fromisoformat(last)) == count


days = st.dates(date(2019, 1, 1), date(2026, 11, 1))


@given(days, st.integers(0, 30))
def test_the_nth_working_day_after_is_n_working_days_later(start: date, n: int) -> None:
    end = workdays_after(start, n)
    assert count_workdays(start + timedelta(days=1), end) == n


def test_a_year_not_yet_published_is_refused() -> None:
    for ask in (
        lambda: workdays_after(date(2026, 12, 31), 1),
        lambda: count_workdays(date(2026, 12, 1), date(2027, 1, 1)),
        lambda: count_workdays(date(2018, 12, 31), date(2019, 1, 1)),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "kernel.year_not_published"


def test_only_days_that_differ_from_the_week_are_listed() -> None:
    for known in known_years():
        for day, (_name, worked) in known.days.items():
            assert worked == (day.weekday() >= 5), day
            assert day.year == known.year
    assert [known.year for known in known_years()] == list(range(2019, 2027))


def test_publishing_again_changes_nothing_and_a_city_may_edit() -> None:
    by = make_user()
    assert publish_known_years(by=by) == 0
    own = KnownYear(2027, "本市通知", {date(2027, 1, 1): ("元旦", False)})
    publish_year(year=own, by=by)
    assert workdays_after(date(2026, 12, 31), 1) == date(2027, 1, 4)
    publish_year(year=KnownYear(2027, "更正", {}), by=by)
    assert HolidayYear.objects.get(year=2027).source == "更正"
    assert not DayException.objects.filter(year=2027).exists()
    assert Event.objects.filter(kind="kernel.holidays_published").count() == 10
