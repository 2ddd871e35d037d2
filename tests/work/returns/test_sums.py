from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.work.returns.sums import (
    Identity,
    Mismatch,
    broken,
    falling,
    part_sums,
    placed,
    plain,
    unequal,
)

from .make import numbers

pytestmark = pytest.mark.no_db
IN_HOSPITAL = Identity("在院", "left", (("all", 1), ("cured", -1), ("dead", -1)))


def test_an_identity_that_holds_says_nothing() -> None:
    assert not list(broken([IN_HOSPITAL], numbers(left=371, all=395, cured=24, dead=0)))


def test_a_broken_identity_says_both_numbers() -> None:
    (found,) = broken([IN_HOSPITAL], numbers(left=13712, all=67773, cured=49056, dead=3046))
    assert [found.line, found.stated, found.computed] == ["left", 13712, 15671]
    assert "13712" in found.words
    assert "15671" in found.words


def test_an_identity_with_a_missing_number_says_nothing() -> None:
    assert not list(broken([IN_HOSPITAL], numbers(left=1, all=395, cured=24)))


def test_a_total_that_its_parts_do_not_make_is_said() -> None:
    sums = part_sums({("a", "all"): Decimal(200), ("b", "all"): Decimal(194)})
    (found,) = unequal(numbers(all=395), sums)
    assert [found.stated, found.computed] == [395, 394]


def test_a_cumulative_number_that_falls_is_said() -> None:
    (found,) = falling(["all"], numbers(all=390), numbers(all=395))
    assert [found.kind, found.stated, found.computed] == ["falls", 390, 395]
    assert not list(falling(["all"], numbers(all=395), numbers(all=395)))


@given(st.decimals(0, 10**12, places=4), st.decimals(0, 10**12, places=4))
def test_what_is_kept_is_read_again_exactly(stated: Decimal, computed: Decimal) -> None:
    mismatch = Mismatch("identity", "left", stated, computed, "在院")
    assert Mismatch.read(mismatch.kept()) == mismatch


@given(st.lists(st.none() | st.fractions(0, 5), max_size=12), st.booleans())
def test_a_place_is_one_more_than_those_before(values: list[Fraction | None], high: bool) -> None:
    known = [value for value in values if value is not None]
    for value, place in zip(values, placed(values, highest_first=high), strict=True):
        if value is None:
            assert place is None
        else:
            assert place == 1 + len([v for v in known if (v > value if high else v < value)])


def test_numbers_are_written_plainly() -> None:
    assert [plain(Decimal(text)) for text in ("395.0000", "0.5000", "1E+3", "0")] == [
        "395", "0.5", "1000", "0",
    ]  # fmt: skip


def test_the_two_rates_of_the_source_have_one_solution() -> None:
    """R-01: 664 cured, 98.81 % and 1.19 % leave exactly 672 confirmed and 8 dead."""
    found = [
        (total, dead)
        for total in range(664, 5000)
        for dead in range(total - 663)
        if round(Fraction(664 * 100, total), 2) == Fraction(9881, 100)
        and round(Fraction(dead * 100, total), 2) == Fraction(119, 100)
    ]
    assert found == [(672, 8)]
