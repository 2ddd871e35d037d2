"""Lists: of a unit, of a community, of the department; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from sanqiao.kernel.models import Change, Event, User
from sanqiao.kernel.staging import Imported, RowsRefused
from sanqiao.registers.people.models import Person
from sanqiao.work.service import commands
from sanqiao.work.service.models import MemberCheckIn, Pairing, UnitCheckIn
from sanqiao.work.service.rows import (
    AcceptanceRow,
    DutyRow,
    ExemptionRow,
    PairingRow,
    TeamRow,
    UnitCheckInRow,
)
from tests.make import Town, impossible_id_number, make_area

from .make import (
    FEBRUARY,
    MARCH,
    Bureau,
    check_in_row,
    make_bureau,
    make_check_in,
    make_pairing,
    make_team,
)

As = Callable[[User], AbstractContextManager[None]]


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


def codes(info: pytest.ExceptionInfo[RowsRefused]) -> list[tuple[int, str]]:
    return [(error.row, error.code.removeprefix("service.")) for error in info.value.errors]


def test_a_unit_lists_members_and_staff_whom_its_liaison_cannot_see(
    town: Town, bureau: Bureau, as_seen_by: As
) -> None:
    rows = [check_in_row(who, bureau.unit) for who in (bureau.member, bureau.staff)]
    with as_seen_by(bureau.liaison):
        assert not Person.objects.filter(pk=bureau.staff.pk).exists()
        done = commands.import_check_ins(rows=rows, by=bureau.liaison)
        slips = MemberCheckIn.objects.visible_to(bureau.liaison).order_by("id")
        found = [(s.name, s.standing, s.community_id) for s in slips]

    assert done == Imported(2, 0, 0)
    assert found == [("林", "member", town.community.pk), ("何", "staff", town.community.pk)]
    event = Event.objects.get(kind="service.check_ins_imported")
    assert (event.data["created"], event.by_id) == (2, bureau.liaison.pk)


def test_the_same_list_again_changes_nothing(town: Town, bureau: Bureau, secretary: User) -> None:
    rows = [check_in_row(bureau.member, bureau.unit, home="3号楼")]
    commands.import_check_ins(rows=rows, by=bureau.liaison)
    slip = MemberCheckIn.objects.get()
    commands.accept_check_in(check_in=slip, on=FEBRUARY, by=secretary)
    changes, events = Change.objects.count(), Event.objects.count()

    assert commands.import_check_ins(rows=rows, by=bureau.liaison) == Imported(0, 0, 1)
    assert (Change.objects.count(), Event.objects.count()) == (changes, events)
    slip.refresh_from_db()
    assert slip.area == town.grid, "where the community placed the person"


def test_who_is_not_in_the_register_comes_into_it(
    town: Town, bureau: Bureau, as_seen_by: As
) -> None:
    number = impossible_id_number(900_001)
    row = check_in_row(bureau.staff, bureau.unit, id_number=number, name="新来的")
    with as_seen_by(bureau.liaison):
        with pytest.raises(RowsRefused) as info:
            commands.import_check_ins(rows=[row], by=bureau.liaison)
        row = row._replace(area_key=town.grid.key, phone="19900001234")
        commands.import_check_ins(rows=[row], by=bureau.liaison)

    assert codes(info) == [(0, "no_home")]
    person = Person.objects.get(name="新来的")
    assert (person.area, person.id_number, person.phone) == (town.grid, number, "19900001234")
    assert MemberCheckIn.objects.get().standing == "staff"


def test_what_is_wrong_is_said_of_every_row_and_nothing_is_kept(town: Town, bureau: Bureau) -> None:
    other = make_bureau(town, "市教育局")
    rows = [
        check_in_row(bureau.member, bureau.unit, credit_code="X"),
        check_in_row(bureau.staff, other.unit),
    ]
    with pytest.raises(RowsRefused) as info:
        commands.import_check_ins(rows=rows, by=bureau.liaison)
    assert codes(info) == [(0, "organisations.unknown_unit"), (1, "not_allowed")]

    rows = [
        check_in_row(bureau.member, bureau.unit, area_key=town.far_grid.key),
        check_in_row(bureau.staff, bureau.unit),
    ]
    with pytest.raises(RowsRefused) as info:
        commands.import_check_ins(rows=rows, by=bureau.liaison)
    assert codes(info) == [(0, "lives_elsewhere")]
    assert not MemberCheckIn.objects.exists()


def test_twins_open_slips_and_exempt_people_are_refused(town: Town, bureau: Bureau) -> None:
    make_check_in(bureau.member, bureau.unit, town.community, checked_in_on=date(2020, 1, 31))
    exemption = ExemptionRow(
        bureau.staff.id_number, bureau.unit.credit_code, "驻外工作", FEBRUARY, None
    )
    commands.import_exemptions(rows=[exemption], by=bureau.liaison)
    rows = [
        check_in_row(bureau.member, bureau.unit),
        check_in_row(bureau.staff, bureau.unit),
        check_in_row(bureau.staff, bureau.unit),
    ]
    with pytest.raises(RowsRefused) as info:
        commands.import_check_ins(rows=rows, by=bureau.liaison)

    found = codes(info)
    assert {(0, "checked_in_already"), (1, "exempt"), (2, "import.twin")} <= set(found)


def test_a_community_accepts_its_whole_list(
    town: Town, bureau: Bureau, secretary: User, as_seen_by: As
) -> None:
    make_team(town.community)
    people = (bureau.member, bureau.staff)
    slips = [make_check_in(who, bureau.unit, town.community) for who in people]
    rows = [
        AcceptanceRow(who.id_number, FEBRUARY, town.grid.key, team)
        for who, team in zip(people, ("先锋服务队", ""), strict=True)
    ]
    with as_seen_by(secretary):
        done = commands.accept_check_ins(rows=rows, by=secretary)
        again = commands.accept_check_ins(rows=rows, by=secretary)

    assert (done.changed, again.changed) == (2, 0)
    for slip in slips:
        slip.refresh_from_db()
    assert [(s.area, s.accepted_by) for s in slips] == [(town.grid, secretary)] * 2
    assert [str(s.team or "") for s in slips] == ["先锋服务队", ""]


def test_a_list_of_acceptances_is_checked_row_by_row(
    town: Town, bureau: Bureau, secretary: User, other_clerk: User
) -> None:
    make_check_in(bureau.member, bureau.unit, town.community)
    number, stranger = bureau.member.id_number, bureau.staff.id_number
    wrong = [
        (AcceptanceRow(stranger, FEBRUARY, town.grid.key, ""), secretary, "no_slip"),
        (AcceptanceRow(number, FEBRUARY, "nowhere", ""), secretary, "grid_elsewhere"),
        (AcceptanceRow(number, FEBRUARY, town.far_grid.key, ""), secretary, "grid_elsewhere"),
        (AcceptanceRow(number, FEBRUARY, town.grid.key, "没有的队"), secretary, "team_elsewhere"),
        (AcceptanceRow(number, date(2020, 2, 1), town.grid.key, ""), secretary, "too_early"),
        (AcceptanceRow(number, FEBRUARY, town.grid.key, ""), other_clerk, "not_allowed"),
    ]
    for row, by, code in wrong:
        with pytest.raises(RowsRefused) as info:
            commands.accept_check_ins(rows=[row], by=by)
        assert (0, code) in codes(info)


def pairing_row(bureau: Bureau, town: Town) -> PairingRow:
    return PairingRow(
        bureau.unit.credit_code, town.community.key, True, "示例1号", MARCH, MARCH, MARCH, None, ""
    )  # fmt: skip


def test_pairings_come_by_list(town: Town, bureau: Bureau, city_officer: User) -> None:
    other = make_bureau(town, "市教育局")
    rows = [pairing_row(bureau, town), pairing_row(other, town)._replace(is_lead=False)]

    assert commands.import_pairings(rows=rows, by=city_officer) == Imported(2, 0, 0)
    assert commands.import_pairings(rows=rows, by=city_officer) == Imported(0, 0, 2)
    assert Pairing.objects.on(MARCH).count() == 2


def test_two_leads_a_grid_and_a_wrong_date_are_refused(
    town: Town, bureau: Bureau, city_officer: User
) -> None:
    other = make_bureau(town, "市教育局")
    row = pairing_row(bureau, town)
    wrong = {
        "led_already": [row, pairing_row(other, town)],
        "not_a_community": [row._replace(area_key=town.grid.key)],
        "import.dates": [row._replace(valid_to=MARCH, end_reason="撤销")],
        "reason_missing": [row._replace(valid_to=date(2020, 5, 1))],
    }
    for code, rows in wrong.items():
        with pytest.raises(RowsRefused) as info:
            commands.import_pairings(rows=rows, by=city_officer)
        assert code in [found for _row, found in codes(info)]
    assert not Pairing.objects.exists()


def test_units_check_in_by_list_where_they_are_paired(
    town: Town, bureau: Bureau, city_officer: User
) -> None:
    make_pairing(bureau.unit, town.community)
    row = UnitCheckInRow(bureau.unit.credit_code, town.community.key, MARCH, "社区书屋", MARCH)

    assert commands.import_unit_check_ins(rows=[row], by=city_officer).created == 1
    assert commands.import_unit_check_ins(rows=[row], by=city_officer).unchanged == 1
    assert UnitCheckIn.objects.get().accepted_by == city_officer
    with pytest.raises(RowsRefused) as info:
        far = row._replace(area_key=town.other_community.key)
        commands.import_unit_check_ins(rows=[far], by=city_officer)
    assert codes(info) == [(0, "not_paired")]


def test_duties_and_teams_are_the_citys_own_lists(town: Town, city_officer: User) -> None:
    duty = DutyRow(town.city.key, 1, "check_in", "unit", "单位报到", "once", 0, "", FEBRUARY, None)
    assert commands.set_duties(rows=[duty], by=city_officer).created == 1
    assert commands.set_duties(rows=[duty._replace(name="单位到社区报到")], by=city_officer).changed
    overlapping = duty._replace(valid_from=MARCH)
    with pytest.raises(RowsRefused):
        commands.set_duties(rows=[overlapping], by=city_officer)

    team = TeamRow(town.community.key, "先锋服务队", FEBRUARY)
    assert commands.import_teams(rows=[team], by=city_officer).created == 1
    assert commands.import_teams(rows=[team], by=city_officer).unchanged == 1


def test_people_outside_every_community_cannot_be_listed(town: Town, bureau: Bureau) -> None:
    office = make_area("county", town.city)
    Person.objects.filter(pk=bureau.staff.pk).update(area=office, area_path=office.path)
    with pytest.raises(RowsRefused) as info:
        commands.import_check_ins(rows=[check_in_row(bureau.staff, bureau.unit)], by=bureau.liaison)
    assert codes(info) == [(0, "no_community")]
