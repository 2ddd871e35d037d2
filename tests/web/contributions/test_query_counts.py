"""The pages of gifts ask the database as often with one row as with twenty."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanqiao.kernel.models import User
from tests.make import Town, make_organisation
from tests.work.contributions.make import hand_up, make_gift, make_goods, verify

MOST = 12
NESTED = 1
"""The scope is read before each request and set back after it, inside the test's transaction."""


def more(town: Town, secretary: User, clerk: User) -> None:
    branch = make_organisation(area=town.community, parent=town.street_committee)
    verify(hand_up(make_gift(branch, secretary), secretary), clerk)
    make_goods(town.street_committee, clerk)


def asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200, url
    return sum("SAVEPOINT" not in query["sql"] for query in queries) - NESTED


@pytest.mark.parametrize(
    "url",
    ["/contributions/", "/contributions/entries/", "/contributions/batches/",
     "/contributions/goods/", "/contributions/spending/", "/contributions/public/"],
)  # fmt: skip
def test_a_page_asks_the_same_for_one_row_and_for_twenty(
    url: str, town: Town, secretary: User, clerk: User, client: Client
) -> None:
    client.force_login(clerk)
    more(town, secretary, clerk)
    with_one = asked(client, url)
    for _n in range(19):
        more(town, secretary, clerk)

    assert asked(client, url) <= with_one + 1
    assert with_one <= MOST


def test_the_page_of_a_batch_asks_the_same_for_many_gifts(
    town: Town, secretary: User, client: Client
) -> None:
    client.force_login(secretary)
    gift = make_gift(town.branch, secretary)
    url = f"/contributions/batches/{gift.batch_id}/"
    with_one = asked(client, url)
    for _n in range(20):
        make_gift(town.branch, secretary)

    assert asked(client, url) <= with_one <= MOST
