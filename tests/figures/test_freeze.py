from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pyarrow as pa
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.figures import catalogue, engine
from sanqiao.figures import freeze as reading
from sanqiao.figures.copying import copied
from sanqiao.figures.freeze import Freezing, FrozenTerm, Want, freeze, measured
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as
from tests.make import Town, make_appointment, make_membership, make_post

from .make import few, make_city

pytestmark = pytest.mark.django_db
JUNE = date(2020, 6, 30)
FIGURE = catalogue.figures_on(JUNE)


def counted(term: FrozenTerm) -> Decimal | None:
    if term.measure in ("reported", "place") and not term.table.num_rows:
        return None
    if term.measure == "distinct":
        return Decimal(len(set(term.table["subject_id"].to_pylist())))
    if term.measure in ("sum", "reported", "place"):
        return sum(term.table["amount"].to_pylist(), Decimal(0))
    return Decimal(term.table.num_rows)


@few(3)
@given(seed=st.integers(0, 10**6), day=st.dates(date(2018, 3, 1), date(2022, 3, 1)))
def test_frozen_rows_give_the_value_again(seed: int, day: date) -> None:
    start = day - timedelta(days=300)
    with transaction.atomic():
        city = make_city(seed)
        for figure in FIGURE.values():
            frozen = freeze(figure, city.root, day, start)
            assert frozen.value == engine.value_of(figure, city.root, day, start).value
            assert figure.value([counted(term) for term in frozen.terms]) == frozen.value
        transaction.set_rollback(True)


@few(3)
@given(seed=st.integers(0, 10**6), day=st.dates(date(2018, 3, 1), date(2022, 3, 1)))
def test_numbers_frozen_together_have_the_rows_and_values_of_each_alone(
    seed: int, day: date
) -> None:
    start = day - timedelta(days=300)
    with transaction.atomic():
        city = make_city(seed)
        areas = [city.root, *city.random.sample(city.areas, 3)]
        wants = [Want(figure, area, day, start) for figure in FIGURE.values() for area in areas]
        freezing = Freezing(wants)
        tables = dict(freezing.tables())
        numbers = {part: measured(part.ask, table) for part, table in tables.items()}
        for want in city.random.sample(wants, 40):
            alone = freeze(*want)
            assert freezing.value(want, numbers) == alone.value
            for part, term in zip(want.parts, alone.terms, strict=True):
                assert rows_in(tables[part]) == rows_in(term.table), (want, part)
        transaction.set_rollback(True)


def test_figures_of_one_table_in_areas_of_their_own_are_frozen_together(town: Town) -> None:
    for area in (town.community, town.other_community):
        make_membership(area=area)
    wants = [
        Want(FIGURE["people.members"], town.city, JUNE),
        Want(FIGURE["people.full_members"], town.township, JUNE),
    ]
    found = {part.area: table.num_rows for part, table in Freezing(wants).tables()}
    assert found == {town.city: 2, town.township: 1}


def rows_in(table: pa.Table) -> list[tuple[object, ...]]:
    """Rows with their columns, in an order of their own."""
    return sorted(tuple(map(repr, row.items())) for row in table.to_pylist())


def test_what_is_frozen_together_is_read_once(town: Town, monkeypatch: Any) -> None:
    make_membership(area=town.community)
    figures = [FIGURE["people.members"], FIGURE["people.full_members"]]
    wants = [Want(f, a, JUNE) for f in figures for a in (town.city, town.community)]
    copy = Mock(wraps=copied)
    monkeypatch.setattr(reading, "copied", copy)

    tables = dict(Freezing(wants).tables())

    assert [table.num_rows for table in tables.values()] == [1, 1, 1, 1]
    assert copy.call_count == 1


def test_frozen_columns_have_their_types(town: Town) -> None:
    held = make_appointment(post=make_post("leader"), area=town.city, valid_from=JUNE)

    (term,) = freeze(FIGURE["people.leaders"], town.city, JUNE).terms
    assert term.table.schema.equals(
        pa.schema(
            {
                "row_id": pa.int64(),
                "area_id": pa.int64(),
                "subject_id": pa.int64(),
                "post__code": pa.string(),
                "valid_from": pa.date32(),
                "valid_to": pa.date32(),
            }
        )
    )
    assert term.table.to_pylist() == [
        {
            "row_id": held.pk,
            "area_id": town.city.pk,
            "subject_id": held.person_id,
            "post__code": "leader",
            "valid_from": JUNE,
            "valid_to": None,
        }
    ]


def test_a_narrow_reader_freezes_every_row(town: Town, clerk: User) -> None:
    for area in (town.community, town.other_community):
        make_membership(area=area)

    with acting_as(clerk):
        assert freeze(FIGURE["people.members"], town.city, JUNE).terms[0].table.num_rows == 2
