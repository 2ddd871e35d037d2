from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sanqiao.figures import catalogue
from sanqiao.reference.demo import _padded, _width
from sanqiao.reference.expected import Expected, expected_figures

pytestmark = pytest.mark.no_db


def expect(printed: str, qualifier: str) -> Expected:
    return Expected("F000", Decimal(printed), qualifier, "areas.counties", date(2020, 6, 30))


@pytest.mark.parametrize(
    ("printed", "qualifier", "value", "agrees"),
    [
        ("622", "exact", "622", True),
        ("622", "exact", "623", False),
        ("6.61", "exact", "6.606", True),
        ("6.61", "exact", "6.604", False),
        ("16.7", "at_least", "16.66", True),
        ("2000", "at_least", "2068", True),
        ("2000", "at_least", "1999", False),
    ],
)
def test_agreement_is_to_the_printed_decimals(
    printed: str, qualifier: str, value: str, agrees: bool
) -> None:
    assert expect(printed, qualifier).agrees(Decimal(value)) is agrees


def test_an_undefined_figure_never_agrees() -> None:
    assert not expect("0", "at_least").agrees(None)


def test_every_figure_that_can_be_answered_is_asked() -> None:
    asked = {each.id for each in expected_figures()}

    assert asked == {
        f"F{n:03}"
        for n in (
            *range(2, 29), 31, 32, 37, *range(77, 81), *range(84, 96),
            *range(97, 100), 114, 115, 117, *range(121, 130),
        )
    }  # fmt: skip


def test_every_expected_figure_is_in_the_catalogue_on_its_day() -> None:
    for each in expected_figures():
        assert each.code in catalogue.figures_on(each.as_of)


def test_columns_are_aligned_whatever_the_script() -> None:
    assert _width("小微网格 F023") == 13
    assert {_width(_padded(cell, 12)) for cell in ("小微网格", "4,109", "≥ 330", "yes")} == {12}
    assert _padded("4,109", 8).endswith("4,109")
