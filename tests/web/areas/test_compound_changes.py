from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.kernel.versions import version_of
from sanqiao.registers.areas.models import Compound
from tests.make import Town, make_compound

SignIn = Callable[[User], Client]


def sent(client: Client, page: str, given: dict[str, Any]) -> str:
    return client.post(page, given, follow=True).content.decode()


def typed(**given: Any) -> dict[str, Any]:
    usual = {"name": "阳光花园", "area": "三桥第一网格", "households": 12}
    return {**usual, "built_year": "", "valid_from": "2020-01-01", **given}


def test_a_compound_is_registered_changed_and_closed(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    assert "已登记" in sent(client, "/compounds/new/", typed())
    compound = Compound.objects.get()
    assert compound.is_three_no and compound.area == town.grid

    page = f"/compounds/{compound.pk}/"
    given = typed(has_manager="on", known_version=version_of(compound))
    assert "已保存" in sent(client, f"{page}edit/", given)
    assert Compound.objects.get().has_manager

    assert "已注销" in sent(client, f"{page}close/", {"on": "2020-06-01"})
    assert Compound.objects.get().valid_to == date(2020, 6, 1)
    assert f"{page}close/" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("households", "2147483648"),
        ("households", "9" * 30),
        ("valid_from", "0001-01-01"),
        ("valid_from", "9999-12-31"),
    ],
)
def test_what_no_column_holds_is_said_beside_it(
    name: str, value: str, town: Town, clerk: User, signed_in: SignIn
) -> None:
    html = sent(signed_in(clerk), "/compounds/new/", typed(**{name: value}))

    assert "has-error" in html.split(f'name="{name}"')[0].rsplit('class="field', 1)[1]
    assert not Compound.objects.exists()


def test_a_name_that_is_taken_is_said_beside_it(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_compound(area=town.grid, name="阳光花园")
    html = sent(signed_in(clerk), "/compounds/new/", typed())

    assert "已有同名小区" in html.split('name="name"')[1].split("name=")[0]


def test_the_second_editor_of_a_compound_sees_the_difference(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    compound = make_compound(area=town.grid, name="阳光花园")
    page, client = f"/compounds/{compound.pk}/edit/", signed_in(clerk)
    stale = typed(households=30, known_version=version_of(compound))
    sent(client, page, {**stale, "households": 20})
    html = sent(client, page, stale)

    assert "<ins>20</ins>" in html and 'value="30"' in html
    assert Compound.objects.get().households == 20


@pytest.mark.parametrize("act", ["edit", "close"])
def test_a_compound_outside_the_grant_has_no_forms(
    act: str, town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    compound = make_compound(area=town.grid)

    assert signed_in(other_clerk).get(f"/compounds/{compound.pk}/{act}/").status_code == 404


def test_a_compound_is_not_registered_where_one_may_not(
    town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    html = sent(signed_in(other_clerk), "/compounds/new/", typed())

    assert "不在您的授权范围内" in html and not Compound.objects.exists()
