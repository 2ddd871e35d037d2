from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from sanqiao.kernel.models import Look, User
from tests.make import (
    Town,
    make_appointment,
    make_grant,
    make_membership,
    make_person,
    make_post,
    make_user,
)

SignIn = Callable[[User], Client]


def test_a_person_shows_every_role_and_no_secret(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    person = make_person(area=town.community, name="林", phone="19900001234")
    make_membership(person=person, organisation=town.branch)
    make_appointment(person=person, area=town.grid, post=make_post())
    html = signed_in(clerk).get(f"/people/{person.pk}/").content.decode()

    assert "正式党员" in html and "网格员" in html
    assert "199****1234" in html and "19900001234" not in html and person.id_number not in html


def test_unmasking_needs_a_reason(town: Town, clerk: User, signed_in: SignIn) -> None:
    person = make_person(area=town.community, phone="19900001234")
    html = (
        signed_in(clerk)
        .post(f"/people/{person.pk}/unmask/phone/", {"purpose": ""})
        .content.decode()
    )

    assert "19900001234" not in html and not Look.objects.exists()


def test_unmasking_with_a_reason_shows_once_and_is_logged(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    person = make_person(area=town.community, phone="19900001234")
    answer = signed_in(clerk).post(f"/people/{person.pk}/unmask/phone/", {"purpose": "通知换届"})

    assert "19900001234" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert Look.objects.get().purpose == "通知换届"


def test_a_stranger_cannot_be_unmasked(town: Town, other_clerk: User, signed_in: SignIn) -> None:
    person = make_person(area=town.community)
    page = f"/people/{person.pk}/unmask/phone/"

    assert signed_in(other_clerk).post(page, {"purpose": "看看"}).status_code == 404
    assert not Look.objects.exists()


def test_only_secret_fields_have_an_unmask_page(town: Town, clerk: User, signed_in: SignIn) -> None:
    person = make_person(area=town.community)

    assert signed_in(clerk).get(f"/people/{person.pk}/unmask/name/").status_code == 404


def test_somebody_sees_what_is_held_about_them_and_who_looked(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    person = make_person(area=town.community, name="张")
    signed_in(clerk).post(f"/people/{person.pk}/unmask/phone/", {"purpose": "核对名册"})
    me = make_grant(role="member", area=town.community, user=make_user(person_id=person.pk)).user
    html = signed_in(me).get("/me/data/").content.decode()
    assert "张" in html and "核对名册" in html and "li" in html


def test_members_see_their_own_branch_and_posts_among_what_is_held_about_them(
    town: Town, signed_in: SignIn
) -> None:
    person, other = make_person(area=town.community), make_person(area=town.community)
    make_membership(person=person, organisation=town.branch)
    make_appointment(person=person, area=town.grid, post=make_post())
    make_appointment(person=other, area=town.grid, post=make_post("building_head", name="楼栋长"))
    me = make_grant(role="member", area=town.community, user=make_user(person_id=person.pk)).user
    html = signed_in(me).get("/me/data/").content.decode()

    assert "正式党员" in html and town.branch.name in html and "网格员" in html
    assert "楼栋长" not in html
