"""Squads, the people in them and closed units from a clerk's file: all or nothing, each refusal in
its cell."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.importing import Preview, export_rows, import_file, import_template
from sanqiao.kernel.models import Change, Duty, User
from sanqiao.kernel.sheets.exporting import export_csv
from sanqiao.kernel.staging import Imported
from sanqiao.registers.areas.models import ClosedUnit
from sanqiao.registers.importing import registers
from sanqiao.registers.people.models import Appointment, Person
from sanqiao.work.squads.models import Shift, Squad, SquadMember
from tests.make import Town, make_person, make_unit
from tests.work.squads.make import (
    FEBRUARY,
    MARCH,
    Team,
    make_claim,
    make_closed,
    make_gate,
    make_head,
    make_member,
    make_posts,
    make_rule,
    make_shift,
    make_team,
)

SQUAD_HEAD = (
    "编号", "队名", "类型", "组建单位", "驻地", "队长身份证号", "不符合而任命的原因", "组建日期",
    "预定解散日期", "任务", "依据文件", "临时党支部的上级", "群众评价",
)  # fmt: skip
MEMBER_HEAD = ("突击队", "身份证号", "职责", "入队日期", "离队日期", "不符合而任命的原因")
UNIT_HEAD = ("所在区划", "单元名称", "单元类型", "出入口数", "封闭日期", "解封日期")


def xlsx(head: tuple[str, ...], *rows: list[object]) -> bytes:
    book: Any = Workbook()
    for row in (head, *rows):
        book.active.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(
    register: str, content: bytes, by: User, *, dry_run: bool = False, name: str = "a.xlsx"
) -> Preview:
    return import_file(
        register=registers()[register], content=content, filename=name, by=by, dry_run=dry_run
    )


def cells(preview: Preview) -> list[tuple[int, list[str]]]:
    return [(row.number, sorted(row.errors)) for row in preview.refused]


@pytest.fixture
def head(town: Town) -> Person:
    """Of 交通局, and so fit to be a captain since 2019."""
    make_posts()
    make_rule()
    person = make_person(area=town.far_grid)
    make_head(make_unit(area=town.other_community, name="交通局"), person)
    return person


def squad(head: Person, **given: object) -> list[object]:
    usual: dict[str, object] = dict(zip(SQUAD_HEAD, [
        "TJ800", "交通局突击队", "市直单位", "交通局", "三桥社区", head.id_number, "", "2020.2.3",
        "2020-09-30", "守卡口", "示例〔2020〕5号", "武当路街道党工委", "",
    ], strict=True))  # fmt: skip
    return list((usual | given).values())


def person(row: Person, number: object = "TJ800", **given: object) -> list[object]:
    usual: dict[str, object] = dict(
        zip(MEMBER_HEAD, [number, row.id_number, "队员", "2020-02-10", "", ""], strict=True)
    )
    return list((usual | given).values())


# --- squads -------------------------------------------------------------------------------------


def test_a_row_forms_a_squad_with_captain_branch_and_duty(
    town: Town, head: Person, city_officer: User
) -> None:
    preview = read("squads", xlsx(SQUAD_HEAD, squad(head)), city_officer)

    assert (preview.problems, cells(preview), preview.done) == ([], [], Imported(1, 0, 0))
    found = Squad.objects.get(number="TJ800")
    assert (found.area, found.until, found.formed_on) == (
        town.community,
        date(2020, 9, 30),
        FEBRUARY,
    )
    assert found.branch is not None and found.branch.parent == town.street_committee
    captain = found.members.get()
    assert (captain.person, captain.proof) == (head, "head")
    assert Appointment.objects.filter(person=head, post__code="squad_captain").exists()


def test_a_dry_run_keeps_nothing_and_the_same_file_again_changes_nothing(
    town: Town, head: Person, city_officer: User
) -> None:
    content = xlsx(SQUAD_HEAD, squad(head))
    assert len(read("squads", content, city_officer, dry_run=True).create) == 1
    assert not Squad.objects.exists()
    read("squads", content, city_officer)
    changes = Change.objects.count()

    assert read("squads", content, city_officer).done == Imported(0, 0, 1)
    assert Change.objects.count() == changes


def test_a_sheet_changes_what_the_form_changes_and_nothing_else(
    town: Town, head: Person, city_officer: User
) -> None:
    read("squads", xlsx(SQUAD_HEAD, squad(head)), city_officer)
    told = squad(head, 任务="送菜", 群众评价="有求必应")
    preview = read("squads", xlsx(SQUAD_HEAD, told), city_officer)
    assert [list(changes) for _row, changes in preview.change] == [["task", "appraisal"]]
    assert preview.done == Imported(0, 1, 0)
    assert Squad.objects.get().appraisal == "有求必应"

    later = squad(head, 队名="二队", 预定解散日期="2020-12-31", 任务="送菜")
    assert read("squads", xlsx(SQUAD_HEAD, later), city_officer).done == Imported(0, 1, 0)
    duty = Duty.objects.get(kind="squads.dissolve")
    assert (duty.title, duty.due_on) == ("解散二队（TJ800）", date(2020, 12, 31))
    early = squad(head, 队名="二队", 预定解散日期="2020-02-01", 任务="送菜")
    preview = read("squads", xlsx(SQUAD_HEAD, early), city_officer)
    assert cells(preview) == [(2, ["until"])]

    other = make_person(area=town.grid)
    make_head(make_unit(area=town.community), other)
    moved = squad(other, 队名="二队", 驻地="五堰社区", 组建日期="2020-02-04")
    preview = read("squads", xlsx(SQUAD_HEAD, moved), city_officer)
    assert cells(preview) == [(2, ["area_key", "formed_on", "id_number"])]
    assert "突击队的页面" in preview.refused[0].errors["id_number"]


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"驻地": "没有的社区"}, "area_key"),
        ({"组建单位": "没有的局"}, "credit_code"),
        ({"队长身份证号": ""}, "id_number"),
        ({"队长身份证号": "42030219500231700X"}, "id_number"),
        ({"组建日期": "2020-13-01"}, "formed_on"),
        ({"组建日期": "2018-12-31"}, "formed_on"),
        ({"预定解散日期": "2020-02-01"}, "until"),
        ({"类型": "区直单位"}, "kind"),
        ({"临时党支部的上级": "没有的支部"}, "branch_parent"),
    ],
)
def test_one_bad_row_refuses_all_and_says_why_in_its_cell(
    town: Town, head: Person, city_officer: User, given: dict[str, object], column: str
) -> None:
    rows = [squad(head, 编号="TJ801", 临时党支部的上级=""), squad(head, **given)]
    preview = read("squads", xlsx(SQUAD_HEAD, *rows), city_officer)

    assert (3, [column]) in cells(preview)
    assert preview.done is None and not Squad.objects.exists()


def test_a_captain_is_judged_row_by_row_and_a_breach_needs_its_reason(
    town: Town, head: Person, city_officer: User
) -> None:
    stranger = make_person(area=town.grid)
    late = make_person(area=town.grid)
    make_head(make_unit(area=town.community), late, valid_from=FEBRUARY + timedelta(days=1))
    rows = [squad(head), squad(stranger, 编号="TJ801"), squad(late, 编号="TJ802")]
    preview = read("squads", xlsx(SQUAD_HEAD, *rows), city_officer)
    assert cells(preview) == [(3, ["breach_reason"]), (4, ["breach_reason"])]
    assert not Squad.objects.exists()

    rows[1:] = [squad(stranger, 编号="TJ801", 不符合而任命的原因="负责人隔离")]
    assert read("squads", xlsx(SQUAD_HEAD, *rows), city_officer).done == Imported(2, 0, 0)
    breach = SquadMember.objects.get(squad__number="TJ801")
    assert (breach.is_breach, breach.breach_reason) == (True, "负责人隔离")


def test_the_captain_must_be_in_the_register_and_a_number_stands_once_in_the_file(
    town: Town, head: Person, city_officer: User
) -> None:
    unknown = Person(id_number="420302195002317009")
    preview = read("squads", xlsx(SQUAD_HEAD, squad(unknown)), city_officer)
    assert cells(preview) == [(2, ["id_number"])]

    preview = read("squads", xlsx(SQUAD_HEAD, squad(head), squad(head, 队名="二队")), city_officer)
    assert cells(preview) == [(2, ["number"]), (3, ["number"])]


def test_who_forms_no_squads_imports_none(
    town: Town, head: Person, clerk: User, grid_worker: User
) -> None:
    preview = read("squads", xlsx(SQUAD_HEAD, squad(head)), clerk)
    assert cells(preview) == [(2, ["area_key"])]
    with pytest.raises(Refused):
        read("squads", xlsx(SQUAD_HEAD, squad(head)), grid_worker)


# --- people in squads ---------------------------------------------------------------------------


@pytest.fixture
def team(town: Town, city_officer: User) -> Team:
    return make_team(town, city_officer, number="TJ800")


def test_people_join_by_name_or_number_of_the_squad(
    town: Town, team: Team, city_officer: User
) -> None:
    people = [make_person(area=town.grid) for _n in range(3)]
    rows = [
        person(people[0], team.squad.name), person(people[1], 职责="副队长"),
        person(people[2], 职责="", 离队日期="2020-03-02"),
    ]  # fmt: skip
    content = xlsx(MEMBER_HEAD, *rows)
    assert read("squad_members", content, city_officer).done == Imported(3, 0, 0)
    found = {m.person_id: m for m in team.squad.members.filter(person__in=people)}
    assert [found[p.pk].role for p in people] == ["member", "deputy", "member"]
    assert found[people[2].pk].valid_to == MARCH
    assert Appointment.objects.filter(person__in=people, valid_to=None).count() == 2

    changes = Change.objects.count()
    assert read("squad_members", content, city_officer).done == Imported(0, 0, 3)
    assert Change.objects.count() == changes


def test_a_last_day_is_added_and_nothing_else_changes(
    town: Town, team: Team, city_officer: User
) -> None:
    one = team.members[0]
    left = person(one, 入队日期=FEBRUARY, 离队日期=MARCH)
    assert read("squad_members", xlsx(MEMBER_HEAD, left), city_officer).done == Imported(0, 1, 0)
    assert team.squad.members.get(person=one).valid_to == MARCH

    again = person(one, 入队日期=FEBRUARY, 离队日期="2020-03-05", 职责="副队长")
    preview = read("squad_members", xlsx(MEMBER_HEAD, again), city_officer)
    assert cells(preview) == [(2, ["role"])]
    again[2] = "队员"
    preview = read("squad_members", xlsx(MEMBER_HEAD, again), city_officer)
    assert cells(preview) == [(2, ["valid_to"])]


def test_a_new_captain_follows_the_old_one_in_the_order_of_days(
    town: Town, team: Team, city_officer: User
) -> None:
    second, third = (make_person(area=town.grid) for _n in range(2))
    for each in (second, third):
        make_head(make_unit(area=town.community), each)
    rows = [
        person(third, 职责="队长", 入队日期="2020-04-01"),
        person(second, 职责="队长", 入队日期="2020-03-02", 离队日期="2020-04-01"),
    ]  # fmt: skip
    assert read("squad_members", xlsx(MEMBER_HEAD, *rows), city_officer).done == Imported(2, 0, 0)
    captains = team.squad.members.filter(role="captain").order_by("valid_from")
    assert [c.person for c in captains] == [team.captain, second, third]
    assert [c.valid_to for c in captains] == [MARCH, date(2020, 4, 1), None]


def test_rows_that_no_form_would_take_are_refused_in_their_cells(
    town: Town, team: Team, city_officer: User
) -> None:
    fresh = [make_person(area=town.grid) for _n in range(5)]
    rows = [
        person(fresh[0]),
        person(fresh[1], 职责="队长"),
        person(fresh[2], 入队日期="2019-12-01"),
        person(fresh[3], 离队日期="2020-02-10"),
        person(team.members[0], 入队日期="2020-02-20"),
        person(fresh[4], 突击队="没有的队"),
    ]  # fmt: skip
    preview = read("squad_members", xlsx(MEMBER_HEAD, *rows), city_officer)
    assert cells(preview) == [
        (3, ["breach_reason"]), (4, ["valid_from"]), (6, ["valid_from"]), (7, ["number"])
    ]  # fmt: skip
    preview = read("squad_members", xlsx(MEMBER_HEAD, rows[0], rows[3]), city_officer)
    assert cells(preview) == [(3, ["valid_to"])]
    assert not team.squad.members.filter(person__in=fresh).exists()
    book: Any = load_workbook(io.BytesIO(preview.refused_file()))
    assert "应晚于" in str(book.active.cell(2, 7).value)


def test_a_captain_does_not_leave_by_sheet_and_twins_are_refused(
    town: Town, team: Team, city_officer: User
) -> None:
    gone = person(team.captain, 职责="队长", 入队日期="2020-01-28", 离队日期="2020-03-02")
    preview = read("squad_members", xlsx(MEMBER_HEAD, gone), city_officer)
    assert cells(preview) == [(2, ["valid_to"])]

    twin = person(make_person(area=town.grid))
    preview = read("squad_members", xlsx(MEMBER_HEAD, twin, twin), city_officer)
    assert [number for number, _cells in cells(preview)] == [2, 3]


def test_nobody_joins_a_squad_out_of_sight(
    town: Town, team: Team, other_clerk: User, as_seen_by: Any
) -> None:
    with as_seen_by(other_clerk):
        row = person(make_person(area=town.far_grid))
        preview = read("squad_members", xlsx(MEMBER_HEAD, row), User.objects.get(pk=other_clerk.pk))
    assert cells(preview) == [(2, ["number"])]


# --- closed units -------------------------------------------------------------------------------


def closed(**given: object) -> list[object]:
    usual: dict[str, object] = dict(
        zip(UNIT_HEAD, ["第二网格", "东院", "院落", 2, "2020-02-03", ""], strict=True)
    )
    return list((usual | given).values())


def test_units_are_closed_by_sheet_with_their_kinds(town: Town, clerk: User) -> None:
    at = town.grid.key
    content = xlsx(
        UNIT_HEAD,
        closed(所在区划=at),
        closed(所在区划=at, 单元名称="西区", 单元类型="", 出入口数=""),
    )
    assert read("closed_units", content, clerk).done == Imported(2, 0, 0)
    assert list(ClosedUnit.objects.order_by("kind").values_list("kind", "gates")) == [
        ("compound", 1), ("courtyard", 2)
    ]  # fmt: skip
    assert read("closed_units", content, clerk).done == Imported(0, 0, 2)
    content = xlsx(UNIT_HEAD, closed(所在区划=at, 单元类型="楼栋"))
    assert read("closed_units", content, clerk).done == Imported(0, 1, 0)
    for given, column in (
        ({"单元类型": "大院"}, "kind"), ({"出入口数": 0}, "gates"), ({"所在区划": "没有"}, "area_key"),
        ({"解封日期": "2020-02-01"}, "opened_on"),
    ):  # fmt: skip
        row = closed(**{"所在区划": at, **given})
        assert cells(read("closed_units", xlsx(UNIT_HEAD, row), clerk)) == [(2, [column])]


def test_a_unit_opened_by_sheet_keeps_no_shifts_behind(town: Town, clerk: User) -> None:
    unit = make_closed(town.grid, name="东院", closed_on=FEBRUARY)
    gate = make_gate(unit)
    kept, lost = (make_shift(gate, day=day) for day in (FEBRUARY, MARCH))
    claim = make_claim(lost, make_person(area=town.grid))
    row = closed(所在区划=town.grid.key, 单元类型="", 出入口数="", 解封日期=MARCH)
    assert read("closed_units", xlsx(UNIT_HEAD, row), clerk).done == Imported(0, 1, 0)

    assert set(Shift.objects.standing()) == {kept}
    claim.refresh_from_db()
    assert claim.cancelled_on is not None


# --- all three ----------------------------------------------------------------------------------


@pytest.mark.parametrize("register", ["squads", "squad_members", "closed_units"])
def test_what_is_exported_as_csv_reads_back_without_a_change(
    town: Town, team: Team, city_officer: User, register: str
) -> None:
    make_member(team.squad, make_person(area=town.grid), role="deputy", valid_to=MARCH)
    make_closed(town.grid, name="东院", kind="building")
    found = registers()[register]
    head, rows = export_rows(found, city_officer)
    content = b"".join(export_csv(head, rows))
    preview = read(register, content, city_officer, name="a.csv")

    assert preview.unchanged > 0
    assert (preview.problems, preview.refused, preview.create, preview.change) == ([], [], [], [])
    template: Any = load_workbook(io.BytesIO(import_template(found, city_officer)))
    assert template.active.data_validations.dataValidation
