"""The telephone list in use, the way back, and what stands beside a mobilisation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from sanqiao.kernel.models import User
from sanqiao.web import beside as places
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.audience import Rule
from tests.make import Town, make_appointment, make_grant, make_person, make_post, make_user
from tests.work.mobilisation.make import make_draft, make_sending, members, of

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def page(name: str, *arguments: object) -> str:
    return reverse(f"mobilisations:{name}", args=arguments)


def test_a_result_changes_its_own_row_so_that_opened_numbers_stay(
    town: Town, city_officer: User, secretary: User, signed_in: SignIn
) -> None:
    (person, _other) = members(town, 2)
    mobilisation = make_sending(town, city_officer)
    client = signed_in(secretary)
    row = of(mobilisation, person)

    tried = client.post(page("result", mobilisation.pk, row.pk, "no_reply"), headers=HTMX)
    said = client.post(
        page("result", mobilisation.pk, row.pk, "can"), headers=HTMX
    ).content.decode()
    late = client.post(page("result", mobilisation.pk, row.pk, "no_reply"), headers=HTMX)

    assert "打过 1 次" in tried.content.decode() and "待送达" in tried.content.decode()
    assert "能参加" in said and "还有 1 人没有回复" in said and "<form" not in said
    assert "此人已经回复" in late.content.decode()


def test_cadres_who_belong_to_no_branch_are_telephoned_from_their_area(
    town: Town, city_officer: User, secretary: User, signed_in: SignIn
) -> None:
    members(town, 1)
    cadre = make_person(area=town.community)
    make_appointment(person=cadre, area=town.community, post=make_post("community_cadre"))
    rule = Rule(members="all", posts=("community_cadre",))
    mobilisation = make_sending(town, city_officer, rule=rule)
    client = signed_in(secretary)
    code = f"area-{town.community.key}"

    lists = client.get(page("lists", mobilisation.pk)).content.decode()
    listed = client.get(page("call_list", mobilisation.pk, code)).content.decode()
    answered = client.post(page("result", mobilisation.pk, of(mobilisation, cadre).pk, "can"))

    assert page("call_list", mobilisation.pk, code) in lists and "不在支部的任职人员" in lists
    assert cadre.name in listed and str(cadre.phone) not in listed
    assert answered.headers["Location"] == page("call_list", mobilisation.pk, code)
    assert client.get(page("call_list", mobilisation.pk, "area-none")).status_code == 404


def test_the_rule_is_told_by_names(town: Town, city_officer: User, signed_in: SignIn) -> None:
    make_post("secretary", name="书记")
    areas, organisations = (town.township.key,), (town.branch.code,)
    rule = Rule(members="all", posts=("secretary",), areas=areas, organisations=organisations)
    draft = make_draft(town, city_officer, rule=rule)

    lines = signed_in(city_officer).get(page("detail", draft.pk)).context["rule"]

    assert lines[1:] == [
        "任职：书记", f"区划：{town.township.name}", f"党组织：{town.branch.name}"
    ]  # fmt: skip


def test_areas_and_organisations_are_named_line_by_line(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    draft = make_draft(town, city_officer)
    given = {
        "title": "防汛动员", "kind": "natural", "basis": "突发事件应对法", "number": "",
        "issued_on": "2020-01-26", "letter": "请参加。", "notice": "请回复：", "members": "all",
        "first": "sms", "patience": 60, "organisations": town.branch.code,
        "areas": f"{town.community.name}\n{town.township.key}\n\n{town.township.name}",
    }  # fmt: skip

    signed_in(city_officer).post(page("edit", draft.pk), given)

    draft.refresh_from_db()
    assert draft.rule["areas"] == [town.community.key, town.township.key]
    assert draft.rule["organisations"] == [town.branch.code]


def test_the_history_of_a_mobilisation_opens(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)

    text = signed_in(city_officer).get(f"/history/mobilisation.Mobilisation/{mobilisation.pk}/")

    assert "发送中" in text.content.decode()


def test_the_list_of_people_leads_back(town: Town, city_officer: User, signed_in: SignIn) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)

    text = signed_in(city_officer).get(page("people", mobilisation.pk)).content.decode()

    assert f'href="{page("detail", mobilisation.pk)}"' in text and "回到指挥页" in text


@pytest.mark.no_db
def test_a_place_beside_stays_empty_until_there_is_a_page_for_it() -> None:
    assert places.beside("nothing:here", area="1") == ""
    assert places.beside("mobilisations:list", area="4203") == "/mobilisations/?area=4203"


def test_squads_stand_on_the_command_page_once_they_have_a_page(
    town: Town, city_officer: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    client = signed_in(city_officer)
    monkeypatch.setattr("sanqiao.web.mobilisation.commanding.beside", lambda view, **given: "")
    assert "突击队和排班" not in client.get(page("detail", mobilisation.pk)).content.decode()

    monkeypatch.setattr(
        "sanqiao.web.mobilisation.commanding.beside", lambda view, **given: f"/s/?{given['area']}"
    )
    text = client.get(page("detail", mobilisation.pk)).content.decode()

    assert "突击队和排班" in text and f'hx-get="/s/?{town.city.key}"' in text


def test_a_member_goes_from_the_call_to_the_answer_to_checking_in(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    account = make_user(person_id=person.pk)
    member = make_grant(role="member", area=town.community, user=account).user
    client = signed_in(member)
    assert "动员等您回复" in client.get("/").content.decode()

    mine = client.get(page("mine")).content.decode()
    (link,) = [part.split('"')[0] for part in mine.split('btn btn-primary" href="')[1:]]
    answered = client.post(f"{link}can/", follow=True).content.decode()

    assert reverse("service:mine") in answered and "接下来" in answered
    assert "能参加" in client.get(page("mine")).content.decode()
    assert page("mine") in client.get(reverse("service:mine")).content.decode()
    assert "动员等您回复" not in client.get("/").content.decode()
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)
    assert "去回复" not in client.get(page("mine")).content.decode()


def test_somebody_never_called_is_told_so(secretary: User, signed_in: SignIn) -> None:
    assert "还没有动员到您" in signed_in(secretary).get(page("mine")).content.decode()


def test_a_phone_finds_the_whole_menu_on_the_own_page(secretary: User, signed_in: SignIn) -> None:
    assert reverse("mobilisations:list") in signed_in(secretary).get("/me/").content.decode()
