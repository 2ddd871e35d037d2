"""The two forms of a scope agree, row for row, and the absence of one shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Field
from hypothesis import given, settings
from hypothesis import strategies as st

from sanqiao.kernel.models import Change, Event, User, note, note_look
from sanqiao.kernel.scope import (
    EVERYTHING,
    NOTHING,
    Audited,
    ByPath,
    Mine,
    Of,
    Own,
    Scope,
    Scoped,
    Through,
    acting_as,
    applied,
    apply,
)
from sanqiao.kernel.secure import scoped_models
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership, Person
from sanqiao.reports.models import WorkReport
from tests.make import (
    Town,
    make_appointment,
    make_area,
    make_compound,
    make_grant,
    make_membership,
    make_organisation,
    make_person,
    make_unit,
    make_user,
)
from tests.reports.make import make_publication, make_report

from .make import make_duty

SeenBy = Callable[[User], AbstractContextManager[None]]
LEVELS = ("county", "township", "community", "grid")
ROLES = ("city_officer", "township_clerk", "grid_worker", "member", "audit_administrator")


def rows(model: type[Scoped]) -> set[Any]:
    return set(model._default_manager.values_list("pk", flat=True))


def visible(model: type[Scoped], user: User) -> set[Any]:
    return set(model._default_manager.visible_to(user).values_list("pk", flat=True))  # type: ignore[attr-defined]


def a_city(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[list[Area], list[Organisation]]:
    """A random territory and a Party tree that does not follow it."""
    areas = [make_area("city")]
    for _ in range(draw(st.integers(2, 7))):
        parent = draw(st.sampled_from(areas))
        areas.append(make_area(draw(st.sampled_from(LEVELS)), parent))
    organisations = [make_organisation(area=areas[0])]
    for _ in range(draw(st.integers(1, 5))):
        parent = draw(st.sampled_from(organisations))
        organisations.append(make_organisation(parent=parent, area=draw(st.sampled_from(areas))))
    return areas, organisations


def its_people(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    areas: list[Area],
    organisations: list[Organisation],
) -> list[Person]:
    people = [make_person(area=draw(st.sampled_from(areas))) for _ in range(4)]
    for person in people:
        if draw(st.booleans()):
            make_membership(person=person, organisation=draw(st.sampled_from(organisations)))
        if draw(st.booleans()):
            make_appointment(person=person, area=draw(st.sampled_from(areas)))
    return people


def its_records(reader: User, areas: list[Area], organisations: list[Organisation]) -> None:
    """A row of the other scoped tables in each area, some of them the reader's own."""
    somebody = make_user()
    for area in areas:
        make_compound(area=area)
        make_unit(area=area)
        note("kernel.tried", subject=area, by=somebody)
        make_duty(owner=somebody, area_path=area.path, handed_in=True)
        make_report(area=area, made_by=somebody)
        make_publication(area=area, made_by=somebody)
    for organisation in organisations:
        note("kernel.tried", subject=organisation, by=somebody)
        note_look(user=somebody, subject=organisation, field="name", purpose="试")
    make_duty(owner=reader, area_path=areas[0].path)
    note("kernel.tried", subject=somebody, by=reader)
    note("kernel.tried", subject=somebody, by=somebody)
    note_look(user=reader, subject=areas[0], field="name", purpose="试")


def a_reader(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    areas: list[Area],
    organisations: list[Organisation],
    people: list[Person],
) -> User:
    """Somebody with a few grants on both trees, perhaps a person of the registers."""
    who = draw(st.sampled_from([None, *(person.pk for person in people)]))
    user = make_user(person_id=who)
    for _ in range(draw(st.integers(0, 3))):
        role = draw(st.sampled_from(ROLES))
        if user.grants.exclude(role=role).filter(role="audit_administrator").exists():
            continue
        if role == "audit_administrator" and user.grants.exists():
            continue
        ended = draw(st.sampled_from([None, date(2001, 1, 1)]))
        place: dict[str, Any] = {"area": draw(st.sampled_from(areas))}
        if draw(st.booleans()):
            place = {"organisation": draw(st.sampled_from(organisations))}
        make_grant(user=user, role=role, valid_to=ended, **place)
    return User.objects.get(pk=user.pk)


@settings(max_examples=20)
@given(st.data())
def test_orm_and_row_level_security_agree_row_for_row(data: st.DataObject) -> None:
    with transaction.atomic():
        areas, organisations = a_city(data.draw)
        people = its_people(data.draw, areas, organisations)
        reader = a_reader(data.draw, areas, organisations, people)
        its_records(reader, areas, organisations)

        by_orm = {model: visible(model, reader) for model in scoped_models()}
        with acting_as(reader):
            by_database = {model: rows(model) for model in scoped_models()}
            both = {model: visible(model, reader) for model in scoped_models()}

        assert by_orm == by_database
        assert both == by_orm
        transaction.set_rollback(True)


@given(st.lists(st.sampled_from(["", "1.", "1.2.", "1.20.", "1.2.3.", "3."]), max_size=3))
def test_any_list_of_subtrees_agrees_for_any_path(paths: list[str]) -> None:
    scope = Scope(areas=tuple(sorted(set(paths))))
    with transaction.atomic():
        for path in ("", "1.", "1.2.", "1.2.3.", "1.20.", "1.20.4.", "2.", "3.1."):
            Event.objects.create(kind="k", subject="s", by="b", area_path=path)
        expected = set(Event.objects.filter(Event.rows_in(scope)).values_list("pk", flat=True))
        with applied(scope, actor=None, request=""):
            assert rows(Event) == expected
        transaction.set_rollback(True)


def test_what_is_read_from_below_is_not_written_from_there(town: Town, clerk: User) -> None:
    printed = make_report(area=town.city, made_by=make_user(), state="published")
    draft = make_report(area=town.city, made_by=make_user())
    own = make_report(area=town.community, made_by=make_user())
    with acting_as(clerk):
        assert rows(WorkReport) == visible(WorkReport, clerk) == {printed.pk, own.pk}
        assert WorkReport.objects.filter(pk__in=[printed.pk, draft.pk]).update(title="改") == 0
        assert WorkReport.objects.filter(pk=own.pk).update(title="改") == 1


def test_a_missing_setting_shows_nothing(town: Town) -> None:
    make_appointment(person=make_membership(organisation=town.branch).person, area=town.grid)
    make_duty(owner=make_user(), area_path=town.grid.path)
    note_look(user=make_user(), subject=town.grid, field="name", purpose="试")
    note("kernel.tried", subject=town.grid, by=make_user())
    present = {model for model in scoped_models() if rows(model)}
    assert {Membership, Person, Event, Change} <= present
    with transaction.atomic():
        for setting in EVERYTHING.settings():
            with connection.cursor() as cursor:
                part = setting.split(".")[1]
                cursor.execute(f'SET LOCAL sanqiao."{part}" TO DEFAULT')
        assert not {model for model in scoped_models() if rows(model)}
        transaction.set_rollback(True)
    with transaction.atomic():
        apply(NOTHING, actor=None, request="")
        assert not {model for model in scoped_models() if rows(model)}


def test_everything_is_everything(town: Town) -> None:
    """Also rows that no path leads to, such as the history of a post."""
    make_appointment()
    note("kernel.tried", subject=make_user(), by=make_user())
    for model in scoped_models():
        everything = model._default_manager.filter(model.rows_in(EVERYTHING))
        assert set(everything) == set(model._default_manager.all())
    assert Change.objects.filter(table="people_post", area_path=None).exists()
    assert Event.objects.filter(area_path="", organisation_path="").exists()


def test_the_outer_scope_holds_again_after_an_inner_one(
    town: Town, clerk: User, city_officer: User, as_seen_by: SeenBy
) -> None:
    make_membership(organisation=town.branch), make_membership(organisation=town.other_branch)
    with as_seen_by(clerk):
        assert len(rows(Membership)) == 1
        with acting_as(city_officer):
            assert len(rows(Membership)) == 2
        assert len(rows(Membership)) == 1
        with pytest.raises(ZeroDivisionError), acting_as(city_officer):
            raise ZeroDivisionError
        assert len(rows(Membership)) == 1
    assert len(rows(Membership)) == 2


def test_writing_outside_the_scope_is_refused(town: Town, clerk: User, as_seen_by: SeenBy) -> None:
    person = make_person(area=town.far_grid)
    with as_seen_by(clerk):
        assert Person.objects.filter(pk=person.pk).update(name="改") == 0
    with pytest.raises(Exception, match="row-level security"), as_seen_by(clerk):
        make_compound(area=town.far_grid)


def test_somebody_without_rights_may_still_be_noted(as_seen_by: SeenBy) -> None:
    user = make_user()
    with as_seen_by(user):
        note("kernel.tried", subject=user, by=user)
        assert Event.objects.get().by_id == user.pk


@pytest.mark.parametrize("model", scoped_models(), ids=lambda m: m._meta.label)
def test_every_scoped_table_has_an_index_for_its_path(model: type[Scoped]) -> None:
    """Histories are read by record, so only records need one."""
    if model is Change:
        return
    first = {index.fields[0].lstrip("-") for index in model._meta.indexes if index.fields}
    first |= {
        name for f in model._meta.concrete_fields if _indexed(f) for name in (f.name, f.column)
    }
    for way in model.access:
        if isinstance(way, ByPath | Own | Mine):
            field = model._meta.pk.name if way.column == "id" else way.column
            assert {field, field.removesuffix("_id")} & first, field
        else:
            through_another_table = isinstance(way, Of | Through) or hasattr(way, "way")
            assert through_another_table or isinstance(way, Audited)


def _indexed(field: Field[Any, Any]) -> bool:
    return bool(getattr(field, "db_index", False) or field.unique or field.primary_key)
