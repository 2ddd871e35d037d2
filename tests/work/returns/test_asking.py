from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sanqiao.kernel.commands import publish_known_years
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, User
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.commands import ask_round, open_edition
from sanqiao.work.returns.models import Return, ReturnForm
from sanqiao.work.returns.rows import Asking, Clock, IdentitySpec
from tests.make import Town, make_area, make_user

from .make import LINES, at, edition_spec, make_form


@pytest.fixture
def monthly(city_officer: User) -> ReturnForm:
    """Of the communities, three working days after the month; ten hours at least."""
    publish_known_years(by=make_user())
    edition = edition_spec(clock=Clock(3, hours_at_least=10))
    return make_form(by=city_officer, edition=edition, level="community", period_kind="month")


def asking(
    period: str = "2020-05", day: str = "2020-05-28", hour: int = 9, **more: object
) -> Asking:
    return Asking(period, at(day, hour), **more)  # type: ignore[arg-type]


def test_every_area_gets_the_same_due_time(
    monthly: ReturnForm, town: Town, city_officer: User
) -> None:
    areas = [town.community, town.other_community]
    round = ask_round(form=monthly, areas=areas, asking=asking(), by=city_officer)

    assert round.due_at == at("2020-06-03", 17)
    assert (round.due_on, round.hours) == (date(2020, 6, 3), Decimal("33.5"))
    assert set(round.returns.values_list("area_id", flat=True)) == {a.pk for a in areas}
    assert Event.objects.filter(kind="returns.round_asked").count() == 1


def test_asked_again_areas_are_added_under_the_same_clock(
    monthly: ReturnForm, town: Town, city_officer: User
) -> None:
    given: dict[str, Any] = {"form": monthly, "by": city_officer}
    first = ask_round(areas=[town.community], asking=asking(), **given)
    both = [town.community, town.other_community]
    second = ask_round(areas=both, asking=asking(day="2020-06-02"), **given)

    assert first == second
    assert Return.objects.count() == 2
    with pytest.raises(Refused) as refusal:
        ask_round(areas=both, asking=asking(due_at=at("2020-06-02", 12)), **given)
    assert refusal.value.code == "returns.other_due"


def test_a_lower_level_is_not_hurried_without_a_reason(
    monthly: ReturnForm, town: Town, city_officer: User
) -> None:
    hurried = asking(day="2020-06-01", due_at=at("2020-06-01", 17))
    with pytest.raises(Refused) as refusal:
        ask_round(form=monthly, areas=[town.community], asking=hurried, by=city_officer)
    assert (refusal.value.code, refusal.value.field) == ("returns.too_short", "reason")

    said = hurried._replace(reason="当日调度")
    round = ask_round(form=monthly, areas=[town.community], asking=said, by=city_officer)
    assert (str(round.hours), round.hours_at_least) == ("5.5", 10)


def test_ones_own_level_may_be_hurried(town: Town, city_officer: User) -> None:
    form = make_form(by=city_officer)
    hurried = asking("2020-02-06", "2020-02-06", due_at=at("2020-02-06", 10))
    round = ask_round(form=form, areas=[town.city], asking=hurried, by=city_officer)
    assert round.hours_at_least == 0


@pytest.mark.parametrize("period", ["2020-05-01", "2020", "2020-Q2", "五月", ""])
def test_a_period_is_of_the_forms_kind(
    period: str, monthly: ReturnForm, town: Town, city_officer: User
) -> None:
    with pytest.raises(Refused) as refusal:
        ask_round(form=monthly, areas=[town.community], asking=asking(period), by=city_officer)
    assert refusal.value.code == "returns.bad_period"


def test_only_the_forms_level_is_asked(monthly: ReturnForm, town: Town, city_officer: User) -> None:
    for areas, code in (([town.county], "returns.wrong_level"), ([], "returns.no_areas")):
        with pytest.raises(Refused) as refusal:
            ask_round(form=monthly, areas=areas, asking=asking(), by=city_officer)
        assert refusal.value.code == code


def test_who_may_not_ask_there_is_refused(
    monthly: ReturnForm, town: Town, clerk: User, county_officer: User
) -> None:
    far = make_area("community")
    for user, area in ((clerk, town.community), (county_officer, far)):
        with pytest.raises(Refused) as refusal:
            ask_round(form=monthly, areas=[area], asking=asking(), by=user)
        assert refusal.value.code == "returns.not_allowed"


def test_a_new_edition_holds_from_its_day_and_the_old_one_before(
    monthly: ReturnForm, town: Town, city_officer: User
) -> None:
    spec = edition_spec(valid_from=date(2020, 6, 1), lines=LINES[:1], identities=())
    opened = open_edition(form=monthly, edition=spec, by=city_officer)
    may, june = (
        ask_round(form=monthly, areas=[town.community], asking=asking(period), by=city_officer)
        for period in ("2020-05", "2020-06")
    )
    assert (may.edition.number, june.edition) == (1, opened)
    assert may.edition.lines.count() == 5


def test_bad_definitions_are_refused(monthly: ReturnForm, city_officer: User) -> None:
    odd = IdentitySpec("甲 = 乙", "confirmed", ("nothing",))
    later = date(2020, 6, 1)
    for spec, code in (
        (edition_spec(), "returns.edition_too_early"),
        (edition_spec(valid_from=later, lines=()), "returns.no_lines"),
        (edition_spec(valid_from=later, lines=LINES[:1] * 2), "returns.twin_line"),
        (edition_spec(valid_from=later, identities=(odd,)), "returns.unknown_line"),
        (edition_spec(valid_from=later, clock=Clock(office_hours="x")), "returns.office_hours"),
        (edition_spec(valid_from=later, clock=Clock(-1)), "returns.bad_clock"),
    ):
        with pytest.raises(Refused) as refusal:
            open_edition(form=monthly, edition=spec, by=city_officer)
        assert refusal.value.code == code, code


def test_only_the_city_defines(county_officer: User) -> None:
    with pytest.raises(Refused) as refusal:
        make_form(by=county_officer)
    assert refusal.value.code == "returns.not_allowed"


def test_a_form_names_the_body_that_may_ask_and_has_a_code_of_its_own(city_officer: User) -> None:
    make_form(by=city_officer, code="once")
    for code, body, refused in (
        ("other", "", "returns.no_body"),
        ("once", "市卫健委", "returns.code_taken"),
    ):
        with pytest.raises(Refused) as refusal:
            make_form(by=city_officer, code=code, competent_body=body)
        assert refusal.value.code == refused


def test_the_due_day_is_that_of_shanghai(
    monthly: ReturnForm, town: Town, city_officer: User
) -> None:
    late = asking(due_at=at("2020-06-10", 1))  # still the ninth in UTC
    round = ask_round(form=monthly, areas=[town.community], asking=late, by=city_officer)
    assert round.due_on == round.due_at.astimezone(ZONE).date() == date(2020, 6, 10)
