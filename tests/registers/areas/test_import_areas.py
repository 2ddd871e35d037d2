"""Areas in bulk."""

from __future__ import annotations

from datetime import date

from sanqiao.kernel.models import Change, Event, User
from sanqiao.kernel.staging import Imported
from sanqiao.registers.areas.commands import import_areas
from sanqiao.registers.areas.models import Area, AreaEdge
from tests.make import Town
from tests.refusals import refused
from tests.registers.make import area_row


def test_parents_may_stand_after_their_children(town: Town, city_officer: User) -> None:
    rows = [
        area_row("X1", "X"),
        area_row("X", town.township.key, level="community", kind="village", name="东沟村"),
    ]

    done = import_areas(rows=rows, by=city_officer)

    village, grid = Area.objects.get(key="X"), Area.objects.get(key="X1")
    assert done == Imported(2, 0, 0)
    assert village.path == f"{town.township.path}{village.pk}."
    assert grid.path == f"{village.path}{grid.pk}."
    assert (village.pinyin, village.initials) == ("donggoucun", "dgc")
    edge = AreaEdge.objects.get(child=grid)
    assert (edge.parent, edge.valid_from, edge.valid_to) == (village, date(2000, 1, 1), None)


def test_the_same_rows_again_change_nothing(town: Town, city_officer: User) -> None:
    rows = [area_row(f"X{n}", town.community.key) for n in range(5)]
    import_areas(rows=rows, by=city_officer)
    changes, events = Change.objects.count(), Event.objects.count()

    assert import_areas(rows=rows, by=city_officer) == Imported(0, 0, 5)
    assert (Change.objects.count(), Event.objects.count()) == (changes, events)


def test_only_what_differs_is_written(town: Town, city_officer: User) -> None:
    rows = [area_row(f"X{n}", town.community.key) for n in range(3)]
    import_areas(rows=rows, by=city_officer)

    done = import_areas(rows=[rows[0]._replace(households=80), *rows[1:]], by=city_officer)

    assert done == Imported(0, 1, 2)
    assert Area.objects.get(key="X0").households == 80


def test_households_that_nobody_gave_are_unknown_and_a_blank_leaves_what_is_known(
    town: Town, city_officer: User
) -> None:
    rows = [area_row(f"X{n}", town.community.key, households=n) for n in (None, 0, 80)]
    import_areas(rows=rows, by=city_officer)
    found = Area.objects.filter(key__startswith="X")
    assert dict(found.values_list("key", "households")) == {"XNone": None, "X0": 0, "X80": 80}

    again = [row._replace(households=None) for row in rows]
    assert import_areas(rows=again, by=city_officer) == Imported(0, 0, 3)


def test_an_empty_boundary_leaves_the_one_that_is_there(town: Town, city_officer: User) -> None:
    outline = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    import_areas(rows=[area_row("X", town.community.key, boundary=outline)], by=city_officer)

    import_areas(rows=[area_row("X", town.community.key, households=3)], by=city_officer)

    assert Area.objects.get(key="X").boundary == outline


def test_every_bad_row_is_named_with_its_field(town: Town, city_officer: User) -> None:
    community = town.community.key
    rows = [
        area_row("X0", community),
        area_row("X1", "nowhere"),
        area_row("X2", community, kind="village"),
        area_row("X3", community, level="township", kind="town"),
        area_row("X4", community, level="hamlet"),
    ]

    assert refused(import_areas, rows, city_officer) == [
        (1, "parent_key", "areas.unknown"),
        (2, "kind", "areas.bad_kind"),
        (3, "parent_key", "areas.bad_parent"),
        (4, "level", "areas.bad_level"),
    ]
    assert not Area.objects.filter(key="X0").exists()


def test_areas_below_each_other_are_refused(town: Town, city_officer: User) -> None:
    rows = [area_row("X1", "X2"), area_row("X2", "X1")]

    assert [row for row, _field, _code in refused(import_areas, rows, city_officer)] == [0, 1]


def test_a_key_twice_in_the_rows_is_refused(town: Town, city_officer: User) -> None:
    rows = [area_row("X", town.community.key), area_row("X", town.community.key, name="另一个")]

    assert refused(import_areas, rows, city_officer) == [(1, "key", "import.twin")]


def test_another_parent_is_a_move_and_not_an_import(town: Town, city_officer: User) -> None:
    import_areas(rows=[area_row("X", town.community.key)], by=city_officer)

    assert refused(import_areas, [area_row("X", town.other_community.key)], city_officer) == [
        (0, "parent_key", "areas.parent_changed")
    ]


def test_a_clerk_imports_only_below_the_own_township(town: Town, clerk: User) -> None:
    rows = [area_row("X1", town.community.key), area_row("X2", town.other_community.key)]

    assert refused(import_areas, rows, clerk) == [(1, "key", "areas.out_of_scope")]


def test_an_official_code_of_another_area_is_refused_at_its_row(
    town: Town, city_officer: User
) -> None:
    rows = [area_row(f"X{n}", town.community.key) for n in range(4)]
    rows[2] = rows[2]._replace(official_code="420300000000")

    assert refused(import_areas, rows, city_officer) == [(2, "official_code", "areas.code_taken")]


def test_one_event_on_the_smallest_area_that_holds_all(town: Town, city_officer: User) -> None:
    rows = [area_row("X1", town.community.key), area_row("X2", town.community.key)]

    import_areas(rows=rows, by=city_officer)

    event = Event.objects.get(kind="areas.areas_imported")
    assert event.area_path == town.community.path
    assert event.data == {"created": 2, "changed": 0, "unchanged": 0}
