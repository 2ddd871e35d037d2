"""Nothing changes unseen, however it is done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from sanqiao.kernel.history import Difference, history_of, state_on
from sanqiao.kernel.models import Change, Event, Look, User, note, note_look
from sanqiao.kernel.models.events import RUN
from sanqiao.kernel.scope import EVERYTHING, acting_as, apply
from sanqiao.kernel.secure import APPEND_ONLY, tracked_models
from sanqiao.kernel.versions import ChangedMeanwhile, check_version, version_of
from sanqiao.registers.areas.models import Area, Compound
from sanqiao.registers.people.models import Person, Post
from tests.make import Town, as_owner, make_compound, make_person, make_user

SeenBy = Callable[[User], AbstractContextManager[None]]


def changes(table: str, op: str) -> list[Change]:
    return list(Change.objects.filter(table=table, op=op).order_by("id"))


def test_one_statement_for_many_rows_is_kept_row_by_row(town: Town, clerk: User) -> None:
    with acting_as(clerk, request="r1"):
        rows = Compound.objects.bulk_create(
            [
                Compound(
                    name=f"小区{n}",
                    area=town.grid,
                    area_path=town.grid.path,
                    valid_from=town.grid.valid_from,
                )
                for n in range(3)
            ]
        )
        Compound.objects.update(households=9)
    assert [(c.row_id, c.actor_id, c.request) for c in changes("areas_compound", "I")] == [
        (row.pk, clerk.pk, "r1") for row in rows
    ]
    updates = changes("areas_compound", "U")
    assert [c.before["households"] for c in updates if c.before] == [0, 0, 0]
    assert {c.area_path for c in updates} == {town.grid.path}


def test_raw_sql_and_deletion_are_kept(clerk: User, town: Town) -> None:
    compound = make_compound(area=town.grid)
    with acting_as(clerk, request="r2"), connection.cursor() as cursor:
        cursor.execute("UPDATE areas_compound SET name = '改名' WHERE id = %s", [compound.pk])
        cursor.execute("DELETE FROM areas_compound WHERE id = %s", [compound.pk])
    (renamed,), (deleted,) = changes("areas_compound", "U"), changes("areas_compound", "D")
    assert renamed.before and renamed.before["name"] == compound.name
    assert deleted.before and deleted.before["name"] == "改名"
    assert (deleted.actor_id, deleted.request) == (clerk.pk, "r2")


def test_copy_by_the_owner_is_kept_with_actor_and_request(clerk: User) -> None:
    with as_owner(), connection.cursor() as cursor:
        apply(EVERYTHING, actor=clerk.pk, request="load")
        sql = 'COPY people_post (code, name, "group", single_holder, "order") FROM STDIN'
        with cursor.copy(sql) as copy:
            copy.write_row(("p1", "甲", "grid", False, 0))
            copy.write_row(("p2", "乙", "grid", False, 0))
    kept = changes("people_post", "I")
    assert {c.row_id for c in kept} == set(Post.objects.values_list("pk", flat=True))
    assert {(c.actor_id, c.request) for c in kept} == {(clerk.pk, "load")}


def test_a_statement_that_changes_nothing_leaves_nothing() -> None:
    make_compound()
    Compound.objects.update(households=0)
    assert not changes("areas_compound", "U")


def test_an_area_that_moves_takes_the_paths_of_its_records_along_in_history(town: Town) -> None:
    compound = make_compound(area=town.grid)
    path = f"{town.other_community.path}{town.grid.pk}."
    Area.objects.filter(pk=town.grid.pk).update(path=path, parent=town.other_community)
    compound.refresh_from_db()
    assert compound.area_path == path
    (moved,) = changes("areas_compound", "U")
    assert moved.before and moved.before["area_path"] == town.grid.path


def test_passwords_are_not_kept() -> None:
    user = make_user(password="Wudang-Lu-2020")
    User.objects.update(display_name="林")
    (change,) = changes("kernel_user", "U")
    assert change.before and change.before["username"] == user.username
    assert "password" not in change.before


@pytest.mark.parametrize("model", tracked_models(), ids=lambda m: m._meta.label)
def test_every_business_table_has_its_three_triggers(model: type[Model]) -> None:
    sql = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'"
    with connection.cursor() as cursor:
        cursor.execute(sql, [model._meta.db_table])
        names = {name for (name,) in cursor.fetchall()}
    assert {"history_insert", "history_update", "history_delete"} <= names


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda m: m._meta.label)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_histories_are_append_only_even_for_the_owner(model: type[Model], act: str) -> None:
    statement = act.format(model._meta.db_table)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        _execute(statement)
    with as_owner(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _execute(statement)


def test_nobody_writes_a_change_by_hand() -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Change.objects.create(table="t", row_id=1, op="U", at=timezone.now())


def test_an_event_says_what_who_and_where(town: Town, clerk: User) -> None:
    event = note("areas.tried", subject=town.grid, by=clerk, parts=3)
    assert (event.subject, event.by_id, event.area_path, event.data) == (
        f"areas.Area:{town.grid.pk}",
        clerk.pk,
        town.grid.path,
        {"parts": 3},
    )
    assert Event.objects.get() == event


def test_a_look_is_for_the_looker_and_the_auditor(
    town: Town, clerk: User, city_officer: User, auditor: User, as_seen_by: SeenBy
) -> None:
    with as_seen_by(clerk):
        look = note_look(user=clerk, subject=town.grid, field="phone", purpose="核实住址")
    for user, sees in ((clerk, [look]), (auditor, [look]), (city_officer, [])):
        with as_seen_by(user):
            assert list(Look.objects.all()) == sees


def test_versions_read_as_words(town: Town, clerk: User) -> None:
    clerk.display_name = "李晓"
    clerk.save()
    with acting_as(clerk, request="r3"):
        person = make_person(area=town.grid, name="张三", gender="male")
    with acting_as(clerk, request="r4"):
        person.name, person.gender, person.phone = "张叁", "female", "19900001111"
        person.area, person.area_path = town.other_grid, town.other_grid.path
        person.save()
    latest, first = history_of(person)
    assert (first.op, first.actor, first.request, first.changes) == ("I", "李晓", "r3", ())
    assert (latest.op, latest.actor, latest.request) == ("U", "李晓", "r4")
    assert set(latest.changes) == {
        Difference("姓名", "张三", "张叁"),
        Difference("性别", "男", "女"),
        Difference("手机号", "", "已更新"),
        Difference("区划", "三桥第一网格", "三桥第二网格"),
    }


def test_versions_of_a_long_history_take_two_queries(
    town: Town, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    compound = make_compound(area=town.grid)
    for n in range(1, 6):
        Compound.objects.update(households=n)
    with django_assert_num_queries(2):
        versions = history_of(compound)
    assert [v.changes[0].new for v in versions[:-1]] == ["5", "4", "3", "2", "1"]


@pytest.fixture
def many(town: Town, clerk: User) -> list[Compound]:
    """So many at once that the history keeps them by runs; a few lie elsewhere."""
    homes = [town.other_community if n % 50 == 49 else town.grid for n in range(3 * RUN)]
    with acting_as(clerk, request="many", scope=EVERYTHING):
        return Compound.objects.bulk_create(
            Compound(
                name=f"小区{n}", area=home, area_path=home.path, valid_from=home.valid_from
            )
            for n, home in enumerate(homes)
        )  # fmt: skip


def test_a_large_insert_is_kept_by_runs_and_every_row_has_its_beginning(
    many: list[Compound], clerk: User
) -> None:
    runs = changes("areas_compound", "I")
    covered = [key for run in runs for key in range(run.row_id, (run.last_id or 0) + 1)]
    assert sorted(covered) == [compound.pk for compound in many]
    assert len(runs) < len(many) / 10
    for compound in many:
        (first,) = Change.objects.of("areas_compound", compound.pk)
        assert (first.op, first.actor_id, first.request) == ("I", clerk.pk, "many")
        assert first.area_path == compound.area_path
        assert version_of(compound) == first.pk


def test_a_row_of_a_run_has_its_own_versions(many: list[Compound]) -> None:
    before, compound, after = many[9:12]
    Compound.objects.filter(pk=compound.pk).update(households=7)
    assert [v.op for v in history_of(compound)] == ["U", "I"]
    assert [v.op for v in history_of(before)] == [v.op for v in history_of(after)] == ["I"]
    with pytest.raises(ChangedMeanwhile):
        check_version(Compound.objects.get(pk=compound.pk), version_of(before))


def test_the_row_after_a_run_is_not_of_it(many: list[Compound], town: Town) -> None:
    later = make_compound(area=town.grid)
    assert later.pk == many[-1].pk + 1
    (own,) = Change.objects.of("areas_compound", later.pk)
    assert (own.row_id, own.last_id) == (later.pk, None)


def test_a_run_shows_in_its_place_alone(
    many: list[Compound], clerk: User, other_clerk: User, as_seen_by: SeenBy
) -> None:
    here, there = many[48], many[49]
    for user, counts in ((clerk, [1, 0]), (other_clerk, [0, 1])):
        with as_seen_by(user):
            assert [len(history_of(here)), len(history_of(there))] == counts


def test_versions_stay_in_scope(
    town: Town, clerk: User, other_clerk: User, as_seen_by: SeenBy
) -> None:
    compound = make_compound(area=town.grid)
    for user, count in ((clerk, 1), (other_clerk, 0)):
        with as_seen_by(user):
            assert len(history_of(compound)) == count


def test_the_last_version_of_a_deleted_record_is_its_deletion(town: Town) -> None:
    compound = make_compound(area=town.grid)
    pk = compound.pk
    compound.delete()
    compound.pk = pk
    assert [v.op for v in history_of(compound)] == ["D", "I"]


@pytest.mark.django_db(transaction=True)
def test_the_state_is_the_one_known_at_a_moment(town: Town) -> None:
    before = timezone.now()
    person = make_person(area=town.grid, name="张三")
    made = timezone.now()
    Person.objects.filter(pk=person.pk).update(name="张叁")
    renamed = timezone.now()
    Person.objects.filter(pk=person.pk).delete()

    def name_at(moment: object) -> str | None:
        state = state_on(Person, person.pk, moment)  # type: ignore[arg-type]
        return state["name"] if state else None

    assert name_at(before - timedelta(seconds=1)) is None
    assert name_at(made) == "张三"
    assert name_at(renamed) == "张叁"
    assert name_at(timezone.now()) is None


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
