"""Who is in and who is out, at the edges; and the three relations of the source as flags."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sanqiao.figures import catalogue, engine
from sanqiao.figures.checks import CheckResult, run_checks
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.work.service.models import MechanismDuty, UnitCheckIn
from tests.make import Town, make_person, make_unit, make_user
from tests.work.service.make import (
    Bureau,
    make_bureau,
    make_check_in,
    make_pairing,
    make_placed,
    make_report,
    of_unit,
)

START, DAY = date(2020, 1, 23), date(2020, 6, 30)


@pytest.fixture
def by() -> User:
    return make_user()


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


def value(code: str, area: Area, day: date = DAY, start: date | None = START) -> Decimal | None:
    return engine.value_of(catalogue.figures_on(day)[code], area, day, start).value


def check(code: str, area: Area) -> CheckResult:
    (found,) = (r for r in run_checks(area, DAY, START) if r.check.code == f"service.{code}")
    return found


def placed(town: Town, bureau: Bureau, by: User, **given: Any) -> None:
    person = given.pop("person", None) or make_person(area=town.grid)
    unit = given.pop("unit", bureau.unit)
    on = given.get("checked_in_on", date(2020, 2, 3))
    accepted = {"accepted_on": on, "accepted_by": by}
    make_check_in(person, unit, town.community, **accepted | given)


def test_persons_and_units_that_reported_in_the_period(
    town: Town, bureau: Bureau, by: User
) -> None:
    county = make_unit(name="区财政局", area=town.county, rank="county")
    other = make_bureau(town, "市教育局")
    placed(town, bureau, by)  # in
    placed(town, bureau, by, checked_in_on=START)  # in: the first day
    placed(town, bureau, by, checked_in_on=DAY, standing="staff")  # in: the last day
    placed(town, bureau, by, checked_in_on=date(2020, 1, 22))  # out: too early
    placed(town, bureau, by, checked_in_on=date(2020, 7, 1))  # out: too late
    placed(town, bureau, by, accepted_on=date(2020, 7, 1))  # out: accepted after the period
    placed(town, bureau, by, unit=county)  # out: no municipal unit
    make_check_in(other.member, other.unit, town.community)  # out: waiting
    make_check_in(
        other.staff, other.unit, town.community,
        ended_on=DAY, end_reason="returned", end_note="不住这里",
    )  # fmt: skip
    # out: sent back

    assert value("service.checked_in", town.city) == 3
    assert value("service.checked_in_members", town.city) == 2
    assert value("service.checked_in_staff", town.city) == 1
    assert value("service.reporting_units", town.city) == 1
    assert value("service.checked_in_per_unit", town.city) == Decimal("3.0")
    assert value("service.waiting", town.city, date(2020, 6, 29)) == 3


def test_who_moved_counts_once_in_the_city_and_in_both_communities(
    town: Town, bureau: Bureau, by: User
) -> None:
    person = make_person(area=town.far_grid)
    ended = {"ended_on": date(2020, 3, 2), "end_reason": "moved"}
    placed(town, bureau, by, person=person, **ended)
    make_placed(
        person, bureau.unit, town.other_community, by,
        checked_in_on=date(2020, 3, 2), accepted_on=date(2020, 3, 3),
    )  # fmt: skip

    assert value("service.checked_in", town.city) == 1
    assert value("service.checked_in", town.community) == 1
    assert value("service.checked_in", town.other_community) == 1
    assert value("service.placed", town.city) == 1
    assert value("service.placed", town.community) == 0


def test_pairings_count_when_both_have_signed(town: Town, bureau: Bureau) -> None:
    other = make_bureau(town, "市教育局").unit
    make_pairing(bureau.unit, town.community)  # in
    make_pairing(other, town.community)  # in: a second unit of the same community
    make_pairing(other, town.other_community, community_signed_on=None)  # out: one signature
    past = {"valid_to": DAY, "end_reason": "撤并"}
    make_pairing(bureau.unit, town.other_community, **past)  # out: over on the day
    county = make_unit(name="区财政局", area=town.county, rank="county")
    make_pairing(county, town.other_community)  # out: no municipal unit

    assert value("service.paired_units", town.city, start=None) == 2
    assert value("service.paired_communities", town.city, start=None) == 1
    assert value("service.units_per_community", town.city, start=None) == Decimal("2.00")
    assert value("service.reporting_less_paired", town.city) == -2


def test_duties_of_the_mechanism_are_a_dated_list(town: Town) -> None:
    for order, (kind, end) in enumerate(
        [("check_in", None), ("check_in", None), ("report", None), ("report", DAY)], 1
    ):
        MechanismDuty.objects.create(
            area=town.city, order=order, kind=kind, party="unit", name="…", cycle="once",
            valid_from=START, valid_to=end,
        )  # fmt: skip

    assert value("service.check_in_duties", town.city, start=None) == 2
    assert value("service.report_duties", town.city, start=None) == 1
    assert value("service.report_duties", town.city, date(2020, 6, 29), None) == 2


def test_reports_are_done_with_the_communitys_remark(town: Town, bureau: Bureau, by: User) -> None:
    done = {"remark": "好", "remarked_on": DAY, "remarked_by": by}
    for person, given in (
        (bureau.member, {"confirmed_on": DAY, **done}),
        (bureau.staff, {"confirmed_on": DAY}),
    ):
        make_report(make_placed(person, bureau.unit, town.community, by), **given)

    assert value("service.member_reports", town.city) == 2
    assert value("service.member_reports_done", town.city) == 1
    assert value("service.member_report_rate", town.city) == Decimal("50.0")
    assert value("service.member_reports", town.city, date(2020, 6, 29)) == 0


def test_two_lists_of_units_are_asked_about_and_not_joined(
    town: Town, bureau: Bureau, by: User
) -> None:
    placed(town, bureau, by)
    placed(town, bureau, by, unit=make_bureau(town, "市教育局").unit)
    make_pairing(bureau.unit, town.community, is_lead=True)
    found = check("reporting_and_paired", town.city)

    assert (found.check.relation, found.check.flag, found.holds) == ("R-25", True, False)
    assert [int(found.left), int(found.right)] == [2, 1] and "不能把两份名单合并" in found.note


def test_persons_are_not_all_members(town: Town, bureau: Bureau, by: User) -> None:
    placed(town, bureau, by)
    assert check("checked_in_are_not_all_members", town.city).holds
    placed(town, bureau, by, standing="staff")
    found = check("checked_in_are_not_all_members", town.city)

    assert (found.check.relation, found.check.flag, found.holds) == ("R-26", True, False)
    assert [int(found.left), int(found.right)] == [2, 1] and "不能除以党员数" in found.note
    assert check("both_standings_cover", town.city).holds


def test_no_figure_divides_persons_who_reported_by_members() -> None:
    """R-26: what counts staff as well never stands over `people.members` or its kind."""
    for figure in catalogue.declared():
        if figure.combine == "ratio" and any(p.startswith("service.") for p in figure.parts):
            assert not any(part.startswith("people.") for part in figure.parts), figure.code


def test_paired_communities_have_units_one_of_which_leads(
    town: Town, bureau: Bureau, by: User
) -> None:
    pairing = make_pairing(bureau.unit, town.community)
    found = check("every_community_is_led", town.city)
    assert check("paired_within", town.city).check.relation == "R-14"
    assert check("paired_within", town.city).holds
    assert (found.holds, list(found.rows or [])) == (False, [pairing])

    pairing.is_lead = True
    pairing.save()
    assert check("every_community_is_led", town.city).holds
    assert not check("every_pairing_has_checked_in", town.city).holds
    UnitCheckIn.objects.create(
        pairing=pairing, area=town.community, area_path=town.community.path,
        checked_in_on=DAY, accepted_on=DAY, accepted_by=by, **of_unit(bureau.unit),
    )  # fmt: skip
    assert check("every_pairing_has_checked_in", town.city).holds
    assert value("service.units_in", town.city, start=None) == 1


def test_who_no_longer_lives_there_is_named(town: Town, bureau: Bureau, by: User) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, by, area=town.grid)
    assert check("live_where_they_reported", town.city).holds
    bureau.member.area = town.far_grid
    bureau.member.place()
    bureau.member.save()

    found = check("live_where_they_reported", town.city)
    assert (found.holds, list(found.rows or [])) == (False, [slip])
