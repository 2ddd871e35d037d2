"""The head of a page is kept between requests, yet each page's is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.web.context import top_html
from tests.make import Town


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    top_html.cache_clear()
    yield
    top_html.cache_clear()


def head(client: Client, address: str) -> str:
    found = re.search(
        r'<header class="top">.*?</header>', client.get(address).content.decode(), re.S
    )
    assert found, address
    return found[0]


def test_the_head_leads_back_to_its_own_page(city_officer: User, client: Client) -> None:
    client.force_login(city_officer)
    for address in ("/members/", "/areas/", "/members/?q=%E5%88%98&kind=full", "/members/"):
        shown = head(client, address)
        back = address.replace("%", "%25").replace("?", "%3F").replace("=", "%3D")
        assert f"?next={back.replace('&', '%26')}" in shown


def test_the_head_names_its_reader_place_and_day(
    town: Town, clerk: User, city_officer: User, client: Client
) -> None:
    client.force_login(city_officer)
    assert str(city_officer) in head(client, "/members/")
    there = head(client, f"/members/?area={town.township.key}&as_of=2020-06-30")
    assert town.township.name in there and "2020年6月30日" in there
    assert 'name="area" value="420302001"' in there
    client.force_login(clerk)
    assert str(clerk) in head(client, "/members/")
    assert str(city_officer) not in head(client, "/members/")


def test_a_renamed_area_has_its_new_name_at_once(
    town: Town, city_officer: User, client: Client
) -> None:
    client.force_login(city_officer)
    address = f"/members/?area={town.township.key}"
    assert town.township.name in head(client, address)
    town.township.name = "新名街道"
    town.township.save()
    assert "新名街道" in head(client, address)


def test_what_was_typed_is_never_markup(city_officer: User, client: Client) -> None:
    client.force_login(city_officer)
    assert "<script>" not in head(client, "/members/?q=<script>&x='%22<script>")
