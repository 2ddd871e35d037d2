from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.registers.people.models import MemberHousehold, Person
from tests.make import Town, make_membership, make_person

SignIn = Callable[[User], Client]


@pytest.fixture
def member(town: Town) -> Person:
    person = make_person(area=town.grid, name="林")
    return make_membership(organisation=town.branch, person=person).person


def opened(town: Town, **given: Any) -> dict[str, Any]:
    usual = {
        "name": "林党员中心户", "area": town.grid.key, "buildings": "2", "valid_from": "2020-05-01",
    }  # fmt: skip
    return usual | given


def sent(client: Client, page: str, given: dict[str, Any]) -> str:
    return client.post(page, given, follow=True).content.decode()


def test_a_household_is_opened_on_the_members_page_and_closed_there(
    town: Town, member: Person, clerk: User, signed_in: SignIn
) -> None:
    client, page, new = signed_in(clerk), f"/people/{member.pk}/", f"/households/new/{member.pk}/"
    assert new in client.get(page).content.decode()
    assert "林党员中心户" in client.get(new).content.decode()

    assert "已登记" in sent(client, new, opened(town))
    household = MemberHousehold.objects.get()
    close = f"/households/{household.pk}/close/"
    assert (household.area, household.buildings) == (town.grid, 2)
    assert close in client.get(page).content.decode()
    assert "林党员中心户" in client.get("/households/?as_of=2020-06-30").content.decode()

    assert "errorlist" in sent(client, close, {"on": "2020-05-01"})
    assert "已摘牌" in sent(client, close, {"on": "2020-06-01"})
    assert MemberHousehold.objects.get().valid_to == date(2020, 6, 1)
    assert "该党员中心户已摘牌" in sent(client, close, {"on": "2020-06-02"})
    assert "林党员中心户" not in client.get("/households/?as_of=2020-06-30").content.decode()


def test_only_a_member_anchors_one_and_one_a_grid(
    town: Town, member: Person, clerk: User, signed_in: SignIn
) -> None:
    client, new = signed_in(clerk), f"/households/new/{member.pk}/"
    other = make_person(area=town.grid, name="何")
    assert "不是党员" in sent(client, f"/households/new/{other.pk}/", opened(town))
    assert "不是党员" in sent(client, new, opened(town, valid_from="2009-05-01"))

    sent(client, new, opened(town))
    assert "已有党员中心户" in sent(client, new, opened(town))
    assert MemberHousehold.objects.count() == 1


def test_another_clerk_neither_opens_nor_closes(
    town: Town, member: Person, clerk: User, other_clerk: User, client: Client
) -> None:
    client.force_login(clerk)
    sent(client, f"/households/new/{member.pk}/", opened(town))
    client.force_login(other_clerk)

    assert client.get(f"/households/new/{member.pk}/").status_code == 404
    pk = MemberHousehold.objects.get().pk
    assert client.get(f"/households/{pk}/close/").status_code == 404
