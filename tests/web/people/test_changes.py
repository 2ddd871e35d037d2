"""Forms of people, memberships and appointments: what they do, refuse, and hide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.kernel.versions import version_of
from sanqiao.registers.people.models import Appointment, Membership, Person
from tests.make import (
    Town,
    impossible_id_number,
    make_appointment,
    make_grant,
    make_membership,
    make_organisation,
    make_person,
    make_post,
    make_user,
)

SignIn = Callable[[User], Client]
ID_NUMBER = "420300199002310016"
"""The example of the templates: nobody holds it."""


def sent(client: Client, page: str, given: dict[str, Any]) -> str:
    return client.post(page, given, follow=True).content.decode()


def beside(html: str, field: str) -> str:
    """What stands between a field and the next."""
    return html.split(f'name="{field}"')[1].split("name=")[0]


def typed(person: Person, **given: Any) -> dict[str, Any]:
    usual = {
        "name": person.name, "gender": person.gender, "born_on": "1980-01-01", "education": "",
        "area": person.area.key, "id_number": "", "phone": "", "known_version": version_of(person),
    }  # fmt: skip
    return usual | given


def new(town: Town, **given: Any) -> dict[str, Any]:
    usual = {"name": "林秀", "gender": "female", "area": town.community.key}
    return {**usual, "id_number": impossible_id_number(77), "phone": "19900001234", **given}


def test_a_person_is_registered(town: Town, clerk: User, signed_in: SignIn) -> None:
    html = sent(signed_in(clerk), "/people/new/", new(town))

    person = Person.objects.get(name="林秀")
    assert "已登记" in html and "199****1234" in html
    assert (person.area, person.initials) == (town.community, "lx")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("id_number", "42030019900231001X"), ("phone", "12"), ("area", "五堰社区"), ("name", "")],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    field: str, wrong: str, town: Town, clerk: User, signed_in: SignIn
) -> None:
    html = sent(signed_in(clerk), "/people/new/", new(town, **{field: wrong}))

    assert "errorlist" in beside(html, field)
    assert 'value="林秀"' in html or field == "name"
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "张\u200b三", "看不见的字符"),
        ("name", "\u2066张三", "看不见的字符"),
        ("born_on", "2099-01-01", "不能晚于今天"),
    ],
)
def test_an_impossible_name_or_birthday_is_refused_beside_it(
    field: str, value: str, words: str, town: Town, clerk: User, signed_in: SignIn
) -> None:
    html = sent(signed_in(clerk), "/people/new/", new(town, **{field: value}))

    assert words in beside(html, field)
    assert not Person.objects.exists()


def test_an_id_number_that_is_registered_is_refused(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    known = make_person(area=town.far_grid)
    html = sent(signed_in(clerk), "/people/new/", new(town, id_number=known.id_number))

    assert "该身份证号已登记" in beside(html, "id_number")


def test_the_form_of_a_person_holds_no_number_and_an_empty_one_stays(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    person = make_person(area=town.community, phone="19900001234")
    page, client = f"/people/{person.pk}/edit/", signed_in(clerk)
    html = client.get(page).content.decode()
    assert "19900001234" not in html and person.id_number not in html

    assert "已保存" in sent(client, page, typed(person, name="林", area="三桥第一网格"))
    changed = Person.objects.get(pk=person.pk)
    assert (changed.name, changed.area) == ("林", town.grid)
    assert (changed.phone, changed.id_number) == ("19900001234", person.id_number)

    sent(client, page, typed(changed, phone="19900005678"))
    assert Person.objects.get(pk=person.pk).phone == "19900005678"


def test_a_phone_goes_only_by_an_explicit_tick(town: Town, clerk: User, signed_in: SignIn) -> None:
    person = make_person(area=town.community, phone="19900001234")
    page, client = f"/people/{person.pk}/edit/", signed_in(clerk)

    html = sent(client, page, typed(person, phone="19900005678", clear_phone="on"))
    assert "填了新号就不用勾选" in html
    assert Person.objects.get(pk=person.pk).phone == "19900001234"

    assert "已保存" in sent(client, page, typed(person, clear_phone="on"))
    cleared = Person.objects.get(pk=person.pk)
    assert (cleared.phone, cleared.phone_key, cleared.phone_tail_key) == ("", None, None)
    assert cleared.id_number == person.id_number


def test_the_second_editor_of_a_person_sees_the_difference(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    person = make_person(area=town.community, name="林")
    page, client = f"/people/{person.pk}/edit/", signed_in(clerk)
    stale = typed(person, name="林秀", phone="19900005678")
    sent(client, page, typed(person, education="大学", phone="19900009999"))
    html = sent(client, page, stale)

    assert "<ins>大学</ins>" in html and "手机号" in html and "19900009999" not in html
    assert 'value="林秀"' in html and Person.objects.get(pk=person.pk).name == "林"

    fresh = version_of(Person.objects.get(pk=person.pk))
    assert f'name="known_version" value="{fresh}"' in html
    sent(client, page, {**stale, "known_version": fresh})
    assert Person.objects.get(pk=person.pk).name == "林秀"


def test_somebody_who_lives_elsewhere_stays_there(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    person = make_person(area=town.other_community, name="林")
    make_membership(person=person, organisation=town.branch)
    page, client = f"/people/{person.pk}/edit/", signed_in(clerk)
    shown = f"五堰社区 {town.other_community.key}"
    assert f'value="{shown}"' in client.get(page).content.decode()

    assert "已保存" in sent(client, page, typed(person, name="林秀", area=shown))
    assert Person.objects.get(pk=person.pk).area == town.other_community


def test_a_resident_is_admitted(town: Town, clerk: User, signed_in: SignIn) -> None:
    person = make_person(area=town.community)
    given = {
        "organisation": "三桥社区党支部", "kind": "probationary", "joined_on": "2020-01-01",
        "valid_from": "2020-01-01",
    }  # fmt: skip
    html = sent(signed_in(clerk), f"/people/{person.pk}/admit/", given)

    assert "已登记党员关系" in html
    assert Membership.objects.get().organisation == town.branch


def test_a_full_member_needs_the_day(town: Town, clerk: User, signed_in: SignIn) -> None:
    person = make_person(area=town.community)
    given = {
        "organisation": town.branch.code, "kind": "full", "joined_on": "2010-01-01",
        "valid_from": "2020-01-01",
    }  # fmt: skip
    html = sent(signed_in(clerk), f"/people/{person.pk}/admit/", given)

    assert "正式党员缺少转正日期" in beside(html, "full_on") and not Membership.objects.exists()


def test_a_membership_is_transferred(town: Town, clerk: User, signed_in: SignIn) -> None:
    other = make_organisation(area=town.grid, parent=town.street_committee, name="网格党支部")
    membership = make_membership(organisation=town.branch)
    page = f"/members/{membership.pk}/transfer/"
    html = sent(signed_in(clerk), page, {"to": "网格党支部", "on": "2020-03-01"})

    assert "已转接组织关系" in html and "网格党支部" in html
    now = Membership.objects.get(person=membership.person, valid_to=None)
    assert (now.organisation, now.valid_from) == (other, date(2020, 3, 1))


def test_a_transfer_before_the_last_one_is_refused_beside_the_day(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    membership = make_membership(organisation=town.branch)
    page = f"/members/{membership.pk}/transfer/"
    given = {"to": town.street_committee.code, "on": "2001-01-01"}
    html = sent(signed_in(clerk), page, given)

    assert "转出日期应晚于转入日期" in beside(html, "on") and 'value="2001-01-01"' in html


def test_probation_ends_after_a_year_and_not_before(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    day = date(2019, 7, 1)
    membership = make_membership(
        organisation=town.branch, kind="probationary", joined_on=day, full_on=None, valid_from=day
    )
    page, client = f"/members/{membership.pk}/confirm/", signed_in(clerk)

    assert "最早 2020-07-01 转正" in beside(sent(client, page, {"on": "2020-06-30"}), "on")
    assert "已转正" in sent(client, page, {"on": "2020-07-01"})
    assert Membership.objects.get(pk=membership.pk).kind == "full"


def test_a_membership_ends_with_a_reason(town: Town, clerk: User, signed_in: SignIn) -> None:
    membership = make_membership(organisation=town.branch)
    page, client = f"/members/{membership.pk}/end/", signed_in(clerk)

    assert "errorlist" in beside(sent(client, page, {"on": "2020-03-01"}), "reason")
    assert "已结束党员关系" in sent(client, page, {"on": "2020-03-01", "reason": "转往外市"})
    assert Membership.objects.get(pk=membership.pk).valid_to == date(2020, 3, 1)
    assert "已转出" in sent(client, page, {"on": "2020-03-02", "reason": "再来一次"})


def test_somebody_is_appointed_and_relieved(town: Town, clerk: User, signed_in: SignIn) -> None:
    person, post = make_person(area=town.community), make_post()
    client = signed_in(clerk)
    given = {"post": post.pk, "area": "三桥第一网格", "valid_from": "2020-01-01"}
    assert "已登记任职" in sent(client, f"/people/{person.pk}/appoint/", given)

    appointment = Appointment.objects.get()
    page = f"/appointments/{appointment.pk}/end/"
    assert "errorlist" in beside(sent(client, page, {"on": "2019-01-01"}), "on")
    assert "已免职" in sent(client, page, {"on": "2020-06-01", "document": "免〔2020〕1号"})
    assert Appointment.objects.get().valid_to == date(2020, 6, 1)


def test_a_post_of_one_holder_is_not_given_twice(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    post = make_post("secretary", name="书记", group="community", single_holder=True)
    make_appointment(area=town.community, post=post)
    person = make_person(area=town.community)
    given = {"post": post.pk, "area": town.community.key, "valid_from": "2020-01-01"}
    html = sent(signed_in(clerk), f"/people/{person.pk}/appoint/", given)

    assert "只能一人担任" in beside(html, "post")


@pytest.mark.parametrize("act", ["edit", "admit", "appoint"])
def test_a_person_outside_the_grant_has_no_forms(
    act: str, town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    page = f"/people/{make_person(area=town.community).pk}/{act}/"

    assert signed_in(other_clerk).get(page).status_code == 404
    assert signed_in(other_clerk).post(page, {}).status_code == 404


@pytest.mark.parametrize("act", ["transfer", "confirm", "end"])
def test_a_membership_outside_the_grant_has_no_forms(
    act: str, town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    membership = make_membership(organisation=town.branch)

    assert signed_in(other_clerk).get(f"/members/{membership.pk}/{act}/").status_code == 404


def test_an_appointment_outside_the_grant_has_no_form(
    town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    appointment = make_appointment(area=town.grid)

    assert signed_in(other_clerk).get(f"/appointments/{appointment.pk}/end/").status_code == 404


def test_nobody_is_admitted_where_one_may_not(
    town: Town, grid_worker: User, signed_in: SignIn
) -> None:
    make_grant(role="community_secretary", organisation=town.other_branch, user=grid_worker)
    person = make_person(area=town.grid)
    given = {
        "organisation": town.branch.code, "kind": "probationary", "joined_on": "2020-01-01",
        "valid_from": "2020-01-01",
    }  # fmt: skip
    html = sent(signed_in(grid_worker), f"/people/{person.pk}/admit/", given)

    assert "不在您的授权范围内" in beside(html, "organisation") and not Membership.objects.exists()


def test_buttons_show_what_may_be_done_next(
    town: Town, clerk: User, supervisor: User, signed_in: SignIn
) -> None:
    membership = make_membership(organisation=town.branch)
    page = f"/people/{membership.person_id}/"
    html = signed_in(clerk).get(page).content.decode()
    assert f"{page}edit/" in html and f"/members/{membership.pk}/transfer/" in html
    assert f"{page}admit/" not in html and f"/members/{membership.pk}/confirm/" not in html

    html = signed_in(supervisor).get(page).content.decode()
    assert f"{page}edit/" not in html and "/transfer/" not in html


@pytest.fixture
def supervisor(town: Town) -> User:
    return make_grant(role="supervisor", area=town.city, user=make_user(username="su")).user
