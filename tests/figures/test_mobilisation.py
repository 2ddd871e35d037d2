"""What counts as called, reached, answered, in which role, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from sanqiao.figures import catalogue, engine
from sanqiao.figures.checks import run_checks
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.audience import Rule
from sanqiao.work.mobilisation.rows import OutcomeRow, PledgeRow
from tests.make import Town, make_appointment, make_membership, make_person, make_post
from tests.work.mobilisation.make import DAY, make_draft, make_ordered, make_sending, members, of

LAST = date(2020, 6, 30)
TERMS = ("ordered", "reached", "unreachable", "waiting", "answered", "silent", "can", "cannot")


def value(code: str, area: Area, day: date = LAST, start: date | None = None) -> Any:
    figure = catalogue.figures_on(day)[f"mobilisation.{code}"]
    one = engine.value_of(figure, area, day, start).value
    assert engine.values([figure], day, start)[figure.code][area.pk].value == one
    return one


def reported(town: Town, by: User, **days: date) -> None:
    """A mobilisation in which each outcome was reported on its day, by the branch's sheet."""
    people = members(town, len(days) + 1)
    mobilisation = make_sending(town, by)
    rows = [
        OutcomeRow(str(person.id_number), outcome, day)
        for person, (outcome, day) in zip(people, days.items(), strict=False)
    ]
    commands.import_outcomes(mobilisation=mobilisation, rows=rows, by=by)


def test_the_balance_as_of_each_day(town: Town, city_officer: User) -> None:
    reported(
        town, city_officer, can=date(2020, 2, 1), cannot=date(2020, 2, 2),
        silent=date(2020, 2, 3), unreachable=date(2020, 2, 4),
    )  # fmt: skip
    expected = {
        date(2020, 1, 25): (0, 0, 0, 0, 0, 0, 0, 0),  # not yet ordered
        DAY: (5, 0, 0, 5, 0, 0, 0, 0),
        date(2020, 2, 1): (5, 1, 0, 4, 1, 0, 1, 0),
        date(2020, 2, 2): (5, 2, 0, 3, 2, 0, 1, 1),
        date(2020, 2, 3): (5, 3, 0, 2, 2, 1, 1, 1),
        date(2020, 2, 4): (5, 3, 1, 1, 2, 1, 1, 1),
    }

    for day, numbers in expected.items():
        assert tuple(value(term, town.city, day) for term in TERMS) == numbers, day


def test_who_was_reached_first_and_answered_later_was_silent_between(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    for outcome, day in (("silent", date(2020, 2, 1)), ("can", date(2020, 2, 5))):
        row = OutcomeRow(str(person.id_number), outcome, day)
        commands.import_outcomes(mobilisation=mobilisation, rows=[row], by=city_officer)

    assert value("silent", town.city, date(2020, 2, 4)) == 1
    assert (value("silent", town.city), value("can", town.city)) == (0, 1)


def test_who_was_unreachable_and_answered_after_all_is_reached(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    for outcome, day in (("unreachable", date(2020, 2, 1)), ("can", date(2020, 2, 5))):
        row = OutcomeRow(str(person.id_number), outcome, day)
        commands.import_outcomes(mobilisation=mobilisation, rows=[row], by=city_officer)

    assert value("unreachable", town.city, date(2020, 2, 4)) == 1
    assert (value("unreachable", town.city), value("reached", town.city)) == (0, 1)


def test_exercises_and_drafts_count_nowhere(town: Town, city_officer: User) -> None:
    people = members(town, 1)
    make_draft(town, city_officer)
    exercise = make_sending(town, city_officer, is_exercise=True)
    commands.answer_by_link(call_out=of(exercise, people[0]).pk, answer="can")
    today = timezone.localdate()

    codes = (*TERMS, "letters", "responding_members", "listed_roles")
    assert {value(code, town.city, today) for code in codes} == {0}


def test_somebody_called_twice_is_two_times_ordered_and_one_responder(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    for _n in range(2):
        mobilisation = make_sending(town, city_officer)
        commands.answer_by_link(call_out=of(mobilisation, person).pk, answer="can")
    today = timezone.localdate()

    assert (value("can", town.city, today), value("letters", town.city, today)) == (2, 2)
    assert value("responding_members", town.city, today) == 1


def test_roles_are_persons_each_and_the_list_of_roles_is_no_number_of_persons(
    town: Town, city_officer: User
) -> None:
    both, one, unwilling = members(town, 3)
    student = make_person(area=town.far_grid)
    for person, code in (
        (both, "first_secretary"), (both, "team_leader"), (one, "team_member"),
        (unwilling, "leader"), (student, "graduate"),
    ):  # fmt: skip
        make_appointment(person=person, area=town.community, post=make_post(code))
    rule = Rule(members="all", posts=("graduate",))
    mobilisation = make_sending(town, city_officer, rule=rule)
    for person, answer in ((both, "can"), (one, "can"), (unwilling, "cannot"), (student, "can")):
        commands.answer_by_link(call_out=of(mobilisation, person).pk, answer=answer)
    today = timezone.localdate()

    found = {
        role: value(f"responding_{role}", town.city, today)
        for role in ("first_secretaries", "team_members", "leaders", "graduates", "members")
    }
    assert found == {
        "first_secretaries": 1,
        "team_members": 2,
        "leaders": 0,  # cannot come
        "graduates": 1,  # is no member
        "members": 2,
    }
    assert value("listed_roles", town.city, today) == 4
    assert value("listed_persons", town.city, today) == 3
    assert value("listed_times", town.city, today) == 4
    assert value("listed_share", town.city, today) == Decimal("200.0")


def test_a_role_counts_where_the_post_is_and_the_answer_where_the_branch_is(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    make_appointment(person=person, area=town.other_community, post=make_post("first_secretary"))
    mobilisation = make_sending(town, city_officer)
    commands.answer_by_link(call_out=of(mobilisation, person).pk, answer="can")
    today = timezone.localdate()

    assert value("responding_first_secretaries", town.other_township, today) == 1
    assert value("responding_first_secretaries", town.township, today) == 0
    assert value("responding_members", town.township, today) == 1


def test_closing_changes_no_figure(town: Town, city_officer: User) -> None:
    people = members(town, 2)
    make_appointment(person=people[0], area=town.community, post=make_post("leader"))
    mobilisation = make_sending(town, city_officer)
    for person in people:
        commands.answer_by_link(call_out=of(mobilisation, person).pk, answer="can")
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)
    today, codes = timezone.localdate(), (*TERMS, "responding_members", "responding_leaders")
    before = {code: value(code, town.city, today) for code in codes}

    commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)

    assert {code: value(code, town.city, today) for code in codes} == before


def test_letters_and_campaigns_are_counted_over_the_period(town: Town, city_officer: User) -> None:
    members(town, 1)
    for day in (date(2020, 1, 22), date(2020, 1, 23), LAST, date(2020, 7, 1)):
        make_ordered(town, city_officer, issued_on=day)
        commands.open_campaign(
            area=town.city, name=f"{day}", items=["值守"], opens_on=day, by=city_officer
        )
    start = date(2020, 1, 23)

    assert value("letters", town.city, LAST, start) == 2
    assert value("pledge_campaigns", town.city, LAST, start) == 2
    assert value("letters", town.city) == 3


def test_a_pledge_is_kept_from_the_day_of_its_deed(town: Town, city_officer: User) -> None:
    first, second = members(town, 2)
    campaign = commands.open_campaign(
        area=town.city, name="先锋", items=["值守"], opens_on=DAY, by=city_officer
    )
    rows = [
        PledgeRow(str(first.id_number), "值守", "", DAY, date(2020, 2, 1), "半天"),
        PledgeRow(str(second.id_number), "值守", "", DAY),
    ]
    commands.import_pledges(campaign=campaign, rows=rows, by=city_officer)

    assert (value("pledges", town.city), value("kept_pledges", town.city)) == (2, 1)
    assert value("kept_pledges", town.city, date(2020, 1, 31)) == 0


def test_a_mobilisation_is_overdue_from_the_day_after(town: Town, city_officer: User) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    commands.end_mobilisation(mobilisation=mobilisation, on=DAY, by=city_officer)

    assert value("overdue_closings", town.city, date(2020, 2, 25)) == 0
    assert value("overdue_closings", town.city, date(2020, 2, 26)) == 1
    commands.close_mobilisation(mobilisation=mobilisation, on=date(2020, 3, 1), by=city_officer)
    assert value("overdue_closings", town.city, date(2020, 2, 29)) == 1
    assert value("overdue_closings", town.city, date(2020, 3, 1)) == 0


def test_the_value_is_the_same_whoever_looks(
    town: Town, city_officer: User, clerk: User,
    as_seen_by: Callable[[User], AbstractContextManager[None]],
) -> None:  # fmt: skip
    members(town, 1)
    make_membership(organisation=town.other_branch)
    make_sending(town, city_officer)

    with as_seen_by(clerk):
        assert value("ordered", town.city, timezone.localdate()) == 2


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("mobilisation.everybody_is_somewhere", True),
        ("mobilisation.reached_answer_or_not", True),
        ("mobilisation.answers_are_two", True),
        ("mobilisation.kept_were_pledged", True),
        ("mobilisation.roles_overlap", False),  # a first secretary who leads the team
    ],
)
def test_the_checks(town: Town, city_officer: User, code: str, holds: bool) -> None:
    (both, _other) = members(town, 2)
    for post in ("first_secretary", "team_leader"):
        make_appointment(person=both, area=town.community, post=make_post(post))
    mobilisation = make_sending(town, city_officer)
    commands.answer_by_link(call_out=of(mobilisation, both).pk, answer="can")

    results = {r.check.code: r for r in run_checks(town.city, timezone.localdate())}

    assert results[code].holds == holds
    if not holds:
        assert [results[code].left, results[code].right] == [2, 1]
        assert "人次" in results[code].note


def test_givers_are_never_set_against_responders_without_saying_so(
    town: Town, city_officer: User
) -> None:
    """R-20 stands beside the figures of both."""
    (check,) = (c for c in catalogue.checks() if c.relation == "R-20")

    assert check.flag and "人群" in str(check.reason)
    assert {*check.left, *check.right} <= set(catalogue.figures_on(LAST))
