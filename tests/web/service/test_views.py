from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from sanqiao.kernel.models import User
from sanqiao.web.imports import keeping
from sanqiao.web.imports.large import AT_ONCE
from sanqiao.work.service.models import MemberCheckIn, Pairing
from tests.make import Town, make_person, make_user
from tests.work.service.make import (
    Bureau,
    as_person,
    make_bureau,
    make_check_in,
    make_pairing,
    make_placed,
    make_report,
    make_team,
)

SignIn = Callable[[User], Client]


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


def shown(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return str(answer.content.decode())


def test_every_list_shows_its_rows(
    town: Town, bureau: Bureau, city_officer: User, signed_in: SignIn
) -> None:
    make_pairing(bureau.unit, town.community)
    make_report(make_placed(bureau.member, bureau.unit, town.community, city_officer))
    client = signed_in(city_officer)

    for page in ("", "check-ins/", "reports/"):
        assert "市财政局" in shown(client, f"/service/{page}"), page
    assert "五堰社区" in shown(client, "/service/holes/")
    assert "三桥社区" not in shown(client, "/service/holes/").split("<tbody>")[1]
    shown(client, "/service/unit-reports/")
    shown(client, "/service/exemptions/")


def test_a_community_without_the_unit_in_its_area_still_reads_its_name(
    town: Town, bureau: Bureau, secretary: User, signed_in: SignIn
) -> None:
    pairing = make_pairing(bureau.unit, town.community)
    make_check_in(bureau.member, bureau.unit, town.community)
    client = signed_in(secretary)

    assert "市财政局" in shown(client, "/service/")
    assert "市财政局" in shown(client, f"/service/pairings/{pairing.pk}/")
    assert "市财政局" in shown(client, "/service/queue/")


def test_one_tap_accepts_and_places(
    town: Town, bureau: Bureau, secretary: User, signed_in: SignIn
) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    client = signed_in(secretary)
    assert 'name="slip"' in shown(client, "/service/queue/")

    client.post("/service/queue/accept/", {"slip": [slip.pk]})

    slip.refresh_from_db()
    assert (slip.is_placed, slip.area, slip.accepted_by) == (True, town.grid, secretary)
    assert "没有等待接收的报到单" in shown(client, "/service/queue/")


def test_a_neighbour_community_cannot_accept(
    town: Town, bureau: Bureau, other_clerk: User, signed_in: SignIn
) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    client = signed_in(other_clerk)

    client.post("/service/queue/accept/", {"slip": [slip.pk]})
    assert client.post(f"/service/check-ins/{slip.pk}/accept/").status_code == 404

    slip.refresh_from_db()
    assert slip.is_waiting


def test_a_slip_is_sent_back_with_a_reason(
    town: Town, bureau: Bureau, secretary: User, signed_in: SignIn
) -> None:
    slip = make_check_in(bureau.member, bureau.unit, town.community)
    page = f"/service/check-ins/{slip.pk}/return/"
    client = signed_in(secretary)
    shown(client, page)

    client.post(page, {"reason": "已不住在本社区", "on": "2020-02-05"})

    slip.refresh_from_db()
    assert slip.state == "社区退回" and slip.end_note == "已不住在本社区"


def test_a_member_checks_in_with_one_tap(town: Town, bureau: Bureau, signed_in: SignIn) -> None:
    client = signed_in(as_person(bureau.member, town))
    page = shown(client, "/service/mine/")
    assert "向三桥社区报到" in page and "市财政局" in page

    client.post("/service/mine/check-in/", {})

    slip = MemberCheckIn.objects.get()
    assert (slip.person, slip.community, slip.unit) == (bureau.member, town.community, bureau.unit)
    assert "待接收" in shown(client, "/service/mine/")


def test_a_member_takes_the_slip_along(
    town: Town, bureau: Bureau, signed_in: SignIn, secretary: User
) -> None:
    make_placed(
        bureau.member, bureau.unit, town.community, secretary,
        area=town.grid, team=make_team(town.community),
    )  # fmt: skip
    client = signed_in(as_person(bureau.member, town))
    assert "先锋服务队" in shown(client, "/service/mine/"), "the team is seen by who is in it"
    assert "五堰社区" in shown(client, "/service/mine/move/?q=五堰")

    client.post("/service/mine/move/", {"to": town.other_community.key})

    page = shown(client, "/service/mine/")
    assert "五堰社区" in page and "以前的报到" in page and "三桥社区" in page


def test_a_member_confirms_what_the_records_say(
    town: Town, bureau: Bureau, signed_in: SignIn, secretary: User
) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    facts = [{"fact": "checked_in", "on": "2020-02-03", "community": "三桥社区"}]
    report = make_report(slip, facts=facts)
    client = signed_in(as_person(bureau.member, town))
    assert "2020年2月3日向三桥社区报到。" in shown(client, "/service/mine/")

    client.post(f"/service/reports/member/{report.pk}/confirm/")

    report.refresh_from_db()
    assert report.confirmed_on and report.state == "待社区签署意见"


def test_somebody_without_a_unit_is_told_why(town: Town, signed_in: SignIn) -> None:
    retired = make_person(area=town.grid)
    client = signed_in(as_person(retired, town))

    assert "无须在这里报到" in shown(client, "/service/mine/")
    client.post("/service/mine/check-in/", {})
    assert not MemberCheckIn.objects.exists()


def test_an_account_without_a_person_has_no_slip(signed_in: SignIn, auditor: User) -> None:
    assert "没有对应的人员登记" in shown(signed_in(auditor), "/service/mine/")


def test_the_liaison_sees_the_own_unit_and_no_other(
    town: Town, bureau: Bureau, signed_in: SignIn, secretary: User
) -> None:
    other = make_bureau(town, "市教育局")
    make_pairing(bureau.unit, town.community)
    make_pairing(other.unit, town.other_community)
    staff = {"standing": "staff"}
    make_placed(bureau.staff, bureau.unit, town.community, secretary, **staff)
    client = signed_in(bureau.liaison)
    page = shown(client, "/service/unit/")

    assert "市财政局" in page and "三桥社区" in page and "林" in page
    assert "市教育局" not in page
    assert "另有非党员干部职工 1 人报到，单独统计" in page
    roster = shown(client, "/service/check-ins/")
    assert "何" in roster, "staff who live where the liaison sees no area"


def test_the_liaison_signs_and_checks_the_unit_in(
    town: Town, bureau: Bureau, signed_in: SignIn, secretary: User
) -> None:
    pairing = make_pairing(bureau.unit, town.community, unit_signed_on=None)
    client = signed_in(bureau.liaison)
    client.post(f"/service/pairings/{pairing.pk}/sign-unit/", {"on": "2020-03-05"})
    page = f"/service/pairings/{pairing.pk}/check-in/"
    shown(client, page)
    client.post(page, {"on": "2020-03-06", "plan": "社区书屋"})
    assert client.get(f"/service/pairings/{pairing.pk}/accept/").status_code == 404

    accept = f"/service/pairings/{pairing.pk}/accept/"
    signed_in(secretary).post(accept, {"on": "2020-03-07"})

    visit = Pairing.objects.get().check_in
    assert (visit.plan, visit.accepted_on) == ("社区书屋", date(2020, 3, 7))


def list_of(*rows: tuple[object, ...]) -> BytesIO:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "身份证号", "单位", "居住地", "报到日期"])
    for row in rows:
        sheet.append(list(row))
    file = BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "list.xlsx"
    return file


def test_a_unit_uploads_its_list(town: Town, bureau: Bureau, signed_in: SignIn) -> None:
    client = signed_in(bureau.liaison)
    code = bureau.unit.credit_code
    file = list_of(
        ("林", bureau.member.id_number, code, "", "2020-02-03"),
        ("何", bureau.staff.id_number, code, "", "2020-02-04"),
    )
    answer = client.post("/service/unit/upload/", {"file": file})
    page = shown(client, answer["Location"])
    assert "全部交到社区" in page and not MemberCheckIn.objects.exists()
    assert str(bureau.member.id_number) not in page

    client.post(f"{answer['Location']}commit/")

    assert MemberCheckIn.objects.waiting().count() == 2


@pytest.mark.parametrize(("size", "is_taken"), [(AT_ONCE, True), (AT_ONCE + 1, False)])
def test_a_list_that_no_request_can_wait_for_is_refused_beside_its_field(
    size: int, is_taken: bool, bureau: Bureau, signed_in: SignIn, settings: LazySettings,
    tmp_path: Path,
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("名单.csv", "姓名,身份证号\n".encode().ljust(size, b"\n"))
    answer = signed_in(bureau.liaison).post("/service/unit/upload/", {"file": file})

    assert answer.status_code == (302 if is_taken else 200)
    if not is_taken:
        assert "文件超过 512 KB（约 4,000 人），请拆成几个文件" in answer.content.decode()
        assert AT_ONCE == 512 * 1024 and not list(keeping._uploads().iterdir())


def test_a_list_sent_again_shows_what_it_would_change(
    town: Town, bureau: Bureau, signed_in: SignIn
) -> None:
    """The slips are the unit's; unit and staff, whom they name, lie beyond the liaison's scope."""
    client, code = signed_in(bureau.liaison), bureau.unit.credit_code
    rows = [
        ("林", bureau.member.id_number, code, "", "2020-02-03"),
        ("何", bureau.staff.id_number, code, "", "2020-02-04"),
    ]
    for shown_as in ("新增</dt><dd>2<", "未变</dt><dd>2<"):
        answer = client.post("/service/unit/upload/", {"file": list_of(*rows)})
        assert shown_as in shown(client, answer["Location"])
        client.post(f"{answer['Location']}commit/")

    assert MemberCheckIn.objects.count() == 2


def test_refused_lines_come_back_as_a_file_that_can_be_mended(
    town: Town, bureau: Bureau, signed_in: SignIn
) -> None:
    """Only the wrong lines, as typed, the reason beside them; mended, it is taken."""
    client, code = signed_in(bureau.liaison), bureau.unit.credit_code
    rows = (
        ("林", bureau.member.id_number, code, "", "2020-02-03"),
        ("何", bureau.staff.id_number, code, "", "前天"),
    )
    page = client.post("/service/unit/upload/", {"file": list_of(*rows)})["Location"]
    assert f'href="{page}refused/" download' in shown(client, page)

    answer = client.get(f"{page}refused/")
    book = load_workbook(BytesIO(answer.content))
    sheet = book.active
    assert sheet is not None and sheet.max_row == 2 and sheet.cell(2, 1).value == "何"
    assert "报到日期" in str(sheet.cell(2, sheet.max_column).value)
    sheet.cell(2, 5).value = "2020-02-04"
    mended = BytesIO()
    book.save(mended)
    mended.seek(0)
    mended.name = "mended.xlsx"
    again = client.post("/service/unit/upload/", {"file": mended})["Location"]
    assert "全部交到社区" in shown(client, again)


def test_who_may_import_registers_but_speaks_for_no_unit_uploads_no_list(
    town: Town, bureau: Bureau, clerk: User, signed_in: SignIn
) -> None:
    assert signed_in(clerk).get("/service/unit/upload/").status_code == 403


def test_a_list_with_a_wrong_line_changes_nothing_and_says_why(
    town: Town, bureau: Bureau, signed_in: SignIn
) -> None:
    other = make_bureau(town, "市教育局")
    client = signed_in(bureau.liaison)
    file = list_of(("林", bureau.member.id_number, other.unit.credit_code, "", "2020-02-03"))
    answer = client.post("/service/unit/upload/", {"file": file})
    assert "全部交到社区" not in shown(client, answer["Location"])

    client.post(f"{answer['Location']}commit/")

    assert not MemberCheckIn.objects.exists()


def test_an_officer_pairs_and_drafts(
    town: Town, bureau: Bureau, city_officer: User, signed_in: SignIn, secretary: User
) -> None:
    make_placed(bureau.member, bureau.unit, town.community, secretary)
    client = signed_in(city_officer)
    given = {"unit": "市财政局", "area": "三桥社区", "valid_from": "2020-03-02", "is_lead": "on"}
    client.post("/service/pairings/new/", given)
    assert Pairing.objects.get().is_lead

    client.post("/service/reports/draft/", {"half": "2020-H1"})
    answer = client.post("/service/reports/draft/", {"half": "2020-H3"})

    assert "应为“2020-H1”这样的半年" in answer.content.decode()
    assert "待确认" in shown(client, "/service/reports/")


def test_the_community_remarks_after_the_member_confirmed(
    town: Town, bureau: Bureau, secretary: User, signed_in: SignIn
) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary)
    report = make_report(slip, confirmed_on=date(2020, 6, 28))
    client = signed_in(secretary)
    page = f"/service/reports/member/{report.pk}/"
    assert "签署意见" in shown(client, page)
    shown(client, f"{page}remark/")

    client.post(f"{page}remark/", {"remark": "积极参加值守", "on": "2020-06-29"})

    assert "积极参加值守" in shown(client, page) and "已签署" in shown(client, page)


def test_a_stranger_confirms_nothing(town: Town, bureau: Bureau, signed_in: SignIn) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, make_user())
    report = make_report(slip)
    client = signed_in(as_person(make_person(area=town.grid), town))

    assert client.post(f"/service/reports/member/{report.pk}/confirm/").status_code == 404
    report.refresh_from_db()
    assert report.confirmed_on is None


def test_the_community_moves_places_and_ends(
    town: Town, bureau: Bureau, secretary: User, signed_in: SignIn
) -> None:
    slip = make_placed(bureau.member, bureau.unit, town.community, secretary, area=town.grid)
    client, page = signed_in(secretary), f"/service/check-ins/{slip.pk}/"
    assert "三桥第二网格" in shown(client, f"{page}place/")
    client.post(f"{page}place/", {"grid": town.other_grid.pk, "on": "2020-03-01"})
    slip.refresh_from_db()
    assert slip.area == town.other_grid

    assert "搬到这里" in shown(client, f"{page}move/?q=三桥")
    client.post(f"{page}end/", {"on": "2020-05-01", "reason": "left", "text": "退休"})

    assert "离开单位" in shown(client, page)


def test_the_liaison_exempts_with_a_reason(town: Town, bureau: Bureau, signed_in: SignIn) -> None:
    client = signed_in(bureau.liaison)
    page = f"/service/unit/exempt/{bureau.unit.pk}/{bureau.member.pk}/"
    shown(client, page)

    client.post(page, {"reason": "派驻乡村工作队", "valid_from": "2020-02-01"})

    assert "派驻乡村工作队" in shown(client, "/service/exemptions/")
