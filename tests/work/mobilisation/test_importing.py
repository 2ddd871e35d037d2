"""What branches report on their receipts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import RowsRefused
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.models import Answer
from sanqiao.work.mobilisation.rows import OutcomeRow
from tests.make import Town

from .make import DAY, counted, make_ordered, make_sending, members, of

ON = date(2020, 1, 30)


def test_each_outcome_ends_where_it_belongs(
    town: Town, city_officer: User, secretary: User
) -> None:
    people = members(town, 4)
    mobilisation = make_sending(town, city_officer)
    outcomes = ("can", "cannot", "silent", "unreachable")
    rows = [
        OutcomeRow(str(person.id_number), outcome, ON, "在外地" if outcome == "cannot" else "")
        for person, outcome in zip(people, outcomes, strict=True)
    ]

    done = commands.import_outcomes(mobilisation=mobilisation, rows=rows, by=secretary)
    again = commands.import_outcomes(mobilisation=mobilisation, rows=rows, by=secretary)

    assert (done, again) == ((2, 2, 0), (0, 0, 4))
    assert counted(mobilisation) == (0, 1, 1, 1, 1)
    assert of(mobilisation, people[3]).why == "reported"
    answers = Answer.objects.order_by("id").values_list("answer", "reason", "via", "by")
    assert list(answers) == [
        ("can", "", "sheet", secretary.pk), ("cannot", "在外地", "sheet", secretary.pk)
    ]  # fmt: skip


def test_an_answer_that_stands_is_not_overwritten(
    town: Town, city_officer: User, secretary: User
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    commands.answer_by_link(call_out=of(mobilisation, person).pk, answer="can")

    for outcome in ("cannot", "silent", "unreachable"):
        row = OutcomeRow(str(person.id_number), outcome, ON)
        commands.import_outcomes(mobilisation=mobilisation, rows=[row], by=secretary)

    assert of(mobilisation, person).state == "can"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outcome": "maybe"}, "mobilisation.outcome"),
        ({"id_number": "1"}, "mobilisation.not_called"),
        ({"on": date(2020, 1, 25)}, "mobilisation.too_early"),
    ],
)
def test_a_bad_row_is_named(
    town: Town, city_officer: User, change: dict[str, Any], code: str
) -> None:
    person, other = members(town, 2)
    mobilisation = make_sending(town, city_officer)
    good = OutcomeRow(str(other.id_number), "can", DAY)
    bad = OutcomeRow(str(person.id_number), "can", DAY)._replace(**change)

    with pytest.raises(RowsRefused) as refusal:
        commands.import_outcomes(mobilisation=mobilisation, rows=[good, bad], by=city_officer)

    assert (refusal.value.errors[0].row, refusal.value.code) == (1, code)
    assert not Answer.objects.exists()


def test_the_same_person_twice_is_refused(town: Town, city_officer: User) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    row = OutcomeRow(str(person.id_number), "can", DAY)

    with pytest.raises(RowsRefused) as refusal:
        commands.import_outcomes(mobilisation=mobilisation, rows=[row, row], by=city_officer)

    assert refusal.value.code == "import.twin"


def test_only_for_ones_own_people_and_only_while_open(
    town: Town, city_officer: User, other_clerk: User
) -> None:
    (person,) = members(town, 1)
    row = OutcomeRow(str(person.id_number), "can", DAY)
    mobilisation = make_ordered(town, city_officer)

    with pytest.raises(Refused) as early:
        commands.import_outcomes(mobilisation=mobilisation, rows=[row], by=city_officer)
    commands.start_sending(mobilisation=mobilisation, by=city_officer)
    with pytest.raises(RowsRefused) as other:
        commands.import_outcomes(mobilisation=mobilisation, rows=[row], by=other_clerk)

    assert (early.value.code, other.value.code) == (
        "mobilisation.not_open", "mobilisation.not_called"
    )  # fmt: skip
