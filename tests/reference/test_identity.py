from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel import codes
from sanqiao.reference.draw import spread
from sanqiao.reference.identity import credit_code, id_number, organisation_code, phone

pytestmark = pytest.mark.no_db

serials = st.integers(0, 10_000_000)
births = st.integers(1930, 2010)
counties = st.sampled_from(["420302", "420303", "420381"])


details = st.fixed_dictionaries({"county": counties, "born": births, "is_male": st.booleans()})


@given(serials, serials, details, details)
def test_two_serials_never_share_an_id_number(
    one: int, two: int, these: dict[str, Any], those: dict[str, Any]
) -> None:
    first, second = id_number(one, **these), id_number(two, **those)

    assert one == two or first[:17] != second[:17]
    assert codes.id_number(first) == first
    assert int(first[10:12]) > 12


@given(serials, st.sampled_from(["office", "institution", "enterprise", "collective"]))
def test_credit_codes_pass_both_check_digits(serial: int, kind: str) -> None:
    code = credit_code(serial % 1_000_000, kind=kind, county="420302")

    assert codes.credit_code(code) == code
    assert organisation_code(code[8:16]) == code[8:17]


def test_the_organisation_code_follows_the_standard() -> None:
    assert organisation_code("60003734") == "600037341"  # 91110000600037341L


@given(serials)
def test_phones_lie_in_a_segment_without_subscribers(serial: int) -> None:
    assert codes.phone(phone(serial)).startswith("100")


@given(st.integers(0, 500), st.lists(st.floats(0.1, 10), min_size=1, max_size=40))
def test_spreading_keeps_the_total_and_nearly_the_proportions(
    total: int, weights: list[float]
) -> None:
    parts = spread(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1.000001


def test_spreading_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="too little"):
        spread(3, [1, 1], least=2)
