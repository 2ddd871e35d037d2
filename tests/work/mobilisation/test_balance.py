"""ordered = reached + unreachable + waiting, whatever happens; and the tally is the rows."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import run
from sanqiao.registers.areas.models import Area
from sanqiao.work.mobilisation import commands, dispatch
from sanqiao.work.mobilisation.commands.advancing import advance
from sanqiao.work.mobilisation.commands.rehearsing import rehearse
from sanqiao.work.mobilisation.counting import Equation, by_area, equation_of, holes
from sanqiao.work.mobilisation.models import Batch, CallOut, Mobilisation, Tally
from tests.make import Town, make_area, make_membership, make_organisation, make_town

from .make import Scripted, carried_by, counted, make_sending, members, of, officer, route

Step = Callable[[Mobilisation, User, Random], object]


def _some(mobilisation: Mobilisation, chance: Random) -> CallOut:
    return chance.choice(list(CallOut.objects.filter(mobilisation=mobilisation).order_by("id")))


def _send(mobilisation: Mobilisation, by: User, chance: Random) -> object:
    ids = list(Batch.objects.filter(mobilisation=mobilisation).values_list("pk", flat=True))
    return dispatch.send_batch(chance.choice(ids))


STEPS: dict[str, Step] = {
    "send": _send,
    "advance": lambda m, by, chance: advance(mobilisation=m.pk),
    "can": lambda m, by, chance: commands.answer_by_link(
        call_out=_some(m, chance).pk, answer="can"
    ),
    "cannot": lambda m, by, chance: commands.answer_by_phone(
        call_out=_some(m, chance), answer="cannot", by=by
    ),
    "wrong": lambda m, by, chance: commands.note_attempt(
        call_out=_some(m, chance), wrong_number=True, by=by
    ),
    "pause": lambda m, by, chance: commands.pause_sending(mobilisation=m, by=by),
    "resume": lambda m, by, chance: commands.resume_sending(mobilisation=m, by=by),
    "stop": lambda m, by, chance: commands.stop_sending(mobilisation=m, by=by),
    "rehearse": lambda m, by, chance: rehearse(mobilisation=m.pk),
    "end": lambda m, by, chance: commands.end_mobilisation(mobilisation=m, by=by),
    "close": lambda m, by, chance: commands.close_mobilisation(mobilisation=m, by=by),
}


@settings(max_examples=25)
@given(
    steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=14),
    seed=st.integers(0, 10**6),
    is_exercise=st.booleans(),
)
def test_the_balance_holds_after_every_act(steps: list[str], seed: int, is_exercise: bool) -> None:
    chance = Random(seed)
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        town = make_town()
        by = officer(town)
        people = members(town, 4)
        outcomes = {
            f"p{p.phone}": chance.choice(["accepted", "refused", "unknown"]) for p in people
        }
        given_route = route("wecom", "sms", "phone")
        patch.setattr("sanqiao.work.mobilisation.commands.ordering.BATCH", 2)
        with carried_by(Scripted(**outcomes), patch):
            mobilisation = make_sending(town, by, route=given_route, is_exercise=is_exercise)
            for step in steps:
                _try(STEPS[step], mobilisation, by, chance)
                assert_balanced(mobilisation, len(people))
        transaction.set_rollback(True)


def _try(step: Step, mobilisation: Mobilisation, by: User, chance: Random) -> None:
    """What is not allowed at this point changes nothing."""
    try:
        step(mobilisation, by, chance)
    except Refused:
        return


def assert_balanced(mobilisation: Mobilisation, people: int) -> None:
    tally, rows = equation_of(mobilisation), counted(mobilisation)
    assert tally == rows
    assert tally.ordered == people == tally.reached + tally.unreachable + tally.waiting
    assert tally.reached == tally.answered + tally.silent
    assert tally.answered == tally.can + tally.cannot


def test_areas_add_up_and_each_is_named(town: Town, city_officer: User) -> None:
    here = members(town, 2)
    make_membership(organisation=town.other_branch)
    make_membership(organisation=town.city_committee)
    mobilisation = make_sending(town, city_officer)
    commands.answer_by_link(call_out=of(mobilisation, here[0]).pk, answer="can")

    whole = by_area(mobilisation, town.city.path)
    county = by_area(mobilisation, town.county.path)

    assert [(s.key, s.equation.ordered) for s in whole] == [(town.county.key, 3), ("", 1)]
    assert [(s.key, s.equation.can, s.equation.ordered) for s in county] == [
        (town.township.key, 1, 2), (town.other_township.key, 0, 1)
    ]  # fmt: skip
    assert equation_of(mobilisation, town.township.path).ordered == 2


def test_a_hole_is_a_community_of_which_nobody_can_come(town: Town, city_officer: User) -> None:
    here = members(town, 2)
    make_membership(organisation=town.other_branch)
    mobilisation = make_sending(town, city_officer)
    assert holes(mobilisation, town.city.path)[1] == 2
    commands.answer_by_link(call_out=of(mobilisation, here[0]).pk, answer="can")
    commands.answer_by_link(call_out=of(mobilisation, here[1]).pk, answer="cannot")

    found, count = holes(mobilisation, town.city.path)

    assert ([hole.key for hole in found], count) == ([town.other_community.key], 1)
    assert holes(mobilisation, town.township.path) == ([], 0)


def test_a_community_right_under_a_county_may_be_a_hole_too(town: Town, city_officer: User) -> None:
    members(town, 1)
    odd = make_area("community", town.county)
    make_membership(organisation=make_organisation(area=odd, parent=town.city_committee))
    mobilisation = make_sending(town, city_officer)

    found, count = holes(mobilisation, town.city.path)

    assert ({hole.key for hole in found}, count) == ({odd.key, town.community.key}, 2)


def test_a_community_that_moves_takes_its_numbers_along(town: Town, city_officer: User) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    new = f"{town.other_township.path}{town.community.pk}."

    Area.objects.filter(pk=town.community.pk).update(path=new, parent=town.other_township)

    assert CallOut.objects.get().area_path == new
    assert equation_of(mobilisation, town.other_township.path).ordered == 1


def test_rows_that_go_are_counted_off(town: Town, city_officer: User) -> None:
    members(town, 2)
    mobilisation = make_sending(town, city_officer)

    CallOut.objects.earliest("id").delete()

    assert equation_of(mobilisation) == Equation(waiting=1)
    assert Tally.objects.filter(mobilisation_id=mobilisation.pk).count() == 1


BROKEN = {
    "callout_answer_has_date": "answer = 'can'",
    "callout_answered_is_reached": "answer = 'can', answered_on = '2020-02-01', reached_on = NULL",
    "callout_unreachable_why": "unreachable_on = '2020-02-01', why = ''",
    "callout_subject": "subject = 0",
    "callout_area_path": "area_path = '0.'",
    "callout_organisation_path": "organisation_path = '0.'",
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_must_not_be(name: str, town: Town, city_officer: User) -> None:
    members(town, 1)
    make_sending(town, city_officer)

    with pytest.raises(IntegrityError, match=name):
        run_raw(f"UPDATE mobilisation_callout SET {BROKEN[name]}")


def run_raw(statement: str) -> None:
    from psycopg.sql import SQL

    run(SQL(statement))


def test_nobody_is_called_twice_by_one_mobilisation(town: Town, city_officer: User) -> None:
    members(town, 1)
    make_sending(town, city_officer)
    columns = (
        "mobilisation_id, wave_id, person_id, subject, area_id, area_path, is_member, step, calls,"
        " ordered_on, why, answer"
    )

    with pytest.raises(IntegrityError, match="callout_once"):
        run_raw(
            f"INSERT INTO mobilisation_callout ({columns}) SELECT {columns} FROM mobilisation_callout"
        )
