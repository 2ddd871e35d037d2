from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.periods import Day, Month, Period, Quarter, Year, parse_period

pytestmark = pytest.mark.no_db
days = st.dates(date(2, 1, 1), date(9998, 12, 31))
kinds = st.sampled_from([Day, Month, Quarter, Year])


@given(kinds, days)
def test_periods_follow_each_other_without_gap(kind: type[Period], day: date) -> None:
    period = kind.containing(day)
    assert day in period
    assert period.next.first - period.last == timedelta(days=1)
    assert period.next.previous == period
    assert sorted([period.next, period, period.previous], key=lambda p: p.first)[1] == period
    assert period.days == (period.last - period.first).days + 1


@given(kinds, days)
def test_the_text_of_a_period_reads_back(kind: type[Period], day: date) -> None:
    period = kind.containing(day)
    assert parse_period(str(period)) == period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020-06-30", date(2020, 6, 30), date(2020, 6, 30)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020-12", date(2020, 12, 1), date(2020, 12, 31)),
        ("2020-Q1", date(2020, 1, 1), date(2020, 3, 31)),
        ("2020-Q4", date(2020, 10, 1), date(2020, 12, 31)),
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
    ],
)
def test_a_period_knows_its_ends(text: str, first: date, last: date) -> None:
    period = parse_period(text)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "20", "2020-13", "2020-Q5", "2020-Q", "2020-02-30", "二〇二〇"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_period(text)
