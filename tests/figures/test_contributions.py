"""Which records count for the figures of gifts, and what the checks say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sanqiao.figures import catalogue
from sanqiao.figures.checks import CheckResult, run_checks
from sanqiao.figures.engine import value_of, values
from sanqiao.kernel.models import User
from sanqiao.work.contributions.commands import deliver_goods, reverse_contribution
from tests.make import Town, make_membership
from tests.work.contributions.make import hand_up, make_gift, make_goods, verify

START, DAY = date(2020, 1, 23), date(2020, 6, 30)


def value(code: str, town: Town, start: date | None = START, day: date = DAY) -> Decimal | None:
    figure = catalogue.figures_on(DAY)[f"contributions.{code}"]
    found = value_of(figure, town.city, day, start).value
    assert found == values([figure], day, start)[figure.code][town.city.pk].value
    return found


def check(code: str, town: Town) -> CheckResult:
    found = {result.check.code: result for result in run_checks(town.city, DAY, START)}
    return found[f"contributions.{code}"]


@pytest.fixture
def gifts(town: Town, secretary: User) -> None:
    twice = make_membership(organisation=town.branch).person
    make_gift(town.branch, secretary, "100", person=twice)  # in
    make_gift(town.branch, secretary, "50.50", person=twice)  # in; the same person
    make_gift(town.other_branch, secretary_of(town), "200")  # in; another branch
    make_gift(town.branch, secretary, "7", given_on=date(2020, 1, 22))  # not in: too early
    make_gift(town.branch, secretary, "7", given_on=date(2020, 7, 1))  # not in: too late
    wrong = make_gift(town.branch, secretary, "30")  # not in: taken back in time
    reverse_contribution(contribution=wrong, receipt="H1", on=DAY, reason="误", by=secretary)
    late = make_gift(town.branch, secretary, "40")  # in: taken back later
    reverse_contribution(
        contribution=late, receipt="H2", on=date(2020, 7, 1), reason="误", by=secretary
    )


def secretary_of(town: Town) -> User:
    from tests.make import make_grant

    return make_grant(role="community_secretary", area=town.other_community).user


@pytest.mark.usefixtures("gifts")
def test_the_mean_is_compared_with_the_source_for_the_whole_city_alone(town: Town) -> None:
    """R-18: 125.07 to 125.20 yuan a giver; a county or a branch may well differ."""
    assert not check("mean_as_printed", town).holds
    for part in (town.county, town.township, town.community):
        codes = {result.check.code for result in run_checks(part, DAY, START)}
        assert "contributions.mean_as_printed" not in codes
        assert "contributions.givers_within_entries" in codes


@pytest.mark.usefixtures("gifts")
def test_persons_entries_and_yuan_are_three_numbers(town: Town) -> None:
    assert value("givers", town) == 3
    assert value("entries", town) == 4
    assert value("cash", town) == Decimal("390.50")
    assert value("mean", town) == Decimal("130.17")


@pytest.mark.usefixtures("gifts")
def test_a_later_day_knows_the_later_reversal(town: Town) -> None:
    assert value("givers", town, day=date(2020, 7, 1)) == 3, "a new gift, and one taken back"
    assert value("cash", town, day=date(2020, 7, 1)) == Decimal("357.50")
    assert value("cash", town, start=None) == Decimal("397.50")


def test_each_level_counts_what_it_has_received(town: Town, secretary: User, clerk: User) -> None:
    verify(hand_up(make_gift(town.branch, secretary, "100"), secretary), clerk)
    remittance = hand_up(make_gift(town.branch, secretary, "7"), secretary)
    verify(remittance, clerk, counted="6", note="少一元")

    assert value("from_branches", town) == 100
    assert value("at_counties", town) == 100
    assert value("at_city", town) == 0
    found = check("at_city_equals_given", town)
    assert (found.holds, found.left, found.right) == (False, Decimal(107), Decimal(0))
    assert "批次" in found.note


def test_goods_are_counted_in_a_unit_of_their_own(town: Town, clerk: User, secretary: User) -> None:
    goods = make_goods(town.street_committee, clerk, quantity=Decimal(10), price=Decimal("0.05"))
    deliver_goods(
        goods=goods, number="D", quantity=Decimal(3), delivered_on=DAY, receiver="社区",
        signed_by="何", use="值守", by=clerk,
    )  # fmt: skip
    make_gift(town.branch, secretary, "100")

    assert value("goods_value", town) == Decimal("0.50")
    assert value("goods_used", town) == Decimal("0.15")
    assert value("goods_left", town) == Decimal("0.35")
    found = check("goods_are_no_money", town)
    assert (found.holds, found.left, found.right) == (False, Decimal("0.50"), Decimal(100))
    assert "不是钱" in found.note


@pytest.mark.no_db
def test_no_figure_adds_money_to_the_value_of_goods_or_divides_by_members() -> None:
    """R-31, and no rate of participation: giving is voluntary."""
    for figure in catalogue.declared():
        units = {str(part.unit) for part in catalogue.parts_of(figure, DAY)}
        if figure.kind in {"total", "difference"} and figure.code.startswith("contributions."):
            assert len(units) == 1, figure.code
        if "contributions.givers" in figure.parts and figure.combine == "ratio":
            assert figure.code == "contributions.mean"


@pytest.mark.no_db
def test_the_relations_of_gifts_have_their_checks() -> None:
    own = [c for c in catalogue.checks() if c.code.startswith("contributions.")]
    assert {"R-18", "R-31"} <= {check.relation for check in own}
