from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.figures import catalogue, engine
from sanqiao.figures.figure import Figure
from sanqiao.figures.source import counted
from sanqiao.figures.unscoped import unscoped
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import NOTHING, acting_as
from sanqiao.registers.areas.models import Area, AreaEdge
from sanqiao.registers.people.models import Appointment
from tests.make import (
    Town,
    make_appointment,
    make_area,
    make_membership,
    make_organisation,
    make_person,
    make_post,
)

from .make import few, make_city

pytestmark = pytest.mark.django_db
JUNE = date(2020, 6, 30)
FIGURES = list(catalogue.figures_on(JUNE).values())
days = st.dates(date(2018, 3, 1), date(2022, 3, 1))


def aggregate(figure: Figure, city_area: Area, day: date, start: date | None) -> Decimal | None:
    """Straight from the rows, in Python."""
    terms: list[Decimal | None] = []
    for n, ask in enumerate(engine.asks_of(figure, day, start)):
        rows = engine.rows_of(figure, city_area, day, start, part=n)
        number = Decimal(len(rows))
        if ask.records.subject:
            number = Decimal(len(set(rows.values_list(ask.records.subject, flat=True))))
        elif ask.records.amount:
            number = Decimal(sum(rows.values_list(ask.records.amount, flat=True)))
        is_there = number or len(rows) or ask.part.kind not in ("reported", "place")
        terms.append(number if is_there else None)
    return figure.value(terms)


@few(3)
@given(seed=st.integers(0, 10**6), day=days, length=st.integers(1, 900))
def test_a_value_is_the_aggregate_of_its_rows_and_the_sum_of_its_parts(
    seed: int, day: date, length: int
) -> None:
    with transaction.atomic():
        city = make_city(seed)
        start = day - timedelta(days=length)
        columns = engine.values(FIGURES, day, start)
        part = city.area()
        for code, column in engine.values(FIGURES, day, start, below=part).items():
            assert set(column) == set(column.tree.descendants(part.pk))
            assert all(columns[code][pk] == value for pk, value in column.items())
        for figure in FIGURES:
            column = columns[figure.code]
            for area in [city.root, *city.random.sample(city.areas, 2)]:
                check_cell(figure, column, area, day, start)
        transaction.set_rollback(True)


def check_cell(figure: Figure, column: engine.Column, area: Area, day: date, start: date) -> None:
    if area.pk not in column.tree:
        assert engine.value_of(figure, area, day, start) == engine.ZERO
        assert not engine.rows_of(figure, area, day, start).exists()
        return
    value = column[area.pk]
    assert value == engine.value_of(figure, area, day, start)
    assert value.value == aggregate(figure, area, day, start)
    if figure.additive:
        below = sum((column[pk].value or 0 for pk in column.tree.children(area.pk)), Decimal(0))
        with unscoped():
            ((own, _rows),) = counted([engine.direct_rows(figure, area, day, start)])
        assert (value.value or 0) == below + own


@few(3)
@given(seed=st.integers(0, 10**6), day=days)
def test_a_trend_is_the_values_of_its_days(seed: int, day: date) -> None:
    with transaction.atomic():
        city = make_city(seed)
        area = city.area()
        for figure in city.random.sample(FIGURES, 8):
            for when, value in engine.trend(figure, area, day, months=5):
                assert value == engine.value_of(figure, area, when, when.replace(day=1))
        transaction.set_rollback(True)


@few(3)
@given(seed=st.integers(0, 10**6), day=days)
def test_drilling_gives_the_areas_that_hung_below_that_day(seed: int, day: date) -> None:
    with transaction.atomic():
        city = make_city(seed)
        found = engine.drill(catalogue.figures_on(JUNE)["people.members"], city.root, day)
        held = AreaEdge.objects.filter(parent=city.root, valid_from__lte=day).exclude(
            valid_to__lte=day
        )
        assert {area.pk for area, _value in found} == set(held.values_list("child", flat=True))
        for area, value in found:
            assert value.value == len(engine.rows_of(FIGURE["people.members"], area, day))
        transaction.set_rollback(True)


FIGURE = catalogue.figures_on(JUNE)


def test_a_moved_township_keeps_last_years_figures(town: Town) -> None:
    other = make_area("county", town.city)
    make_membership(area=town.other_community)
    AreaEdge.objects.filter(child=town.other_township).update(valid_to=date(2020, 3, 1))
    AreaEdge.objects.create(
        child=town.other_township, parent=other, valid_from=date(2020, 3, 1), document="批复"
    )
    hang(town.other_township, other)

    members = FIGURE["people.members"]
    before, after = date(2020, 2, 29), date(2020, 3, 1)
    assert engine.value_of(members, town.county, before).value == 1
    assert engine.value_of(members, town.county, after).value == 0
    assert engine.value_of(members, other, before).value == 0
    assert engine.value_of(members, other, after).value == 1
    assert [a for a, _v in engine.drill(members, town.city, before)] == [town.county, other]
    assert engine.values([members], before)["people.members"][town.county.pk].value == 1


def hang(area: Area, parent: Area) -> None:
    """Paths follow today's links."""
    above = Area.objects.get(children=area)
    for below in Area.objects.below(area.path):
        Area.objects.filter(pk=below.pk).update(
            path=parent.path + below.path.removeprefix(above.path)
        )
    Area.objects.filter(pk=area.pk).update(parent=parent)


def test_a_person_with_posts_in_two_grids_counts_once_above_them(town: Town) -> None:
    person, post = make_person(area=town.grid), make_post("building_head")
    for area in (town.grid, town.other_grid, town.far_grid):
        make_appointment(person=person, post=post, area=area)
    make_appointment(post=post, area=town.grid)

    column = engine.values([FIGURE["people.stewards"]], JUNE)["people.stewards"]
    asked = (town.grid, town.other_grid, town.community, town.far_grid, town.city)
    assert [column[area.pk].value for area in asked] == [2, 1, 2, 1, 2]
    assert column[town.city.pk].rows == 4


def test_a_trend_counts_nobody_of_an_area_that_came_later(town: Town) -> None:
    """Somebody with two posts there is there neither once nor minus once before."""
    person, post = make_person(area=town.far_grid), make_post("building_head")
    for area in (town.far_grid, town.other_community):
        make_appointment(person=person, post=post, area=area)
    other, came = make_area("county", town.city), date(2020, 3, 1)
    AreaEdge.objects.filter(child=town.other_township).update(valid_to=came)
    AreaEdge.objects.create(child=town.other_township, parent=other, valid_from=came, document="")
    hang(town.other_township, other)

    found = engine.trend(FIGURE["people.stewards"], other, JUNE, months=6)
    assert [value.value for _day, value in found] == [0, 0, 1, 1, 1, 1]
    assert [value.rows for _day, value in found] == [0, 0, 2, 2, 2, 2]


def test_before_its_root_began_a_territory_has_no_value(town: Town) -> None:
    make_membership(area=town.community, valid_from=date(2010, 1, 1))
    Area.objects.filter(pk=town.city.pk).update(valid_from=date(2019, 1, 1))
    city, members = Area.objects.get(pk=town.city.pk), FIGURE["people.members"]
    assert engine.value_of(members, city, date(2018, 12, 31)) == engine.ZERO
    assert engine.value_of(members, city, date(2019, 1, 1)).value == 1


def test_a_flow_counts_its_first_and_last_day(town: Town) -> None:
    for day in ("2020-01-22", "2020-01-23", "2020-06-30", "2020-07-01"):
        make_organisation(
            area=town.grid, setting="compound", kind="branch", founded_on=date.fromisoformat(day)
        )

    founded = FIGURE["organisations.compound_organisations_founded"]
    assert engine.value_of(founded, town.city, JUNE, date(2020, 1, 23)).value == 2
    assert (
        engine.value_of(founded, town.city, JUNE).value == 3
    )  # without a start: from the first on


def test_a_term_of_office_covers_its_first_day_and_not_its_last(town: Town) -> None:
    make_appointment(
        post=make_post("leader"), area=town.city, valid_from=date(2020, 3, 1), valid_to=JUNE
    )

    leaders = FIGURE["people.leaders"]
    asked = (date(2020, 2, 29), date(2020, 3, 1), date(2020, 6, 29), JUNE)
    assert [engine.value_of(leaders, town.city, day).value for day in asked] == [0, 1, 1, 0]


def test_nothing_to_divide_by_is_none(town: Town) -> None:
    value = engine.value_of(FIGURE["areas.microgrids_per_grid"], town.other_community, JUNE)

    assert value == engine.Value(Decimal(0), (Decimal(0), Decimal(1)), 1)
    assert engine.value_of(FIGURE["people.stewards_per_microgrid"], town.city, JUNE).value is None


def test_only_the_city_proper_is_the_front_line(town: Town) -> None:
    outside = make_area("community", make_area("township", make_area("county", town.city)))
    for area in (town.grid, town.community, outside):
        make_appointment(post=make_post("grid_worker"), area=area)

    assert engine.value_of(FIGURE["people.front_line"], town.city, JUNE).value == 2
    assert (
        engine.values([FIGURE["people.front_line"]], JUNE)["people.front_line"][town.city.pk].value
        == 2
    )


def test_a_multiple_compares_with_its_base_day(town: Town) -> None:
    make_membership(area=town.community)
    for _n in range(2):
        make_membership(area=town.community, valid_from=date(2020, 5, 1))

    value = engine.value_of(FIGURE["people.members_against_2019"], town.county, JUNE)
    assert value == engine.Value(Decimal(3), (Decimal(3), Decimal(1)), 4)


# --- who looks ------------------------------------------------------------------------------------


@pytest.fixture
def three_stewards(town: Town) -> None:
    for area in (town.grid, town.far_grid, town.far_grid):
        make_appointment(post=make_post("volunteer"), area=area)


def test_a_value_does_not_depend_on_who_looks_but_its_rows_do(
    town: Town, clerk: User, three_stewards: None
) -> None:
    stewards = FIGURE["people.stewards"]
    with acting_as(clerk):
        assert engine.value_of(stewards, town.city, JUNE).value == 3
        assert engine.values([stewards], JUNE)["people.stewards"][town.city.pk].value == 3
        assert engine.trend(stewards, town.city, JUNE, months=2)[-1][1].value == 3

        rows = engine.rows_of(stewards, town.city, JUNE)
        assert rows.filter(Appointment.rows_in(clerk.scope)).count() == 1  # 1 of 3 shown
        assert rows.count() == 1  # and the database agrees


def test_the_readers_scope_is_back_after_a_failure(
    town: Town, clerk: User, three_stewards: None
) -> None:
    with acting_as(clerk):
        with pytest.raises(ZeroDivisionError), unscoped():
            assert Appointment.objects.count() == 3
            raise ZeroDivisionError
        assert Appointment.objects.count() == 1


def test_the_readers_scope_is_back_after_a_failed_query(
    town: Town, clerk: User, three_stewards: None
) -> None:
    from django.db import DatabaseError, connection

    with acting_as(clerk):
        with pytest.raises(DatabaseError), transaction.atomic(), unscoped():
            connection.cursor().execute("SELECT nonsense")
        assert Appointment.objects.count() == 1


def test_who_sees_nothing_still_gets_the_same_value(
    town: Town, auditor: User, three_stewards: None
) -> None:
    with acting_as(auditor, scope=NOTHING):
        assert engine.value_of(FIGURE["people.stewards"], town.city, JUNE).value == 3


def test_cities_of_the_makers_have_a_past() -> None:
    for seed in range(3):
        make_city(seed)
    assert AreaEdge.objects.exclude(valid_to=None).count() > 5
