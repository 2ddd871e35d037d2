from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from tests.make import Town, make_grant, make_organisation

SignIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2020-06-30", "2020年6月30日"),
        ("2020-06", "2020年6月"),
        ("2020-Q2", "2020年第2季度"),
        ("2020", "2020年"),
    ],
)
def test_a_period_is_shown_in_words(as_of: str, words: str, clerk: User, signed_in: SignIn) -> None:
    assert words in signed_in(clerk).get(f"/members/?as_of={as_of}").content.decode()


@pytest.mark.parametrize("as_of", ["2020-13-01", "gestern", "0001-01-01", "9999", "2020-Q5"])
def test_what_is_no_period_is_not_found(as_of: str, clerk: User, signed_in: SignIn) -> None:
    answer = signed_in(clerk).get(f"/members/?as_of={as_of}")

    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_one_starts_at_the_place_of_the_grant(town: Town, clerk: User, signed_in: SignIn) -> None:
    assert "<b>武当路街道</b>" in signed_in(clerk).get("/").content.decode()


def test_a_grant_over_organisations_starts_at_the_city(town: Town, signed_in: SignIn) -> None:
    user = make_grant(role="unit_liaison", organisation=make_organisation(area=town.grid)).user

    assert "<b>十堰市</b>" in signed_in(user).get("/members/").content.decode()


def test_the_switcher_offers_what_the_grants_cover(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    html = signed_in(clerk).get("/areas/switch/?next=/members/").content.decode()

    assert "三桥社区" in html and "五堰街道" not in html
    assert f"/members/?area={town.community.key}" in html


def test_the_switcher_leads_only_to_our_own_pages(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    page = signed_in(clerk).get("/areas/switch/?next=https://example.org/x").content.decode()

    assert "example.org/x?" not in page and 'href="https' not in page


def test_the_demo_opens_on_its_own_day(clerk: User, signed_in: SignIn, settings: Any) -> None:
    settings.AS_OF = "2020-06-30"
    client = signed_in(clerk)

    assert "2020年6月30日" in client.get("/").content.decode()
    drawer = client.get("/figures/people.members/").content.decode()
    assert "2020年6月30日" in drawer or "2020-06-30" in drawer
    assert "2021年1月1日" in client.get("/members/?as_of=2021-01-01").content.decode()
