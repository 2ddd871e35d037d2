"""What holds of registers whatever is done to them: trees, spans, names and days."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sanqiao.kernel.codes import chinese_date
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import path_of
from sanqiao.kernel.staging import Imported, RowsRefused
from sanqiao.registers.areas.commands import import_areas, move_area, split_grid
from sanqiao.registers.areas.models import Area, AreaEdge
from sanqiao.registers.areas.names import short_name
from sanqiao.registers.people.commands import import_appointments, import_memberships
from sanqiao.registers.people.models import Appointment, Membership
from sanqiao.registers.spelling import spelled, spelled_name
from tests.make import Town, make_person, make_post
from tests.registers.make import appointment_row, area_row, membership_row, split_row

FIRST = date(2020, 1, 1)
few = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
many = settings(max_examples=200, deadline=None)
days = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))
spans = st.tuples(days, st.none() | st.integers(1, 30)).map(
    lambda pair: (pair[0], pair[1] and pair[0] + timedelta(days=pair[1]))
)


# --- trees ----------------------------------------------------------------------------------

grids = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 90)), min_size=2, max_size=6)
"""(which community, households)."""
acts = st.lists(
    st.tuples(st.sampled_from(("move", "split")), st.integers(0, 20), st.integers(0, 20), days),
    max_size=8,
)


@few
@given(grids=grids, acts=acts)
def test_a_tree_stays_a_tree_through_moves_and_splits(
    town: Town,
    city_officer: User,
    grids: list[tuple[int, int]],
    acts: list[tuple[str, int, int, date]],
) -> None:
    with transaction.atomic():
        _grow(city_officer, town, grids)
        for act, which, where, on in acts:
            try:
                _act(city_officer, town, act, which, where, on)
            except Refused:
                continue
        _check_tree()
        transaction.set_rollback(True)


def _communities(town: Town) -> list[Area]:
    return list(Area.objects.filter(level="community").order_by("pk"))


def _grow(by: User, town: Town, grids: list[tuple[int, int]]) -> None:
    communities = _communities(town)
    import_areas(
        rows=[
            area_row(f"P{n}", communities[which % len(communities)].key, households=households)
            for n, (which, households) in enumerate(grids)
        ],
        by=by,
    )


def _act(by: User, town: Town, act: str, which: int, where: int, on: date) -> None:
    movable = list(Area.objects.filter(level__in=("community", "grid")).order_by("pk"))
    area = movable[which % len(movable)]
    if act == "split":
        households = area.households or 0
        shares = (households // 2, households - households // 2)
        rows = [split_row(area.key, n, households=share) for n, share in enumerate(shares)]
        split_grid(grid=area, rows=rows, on=on, document="", by=by)
        return
    level = "township" if area.level == "community" else "community"
    targets = list(Area.objects.filter(level=level).order_by("pk"))
    move_area(area=area, to=targets[where % len(targets)], on=on, document="", by=by)


def _check_tree() -> None:
    for area in Area.objects.select_related("parent"):
        assert area.path == path_of(area.parent, area.pk)
        edges = list(AreaEdge.objects.filter(child=area).order_by("valid_from"))
        if area.parent is None:
            assert not edges
            continue
        assert [edge.parent_id for edge in edges if edge.valid_to is None] == [area.parent_id]
        for before, after in zip(edges, edges[1:], strict=False):
            assert before.valid_to == after.valid_from
    parents = Area.objects.filter(children__level="microgrid")
    for grid in parents.annotate(parts=Sum("children__households")):
        assert grid.households in (None, vars(grid)["parts"])
    assert not Area.objects.filter(path=F("parent__path")).exists()


# --- spans ----------------------------------------------------------------------------------


def overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Of two spans `[first, end)`."""
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])


@few
@given(asked=st.lists(spans, min_size=2, max_size=5, unique_by=lambda span: span[0]))
def test_no_two_memberships_of_a_person_overlap(
    town: Town, city_officer: User, asked: list[tuple[date, date | None]]
) -> None:
    """Asked one by one, each is taken just when it overlaps none that was taken."""
    with transaction.atomic():
        row = membership_row(1, town.branch.code)
        make_person(area=town.grid, id_number=row.id_number)
        taken: list[tuple[date, date | None]] = []
        for n, span in enumerate(asked):
            branch = (town.branch, town.other_branch)[n % 2]
            first, end = span
            asked_row = row._replace(organisation_code=branch.code, valid_from=first, valid_to=end)
            with_room = not any(overlap(span, other) for other in taken)
            command = partial(import_memberships, rows=[asked_row], by=city_officer)
            assert _is_taken(command) is with_room
            taken += [span] * with_room
        assert Membership.objects.count() == len(taken)
        transaction.set_rollback(True)


@few
@given(
    asked=st.lists(
        st.tuples(spans, st.integers(1, 2)), min_size=2, max_size=6, unique_by=lambda one: one[0][0]
    ),
    is_single=st.booleans(),
)
def test_no_post_is_held_twice_by_one_nor_a_single_one_by_two(
    town: Town,
    city_officer: User,
    asked: list[tuple[tuple[date, date | None], int]],
    is_single: bool,
) -> None:
    with transaction.atomic():
        make_post("sample", single_holder=is_single)
        for n in (1, 2):
            number = appointment_row(n, "sample", town.grid.key).id_number
            make_person(area=town.grid, id_number=number)
        taken: list[tuple[tuple[date, date | None], int]] = []
        for span, who in asked:
            row = appointment_row(
                who, "sample", town.grid.key, valid_from=span[0], valid_to=span[1]
            )
            rivals = [s for s, other in taken if is_single or other == who]
            with_room = not any(overlap(span, rival) for rival in rivals)
            command = partial(import_appointments, rows=[row], by=city_officer)
            assert _is_taken(command) is with_room
            taken += [(span, who)] * with_room
        assert Appointment.objects.count() == len(taken)
        transaction.set_rollback(True)


def _is_taken(command: Callable[[], Imported]) -> bool:
    try:
        with transaction.atomic():
            return bool(command().created)
    except RowsRefused:
        return False


# --- names and days -------------------------------------------------------------------------

stems = st.text(st.sampled_from("三桥东沟武当路村社区街道Ａ１ 　"), min_size=1, max_size=8)
endings = st.sampled_from(
    ("", "社区居民委员会", "居委会", "村民委员会", "村委会", "街道办事处", "人民政府", "管委会")
)


@pytest.mark.no_db
@many
@given(stem=stems, ending=endings)
def test_a_short_name_is_short_already(stem: str, ending: str) -> None:
    short = short_name(stem + ending)

    assert short_name(short) == short
    assert short == unicodedata.normalize("NFKC", short)
    assert not any(character.isspace() for character in short)


@pytest.mark.no_db
@many
@given(name=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12))
def test_spellings_are_lower_case_and_spelled_already(name: str) -> None:
    for spelling in (spelled(name), spelled_name(name)):
        assert spelling.pinyin == spelling.pinyin.lower()
        assert not any(character.isspace() for character in spelling.pinyin)


DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def in_words(number: int) -> str:
    """1 to 31 as 一 to 三十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{str(tens).translate(DIGITS)}十"
    return head + (str(ones).translate(DIGITS) if ones else "")


@pytest.mark.no_db
@many
@given(day=st.dates(date(1921, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_in_every_usual_writing(day: date) -> None:
    year = str(day.year).translate(DIGITS)
    for text in (
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{year}年{in_words(day.month)}月{in_words(day.day)}日",
    ):
        assert chinese_date(text) == day, text
