"""Numbers that stand together are asked for together."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanqiao.kernel.models import User
from sanqiao.web.home.views import FIGURES
from tests.make import Town, make_membership

MOST, NESTED = 12, 1


def asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in queries) - NESTED


def test_a_band_of_eight_numbers_asks_as_much_as_one_of_one(
    town: Town, city_officer: User, signed_in: Callable[[User], Client]
) -> None:
    make_membership(organisation=town.branch)
    client = signed_in(city_officer)
    one, eight = (f"/figures/band/?codes={','.join(codes)}" for codes in (FIGURES[:1], FIGURES))

    assert asked(client, eight) == asked(client, one) <= MOST
    assert asked(client, f"/figures/of/{town.community.key}/") <= MOST
    assert asked(client, "/squads/beside/") <= MOST
