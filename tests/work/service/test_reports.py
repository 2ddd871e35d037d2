from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.periods import Year
from sanqiao.kernel.staging import Imported, RowsRefused
from sanqiao.work.service import commands
from sanqiao.work.service.halves import Half
from sanqiao.work.service.models import MechanismDuty, MemberReport, UnitReport
from sanqiao.work.service.rows import PaperReportRow
from sanqiao.work.service.tasks import draft_due
from tests.make import Town, make_appointment, make_post

from .make import (
    FEBRUARY,
    MARCH,
    Bureau,
    as_person,
    make_bureau,
    make_check_in,
    make_pairing,
    make_placed,
    make_report,
    make_team,
)

HALF = Half(2020, 1)
JUNE = date(2020, 6, 29)


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


@pytest.mark.no_db
def test_a_half_knows_its_days() -> None:
    assert (Half(2020, 1).first, Half(2020, 1).last) == (date(2020, 1, 1), date(2020, 6, 30))
    assert (Half(2020, 2).first, Half(2020, 2).last) == (date(2020, 7, 1), date(2020, 12, 31))
    assert Half.parse("2020-H2") == Half.containing(date(2020, 7, 1))
    for wrong in ("2020-H3", "2020", "99999-H1"):
        with pytest.raises(ValueError):
            Half.parse(wrong)


def test_a_report_says_what_the_records_say(town: Town, bureau: Bureau, secretary: User) -> None:
    make_placed(
        bureau.member, bureau.unit, town.community, secretary,
        area=town.grid, team=make_team(town.community),
    )  # fmt: skip
    volunteer = make_post("volunteer", name="志愿者")
    appointed: dict[str, Any] = {"person": bureau.member, "area": town.grid}
    make_appointment(post=volunteer, valid_from=MARCH, **appointed)
    after = date(2020, 7, 1)  # not included - after the half
    make_appointment(post=make_post("building_head", name="楼栋长"), valid_from=after, **appointed)

    commands.draft_member_reports(half=HALF, area=town.community, by=secretary)

    said = [(fact["fact"], fact["on"]) for fact in MemberReport.objects.get().facts]
    day = FEBRUARY.isoformat()
    assert said == [("checked_in", day), ("accepted", day), ("post", MARCH.isoformat())]


def test_only_who_is_placed_at_the_end_of_the_half_has_a_report(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    make_check_in(bureau.member, bureau.unit, town.community)  # not included - waiting
    make_placed(
        bureau.staff, bureau.unit, town.community, secretary,
        ended_on=MARCH, end_reason="left",
    )  # fmt: skip

    done = commands.draft_member_reports(half=HALF, area=town.city, by=city(town))
    assert done == Imported(0, 0, 0)


def city(town: Town) -> User:
    from tests.make import make_grant, make_user

    return make_grant(role="city_officer", area=town.city, user=make_user()).user


def test_drafts_follow_the_records_until_they_are_confirmed(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    draft: dict[str, Any] = {"half": HALF, "area": town.community, "by": secretary}
    assert commands.draft_member_reports(**draft) == Imported(1, 0, 0)
    assert commands.draft_member_reports(**draft) == Imported(0, 0, 1)
    commands.place_check_in(check_in=slip, grid=town.grid, team=None, on=MARCH, by=secretary)
    assert commands.draft_member_reports(**draft) == Imported(0, 1, 0)

    report = MemberReport.objects.get()
    commands.confirm_report(report=report, on=JUNE, by=as_person(bureau.member, town))
    commands.place_check_in(check_in=slip, grid=town.other_grid, team=None, on=JUNE, by=secretary)
    assert commands.draft_member_reports(**draft) == Imported(0, 0, 1)
    report.refresh_from_db()
    assert report.facts[1]["grid"] == "三桥第一网格"


def test_the_due_day_is_the_citys_rule(town: Town, bureau: Bureau, secretary: User) -> None:
    MechanismDuty.objects.create(
        area=town.city, order=4, kind="report", party="member", name="个人报告", cycle="half",
        days_after=15, valid_from=date(2020, 1, 1),
    )  # fmt: skip
    make_placed(bureau.member, bureau.unit, town.community, secretary)
    commands.draft_member_reports(half=HALF, area=town.community, by=secretary)

    assert MemberReport.objects.get().due_on == date(2020, 7, 15)


def test_nobody_drafts_without_the_right(town: Town, other_clerk: User) -> None:
    with pytest.raises(Refused) as info:
        commands.draft_member_reports(half=HALF, area=town.community, by=other_clerk)
    assert info.value.code == "service.not_allowed"


def test_a_report_is_confirmed_by_its_person_then_remarked_by_the_community(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    report, me = make_report(slip), as_person(bureau.member, town)

    def code(run: object, **given: object) -> str:
        with pytest.raises(Refused) as info:
            run(report=report, on=JUNE, **given)  # type: ignore[operator]
        return info.value.code.removeprefix("service.")

    assert code(commands.remark_report, remark="好", by=secretary) == "not_confirmed"
    assert code(commands.confirm_report, by=secretary) == "not_allowed"
    commands.confirm_report(report=report, on=JUNE, by=me)
    assert code(commands.confirm_report, by=me) == "confirmed"
    assert code(commands.remark_report, remark=" ", by=secretary) == "reason_missing"
    assert code(commands.remark_report, remark="好", by=bureau.liaison) == "not_allowed"
    done = commands.remark_report(report=report, remark="好", on=JUNE, by=secretary)
    assert done.is_done and done.state == "已完成"
    assert code(commands.remark_report, remark="好", by=secretary) == "remarked"


def test_nobody_remarks_the_own_report(town: Town, bureau: Bureau, secretary: User) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    report = make_report(slip, confirmed_on=JUNE)
    User.objects.filter(pk=secretary.pk).update(person_id=bureau.member.pk)
    with pytest.raises(Refused) as info:
        commands.remark_report(
            report=report, remark="好", on=JUNE, by=User.objects.get(pk=secretary.pk)
        )
    assert info.value.code == "service.own_report"


def test_paper_reports_come_by_list(town: Town, bureau: Bureau, secretary: User) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    make_report(slip)
    row = PaperReportRow(bureau.member.id_number, JUNE, "", None)
    file: dict[str, Any] = {"half": HALF, "by": secretary}

    assert commands.file_paper_reports(rows=[row], **file).changed == 1
    assert commands.file_paper_reports(rows=[row], **file).changed == 0
    remarked = row._replace(remark="服从安排", remarked_on=JUNE)
    assert commands.file_paper_reports(rows=[remarked], **file).changed == 1
    assert MemberReport.objects.get().is_done

    wrong = {
        "no_report": row._replace(id_number=bureau.staff.id_number),
        "too_early": row._replace(remark="早了", remarked_on=date(2020, 6, 1)),
    }
    for code, bad in wrong.items():
        with pytest.raises(RowsRefused) as info:
            commands.file_paper_reports(rows=[bad], **file)
        assert info.value.code == f"service.{code}"


def test_a_unit_report_counts_its_people_in_the_community(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    pairing = make_pairing(bureau.unit, town.community, is_lead=True)
    commands.check_in_unit(pairing=pairing, plan="社区书屋", on=MARCH, by=bureau.liaison)
    make_placed(bureau.member, bureau.unit, town.community, secretary)
    make_placed(bureau.staff, bureau.unit, town.community, secretary, standing="staff")
    make_pairing(make_bureau(town, "市教育局").unit, town.community, unit_signed_on=None)

    done = commands.draft_unit_reports(year=Year(2020), area=town.community, by=secretary)

    assert done.created == 1, "the other pairing is not agreed"
    facts = {fact["fact"]: fact for fact in UnitReport.objects.get().facts}
    assert (facts["people"]["members"], facts["people"]["staff"]) == (1, 1)
    assert facts["unit_in"]["plan"] == "社区书屋" and facts["paired"]["lead"]
    report = UnitReport.objects.get()
    commands.confirm_report(report=report, on=JUNE, by=bureau.liaison)
    assert commands.remark_report(report=report, remark="好", on=JUNE, by=secretary).is_done


def test_the_night_drafts_what_is_due_once_and_takes_late_records_up(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    make_placed(bureau.member, bureau.unit, town.community, secretary)
    make_pairing(bureau.unit, town.community)

    assert draft_due(date(2020, 6, 30)) == 0
    assert draft_due(date(2020, 7, 1)) == 1
    assert draft_due(date(2020, 7, 2)) == 0
    assert draft_due(date(2020, 9, 15)) == 0
    assert draft_due(date(2021, 1, 1)) == 2
    assert draft_due(date(2021, 1, 2)) == 0
    assert (MemberReport.objects.count(), UnitReport.objects.count()) == (2, 1)
