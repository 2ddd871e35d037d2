"""The command page asks the same of the database for one person and for sixty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sanqiao.kernel.models import User
from tests.make import Town
from tests.work.mobilisation.make import make_sending, members

SignIn = Callable[[User], Client]
MOST = 12


def asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in queries)


@pytest.mark.parametrize("name", ["detail", "live", "people", "lists", "map", "call_list"])
def test_pages_of_a_mobilisation_ask_the_same_whatever_its_size(
    name: str, town: Town, city_officer: User, signed_in: SignIn
) -> None:
    client = signed_in(city_officer)
    members(town, 1)
    small = make_sending(town, city_officer)
    members(town, 59)
    large = make_sending(town, city_officer)

    more = [town.branch.code] if name == "call_list" else []
    urls = [reverse(f"mobilisations:{name}", args=[m.pk, *more]) for m in (small, large)]
    counts = [asked(client, url) for url in urls]

    assert counts[1] <= counts[0] + (name == "people"), "the count, which one page does not need"
    assert counts[1] <= MOST
