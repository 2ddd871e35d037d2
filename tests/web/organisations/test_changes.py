"""Forms of organisations and units: what they do, what they refuse, what does not exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.kernel.versions import version_of
from sanqiao.registers.organisations.models import Organisation, Unit
from tests.make import Town, make_area, make_membership, make_organisation, make_unit

SignIn = Callable[[User], Client]
CREDIT_CODE = "91110000600037341L"


def founded(town: Town, **given: Any) -> dict[str, Any]:
    """The form of a new branch below the street's committee, as somebody sends it."""
    usual = {
        "code": "N1", "name": "阳光花园党支部", "parent": town.street_committee.code,
        "kind": "branch", "setting": "compound", "area": town.community.key,
        "founded_on": "2020-03-01", "elected_on": "2020-03-01", "term_years": "3",
    }  # fmt: skip
    return usual | given


def typed(organisation: Organisation, **given: Any) -> dict[str, Any]:
    usual = {
        "name": organisation.name, "kind": organisation.kind, "setting": organisation.setting,
        "area": organisation.area.key, "founded_on": organisation.founded_on, "term_years": 3,
        "known_version": version_of(organisation),
    }  # fmt: skip
    return usual | given


def sent(client: Client, page: str, given: dict[str, Any]) -> str:
    return client.post(page, given, follow=True).content.decode()


def test_an_organisation_is_founded_below_another(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    html = sent(signed_in(clerk), "/organisations/new/", founded(town))

    made = Organisation.objects.get(code="N1")
    assert "已登记" in html and made.parent == town.street_committee
    assert (made.area, made.term_ends_on) == (town.community, date(2023, 3, 1))


def test_the_page_of_a_parent_fills_in_parent_and_area(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page = f"/organisations/new/?parent={town.branch.code}"
    html = signed_in(clerk).get(page).content.decode()

    assert f'value="三桥社区党支部 {town.branch.code}"' in html
    assert f'value="三桥社区 {town.community.key}"' in html


def test_a_code_that_is_taken_is_said_beside_the_code(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    given = founded(town, code=town.branch.code)
    html = sent(signed_in(clerk), "/organisations/new/", given)

    assert "编码已被使用" in html.split('name="code"')[1].split("name=")[0]
    assert 'value="阳光花园党支部"' in html


def test_a_place_outside_the_grant_is_refused_beside_the_place(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    given = founded(town, area=town.other_community.key, parent="")
    html = sent(signed_in(clerk), "/organisations/new/", given)

    assert "您无权在“五堰社区”" in html.split('name="area"')[1]
    assert not Organisation.objects.filter(code="N1").exists()


def test_a_parent_that_nobody_knows_is_named(town: Town, clerk: User, signed_in: SignIn) -> None:
    html = sent(signed_in(clerk), "/organisations/new/", founded(town, parent="没有的支部"))

    assert "没有找到“没有的支部”" in html


def test_a_name_that_two_places_share_asks_for_the_code(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    twins = [make_area("community", town.township, name="东风社区") for _ in range(2)]
    html = sent(signed_in(clerk), "/organisations/new/", founded(town, area="东风社区"))

    assert "有 2 个“东风社区”" in html and twins[0].key in html and twins[1].key in html


def test_a_correction_keeps_the_address_and_moves_the_place(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page = f"/organisations/{town.branch.code}/edit/"
    given = typed(town.branch, name="三桥社区党总支", kind="general_branch", area="三桥第一网格")
    html = sent(signed_in(clerk), page, given)

    changed = Organisation.objects.get(pk=town.branch.pk)
    assert "已保存" in html and changed.kind == "general_branch"
    assert changed.area == town.grid


def test_the_second_editor_of_an_organisation_sees_the_difference(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page, client = f"/organisations/{town.branch.code}/edit/", signed_in(clerk)
    stale = typed(town.branch, name="我填的名")
    sent(client, page, typed(town.branch, area=town.grid.key))
    html = sent(client, page, stale)

    assert "<del>三桥社区</del>" in html and "<ins>三桥第一网格</ins>" in html
    assert 'value="我填的名"' in html
    assert Organisation.objects.get(pk=town.branch.pk).name == "三桥社区党支部"


def test_an_organisation_moves_under_another(town: Town, clerk: User, signed_in: SignIn) -> None:
    group = make_organisation(
        name="第一党小组", kind="group", area=town.grid, parent=town.street_committee
    )
    html = sent(signed_in(clerk), f"/organisations/{group.code}/move/", {"to": "三桥社区党支部"})

    assert "已调整隶属" in html
    assert Organisation.objects.get(pk=group.pk).parent == town.branch


def test_nothing_moves_into_itself(town: Town, clerk: User, signed_in: SignIn) -> None:
    page = f"/organisations/{town.street_committee.code}/move/"
    html = sent(signed_in(clerk), page, {"to": town.street_committee.code})

    assert "不能调整到自身" in html.split('name="to"')[1]


def test_an_organisation_without_members_is_dissolved(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page = f"/organisations/{town.branch.code}/dissolve/"
    html = sent(signed_in(clerk), page, {"on": "2020-06-01", "document": "十组〔2020〕3号"})

    assert "已撤销" in html
    assert Organisation.objects.get(pk=town.branch.pk).dissolved_on == date(2020, 6, 1)


def test_an_organisation_with_members_is_not(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_membership(organisation=town.branch)
    html = sent(
        signed_in(clerk), f"/organisations/{town.branch.code}/dissolve/", {"on": "2020-06-01"}
    )

    assert "还有 1 名党员" in html and 'value="2020-06-01"' in html
    assert Organisation.objects.get(pk=town.branch.pk).dissolved_on is None


def test_a_day_before_the_founding_is_refused_beside_the_day(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page = f"/organisations/{town.branch.code}/dissolve/"
    html = sent(signed_in(clerk), page, {"on": "1999-01-01"})

    assert "errorlist" in html.split('name="on"')[1].split("name=")[0]


@pytest.mark.parametrize("act", ["edit", "move", "dissolve"])
def test_an_organisation_outside_the_grant_has_no_forms(
    act: str, town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    page = f"/organisations/{town.branch.code}/{act}/"

    assert signed_in(other_clerk).get(page).status_code == 404
    assert signed_in(other_clerk).post(page, typed(town.branch)).status_code == 404


def test_buttons_show_only_to_those_who_may(
    town: Town, clerk: User, grid_worker: User, signed_in: SignIn
) -> None:
    page = f"/organisations/{town.branch.code}/"
    html = signed_in(clerk).get(page).content.decode()
    assert all(f"{page}{act}/" in html for act in ("edit", "move", "dissolve"))

    here = make_organisation(area=town.grid, parent=town.branch)
    html = signed_in(grid_worker).get(f"/organisations/{here.code}/").content.decode()
    assert "/edit/" not in html and "/dissolve/" not in html


def test_the_page_warns_with_the_source(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_membership(organisation=town.branch)
    html = signed_in(clerk).get(f"/organisations/{town.branch.code}/").content.decode()

    assert "正式党员 1 人，不足 3 人" in html and "党支部工作条例" in html
    assert "没有登记换届日期" in html


def test_members_out_of_sight_count_and_are_said(
    town: Town, secretary: User, signed_in: SignIn
) -> None:
    """Three members, two of them in a branch of another community."""
    far = make_organisation(area=town.other_community, parent=town.branch, name="远处党小组")
    for organisation in (town.branch, far, far):
        make_membership(organisation=organisation)

    html = signed_in(secretary).get(f"/organisations/{town.branch.code}/").content.decode()
    assert "不足 3 人" not in html and "3 人，其中您可以查看 1 人" in html


def test_the_column_of_warnings_counts_members_out_of_sight(
    town: Town, secretary: User, signed_in: SignIn
) -> None:
    """In the list as in its export; a branch whose members are all in sight is counted as before."""
    near = make_organisation(area=town.community, parent=town.branch, kind="branch", name="近支部")
    far = make_organisation(area=town.other_community, parent=town.branch, name="远处党小组")
    for organisation in (near, near, far):
        make_membership(organisation=organisation)
    client = signed_in(secretary)

    for more in ("", "&export=csv"):
        answer = client.get(f"/organisations/?col=warnings&as_of=2020-07-01{more}")
        shown = answer.getvalue().decode()
        assert shown.count("不足 3 人") == 1 and "正式党员 2 人" in shown
    page = f"/organisations/{town.branch.code}/?as_of=2020-07-01"
    assert "不足 3 人" not in client.get(page).content.decode()


def test_warnings_are_a_column_and_missing_elections_a_filter(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    Organisation.objects.filter(pk=town.branch.pk).update(
        elected_on=date(2015, 6, 1), term_ends_on=date(2020, 6, 1)
    )
    client = signed_in(clerk)
    html = client.get("/organisations/?col=warnings&as_of=2020-07-01").content.decode()
    assert "不足 3 人" in html and "已于 2020-06-01 届满" in html

    html = client.get("/organisations/?no_election=1").content.decode()
    assert "三桥社区党支部" not in html and "武当路街道党工委" in html


# --- units ----------------------------------------------------------------------------------


def registered(town: Town, **given: Any) -> dict[str, Any]:
    usual = {
        "name": "桥头商店", "credit_code": CREDIT_CODE, "kind": "enterprise", "rank": "other",
        "area": town.community.key, "organisation": "", "valid_from": "2020-01-01",
    }  # fmt: skip
    return usual | given


def test_a_unit_is_registered_and_changed_and_closed(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    assert "已登记" in sent(client, "/units/new/", registered(town))

    unit = Unit.objects.get(credit_code=CREDIT_CODE)
    given = registered(town, organisation="三桥社区党支部", known_version=version_of(unit))
    assert "三桥社区党支部" in sent(client, f"/units/{unit.pk}/edit/", given)

    assert "已注销" in sent(client, f"/units/{unit.pk}/close/", {"on": "2020-05-01"})
    assert Unit.objects.get(pk=unit.pk).valid_to == date(2020, 5, 1)


def test_a_wrong_credit_code_is_said_beside_it_but_an_old_one_stays(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    html = sent(client, "/units/new/", registered(town, credit_code="91110000600037341M"))
    assert "errorlist" in html.split('name="credit_code"')[1].split("name=")[0]

    unit = make_unit(area=town.community)
    given = registered(town, credit_code=unit.credit_code, known_version=version_of(unit))
    assert "已保存" in sent(client, f"/units/{unit.pk}/edit/", given)


def test_a_unit_that_is_closed_is_not_closed_again(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    unit = make_unit(area=town.community, valid_to=date(2020, 1, 1))
    html = sent(signed_in(clerk), f"/units/{unit.pk}/close/", {"on": "2020-05-01"})

    assert "该单位已注销" in html


@pytest.mark.parametrize("act", ["edit", "close"])
def test_a_unit_outside_the_grant_has_no_forms(
    act: str, town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    unit = make_unit(area=town.community)

    assert signed_in(other_clerk).get(f"/units/{unit.pk}/{act}/").status_code == 404


def test_a_unit_is_not_registered_where_one_may_not(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    html = sent(signed_in(clerk), "/units/new/", registered(town, area="五堰社区"))

    assert "没有找到“五堰社区”" in html and not Unit.objects.exists()
