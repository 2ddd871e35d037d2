"""The rows of the reference city alone, added up in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from sanqiao.reference.city import City
from sanqiao.reference.contributions import Contributions
from sanqiao.reference.donated import Donated
from sanqiao.reference.party import ROOT
from sanqiao.registers.people.rows import MembershipRow

pytestmark = pytest.mark.no_db
EPIDEMIC = date(2020, 1, 23), date(2020, 6, 30)


@cache
def gifts() -> Contributions:
    return Contributions(City())


def test_the_members_of_the_source_gave_the_sum_of_the_source() -> None:  # F012, F013, F093
    rows = gifts().rows

    assert len(rows) == len({row.id_number for row in rows}) == 90_800
    assert len({row.receipt for row in rows}) == len(rows)
    assert sum(row.amount for row in rows) == 11_362_200
    assert round(Decimal(11_362_200) / 90_800, 2) == Decimal("125.13")
    assert all(row.amount > 0 for row in rows)
    assert all(EPIDEMIC[0] <= row.given_on <= EPIDEMIC[1] for row in rows)


def test_everybody_gave_through_the_branch_of_that_day() -> None:
    city = gifts().city
    held: dict[str, list[MembershipRow]] = {}
    for row in city.members(city.party.hosts)[1]:
        held.setdefault(row.id_number, []).append(row)
    for gift in gifts().rows[::50]:
        assert any(
            row.organisation_code == gift.organisation_code
            and row.valid_from <= gift.given_on
            and (row.valid_to is None or row.valid_to > gift.given_on)
            for row in held[gift.id_number]
        )


def test_every_level_passes_on_what_it_received() -> None:
    received: Counter[tuple[str, str]] = Counter()
    for row in gifts().rows:
        received[row.organisation_code, row.batch_key] += int(row.amount)
    for tier in gifts().remittances:
        for remittance in tier:
            place = remittance.organisation_code, remittance.batch_key
            parent = gifts().parents[remittance.organisation_code]
            assert parent is not None and remittance.counted == remittance.total
            received[place] -= int(remittance.total)
            received[parent, remittance.into_key] += int(remittance.total)

    assert {place[0] for place, total in received.items() if total} == {ROOT}
    assert sum(received.values()) == 11_362_200


def test_goods_are_worth_what_the_source_says_and_never_more_goes_out() -> None:  # F011
    donated = Donated(City())
    out: Counter[str] = Counter()
    for row in donated.deliveries:
        out[row.goods_number] += row.quantity  # type: ignore[assignment]

    assert sum(row.quantity * row.price for row in donated.goods) == 9_000_000
    assert all(out[row.number] <= row.quantity for row in donated.goods)
    assert sum(row.amount for row in donated.spending) == 10_948_300


def test_a_small_city_gives_in_proportion() -> None:
    small = Contributions(City(0.01))

    assert len(small.rows) == 908
    assert sum(row.amount for row in small.rows) == 113_620
    assert sum(row.quantity * row.price for row in Donated(City(0.01)).goods) == 90_000
