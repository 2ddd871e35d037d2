from decimal import Decimal

from django.test import Client

from sanqiao.kernel.models import User
from tests.make import Town, make_membership

DAY = "2020-06-30"
URL = "/api/figures/people.members/"


def test_a_value_comes_with_its_terms_and_rows(
    client: Client, town: Town, city_officer: User
) -> None:
    make_membership(area=town.community)
    client.force_login(city_officer)

    found = client.get(URL, {"area": town.county.key, "as_of": DAY}).json()

    assert Decimal(found["value"]) == 1
    assert (found["rows"], found["area"]) == (1, "420302")


def test_nobody_asks_without_signing_in(client: Client, town: Town) -> None:
    assert client.get(URL, {"area": town.city.key, "as_of": DAY}).status_code == 401


def test_what_can_be_asked_is_told_to_who_is_signed_in(client: Client, clerk: User) -> None:
    stranger = client.get("/api/openapi.json")
    client.force_login(clerk)

    assert (stranger.status_code, stranger.json()) == (401, {"detail": "Unauthorized"})
    assert "/api/figures/" in client.get("/api/openapi.json").json()["paths"]


def test_an_area_beside_ones_own_is_not_there(client: Client, town: Town, clerk: User) -> None:
    client.force_login(clerk)

    found = client.get(URL, {"area": town.other_township.key, "as_of": DAY})

    assert found.status_code == 404


def test_the_catalogue_says_what_is_counted(client: Client, clerk: User) -> None:
    client.force_login(clerk)

    codes = {figure["code"]: figure for figure in client.get("/api/figures/").json()}

    assert codes["people.members"]["definition"]
