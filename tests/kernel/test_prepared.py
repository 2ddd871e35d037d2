"""Queries made once: they find what the query made anew finds, for every reader."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from sanqiao.kernel import prepared
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Scope
from sanqiao.registers.areas.models import Area
from sanqiao.registers.people.models import Appointment, Membership, Person
from tests.make import Town, make_appointment, make_membership, make_person, make_user


def people(user: User) -> QuerySet[Person]:
    return Person.objects.visible_to(user).select_related("area").order_by("id")


def one_person(user: User, *, pk: int) -> QuerySet[Person]:
    return Person.objects.visible_to(user, one=True).filter(pk=pk)


def members(user: User, *, path: str | None, day: date) -> QuerySet[Membership, Any]:
    rows = Membership.objects.visible_to(user).on(day)
    if path is not None:
        rows = rows.filter(area_path__gte=path, area_path__lt=f"{path}~")
    return rows.order_by("id").values("pk", "person__name", "person__phone")


def named(*, ids: tuple[int, ...]) -> QuerySet[Area]:
    return Area.objects.filter(pk__in=ids).order_by("path")


def careless(*, name: str) -> QuerySet[Area]:
    return Area.objects.filter(name__contains=name)


def forgetful(*, pk: int) -> QuerySet[Area]:
    return Area.objects.all()


def reader(**parts: Any) -> User:
    user = make_user()
    user.scope = Scope(user_id=user.pk, **parts)
    return user


@pytest.fixture
def readers(town: Town) -> list[User]:
    """Of every shape of scope: none, all, wide, narrow, several, organisations, oneself."""
    for area in (town.grid, town.other_grid):
        make_appointment(area=area, person=make_person(area=area))
    members = [make_membership(organisation=one) for one in (town.branch, town.other_branch)]
    grid, county = town.grid.path, ".".join(town.grid.path.split(".")[:1]) + "."
    branch = town.branch.path
    return [
        reader(),
        reader(areas=("",)),
        reader(areas=(county,)),
        reader(areas=(grid,)),
        reader(areas=(grid, town.other_branch.area_path)),
        reader(organisations=(branch,)),
        reader(areas=(grid,), organisations=(branch, town.other_branch.path)),
        reader(person_id=members[1].person_id),
        reader(areas=(grid,), person_id=members[0].person_id, audit=True),
    ]


def test_every_reader_finds_what_the_query_made_anew_finds(readers: list[User]) -> None:
    for user in (*readers, *reversed(readers)):
        assert prepared.fetch(people, user) == list(people(user))
        for person in Person.objects.all():
            found = prepared.first(one_person, user, pk=person.pk)
            assert found == people(user).filter(pk=person.pk).first()


def test_places_days_and_their_absence_are_values(readers: list[User], town: Town) -> None:
    for user in readers:
        for path in (None, town.grid.path, town.other_branch.area_path, ""):
            for day in (date(1990, 1, 1), date(2020, 6, 30)):
                found = prepared.fetch(members, user, path=path, day=day)
                assert found == list(members(user, path=path, day=day))
                number = prepared.how_many(members, user, path=path, day=day)
                assert sum(prepared.answers(number)[0]) == len(found)


def test_a_tuple_may_have_any_length(town: Town) -> None:
    ids = (town.grid.pk, town.township.pk, town.city.pk)
    for some in (ids, ids[:1], (), ids[1:]):
        assert prepared.fetch(named, ids=some) == list(named(ids=some))


def test_records_beside_come_along(readers: list[User]) -> None:
    (person, *_others) = prepared.fetch(people, readers[1])
    with CaptureQueriesContext(connection) as queries:
        assert person.area.name
    assert not len(queries)


def test_several_questions_travel_together(readers: list[User], town: Town) -> None:
    everybody, nobody = readers[1], readers[0]
    asked: list[prepared.Question[Any]] = [
        prepared.question(people, user) for user in (everybody, nobody)
    ]
    asked.append(prepared.question(named, ids=(town.grid.pk,)))
    with CaptureQueriesContext(connection) as queries:
        found = prepared.answers(*asked)
    assert found == [list(people(everybody)), list(people(nobody)), [town.grid]]
    assert all("SELECT" in query["sql"] for query in queries)


def test_the_text_is_made_once(readers: list[User]) -> None:
    prepared.fetch(people, readers[3])
    before = prepared._plan.cache_info().misses
    prepared.fetch(people, reader(areas=readers[3].scope.areas))
    assert prepared._plan.cache_info().misses == before


@pytest.mark.parametrize(("build", "value"), [(careless, {"name": "区"}), (forgetful, {"pk": 1})])
def test_a_value_that_is_not_compared_as_it_is_is_refused(build: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="does not compare"):
        prepared.fetch(build, **value)


def test_an_appointment_is_found_for_its_holder(town: Town) -> None:
    row = make_appointment(area=town.grid, person=make_person(area=town.grid))
    mine = reader(person_id=row.person_id)

    def held(user: User, *, person: int) -> QuerySet[Appointment]:
        return Appointment.objects.visible_to(user).filter(person_id=person)

    assert prepared.fetch(held, mine, person=row.person_id) == [row]
    assert prepared.fetch(held, reader(person_id=0), person=row.person_id) == []
