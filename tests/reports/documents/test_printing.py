from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.reports.documents.model import Style
from sanqiao.reports.documents.printing import combined, printed

NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        ("1136", "plain", "1136"),
        ("88900", "grouped", "88,900"),
        ("88900", "wan", "8.89万"),
        ("90000", "wan", "9万"),
        ("98.81", "percent", "98.81%"),
        ("88912", "more", "88,900余"),
        ("338", "more", "330余"),
        ("7", "more", "7余"),
        ("0", "more", "0余"),
    ],
)
def test_a_value_prints_in_the_form_that_the_text_asks_for(
    value: str, style: Style, text: str
) -> None:
    assert printed(Decimal(value), style) == text


def test_a_ratio_over_zero_is_a_dash() -> None:
    value = combined([Decimal(3), Decimal(0)], combine="ratio", factor=100, decimals=2)

    assert printed(value, "percent") == "—"


def test_rates_round_half_up() -> None:
    value = combined([Decimal(1), Decimal(800)], combine="ratio", factor=100, decimals=2)

    assert value == Decimal("0.13")


def test_a_difference_takes_every_further_term_off_the_first() -> None:
    measures = [Decimal(10), Decimal(3), Decimal(2)]

    assert combined(measures, combine="difference", factor=1, decimals=0) == 5
    assert combined(measures, combine="sum", factor=1, decimals=0) == 15
    assert combined(measures, combine="first", factor=1, decimals=0) == 10


@given(NUMBERS)
def test_more_never_says_more_than_there_is(value: Decimal) -> None:
    said = Decimal(printed(value, "more").rstrip("余").replace(",", ""))

    assert said <= value
    assert value < 10 or said > value * Decimal("0.49")
