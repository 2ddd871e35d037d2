from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area, GovernanceTier
from tests.make import (
    FOUNDED,
    Town,
    make_appointment,
    make_area,
    make_membership,
    make_organisation,
    make_person,
    make_post,
)

SignIn = Callable[[User], Client]
NESTED = 1
"""See tests/web/test_query_counts.py."""


@pytest.fixture
def micro(town: Town) -> Area:
    return make_area("microgrid", town.grid, key="M1", name="三桥1-1小微网格")


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_an_area_says_how_far_each_tier_reaches(
    town: Town, micro: Area, city_officer: User, signed_in: SignIn
) -> None:
    make_area("microgrid", town.far_grid)
    make_organisation(kind="grid_group", area=town.grid)
    GovernanceTier.objects.create(
        order=1, name="网格党小组引领", area=town.city, valid_from=FOUNDED
    )

    html = text(signed_in(city_officer), "/tiers/")
    assert "网格党小组引领" in html and "50.0%" in html
    assert "/tiers/?area=420302" in html
    assert "/figures/tiers.without_group/?area=420300" in html
    assert "/tiers/gaps/?tier=group" in html


def test_areas_without_microgrids_are_only_counted(
    town: Town, micro: Area, city_officer: User, signed_in: SignIn
) -> None:
    html = text(signed_in(city_officer), "/tiers/?area=420302")

    assert "武当路街道" in html and "另有 1 个区划没有小微网格" in html


def test_without_any_microgrid_the_page_says_so(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    assert "没有小微网格" in text(signed_in(city_officer), "/tiers/")
    assert "没有小微网格" in text(signed_in(city_officer), "/tiers/?as_of=1990-01-01")
    assert "没有缺级" in text(signed_in(city_officer), "/tiers/gaps/?as_of=1990-01-01")


def test_a_microgrid_shows_the_records_of_its_tiers(
    town: Town, micro: Area, secretary: User, signed_in: SignIn
) -> None:
    make_organisation(kind="grid_group", area=town.grid, name="三桥第一网格党小组")
    head = make_appointment(post=make_post("building_head", name="楼栋长"), area=micro)

    client = signed_in(secretary)
    assert text(client, "/tiers/?area=M1").count("空白</span>") == 2
    html = text(client, "/tiers/records/?area=M1")
    assert "三桥第一网格党小组" in html and head.person.name in html
    assert client.get("/tiers/records/").status_code == 404


def test_a_record_out_of_sight_is_said_and_not_shown(
    town: Town, micro: Area, secretary: User, signed_in: SignIn
) -> None:
    """The secretary sees the volunteer, but not the membership in another community."""
    far = make_organisation(area=town.other_community)
    person = make_membership(organisation=far, person=make_person(area=micro)).person
    make_appointment(post=make_post("volunteer"), area=micro, person=person)

    client = signed_in(secretary)
    assert text(client, "/tiers/?area=M1").count("有</span>") == 1
    assert person.name not in text(client, "/tiers/records/?area=M1")
    assert "缺什么" in text(client, "/tiers/gaps/")
    assert micro.name not in text(client, "/tiers/gaps/?tier=members")
    assert micro.name in text(client, "/figures/tiers.with_members/")
    assert micro.name not in text(client, "/figures/tiers.without_members/?area=420302001001")


def test_gaps_are_narrowed_by_tier_and_place(
    town: Town, micro: Area, city_officer: User, signed_in: SignIn
) -> None:
    other = make_area("microgrid", town.far_grid, name="五堰1-1小微网格")
    make_appointment(post=make_post("building_head"), area=micro)
    client = signed_in(city_officer)

    html = text(client, "/tiers/gaps/")
    assert micro.name in html and other.name in html
    assert "网格党小组、业主委员会或党员中心户、党员、楼栋长" in html
    html = text(client, "/tiers/gaps/?tier=heads")
    assert micro.name not in html and other.name in html
    assert other.name not in text(client, "/tiers/gaps/?area=420302001")
    assert other.name in text(client, "/tiers/gaps/?tier=nonsense")


def test_gaps_are_exported(town: Town, micro: Area, city_officer: User, signed_in: SignIn) -> None:
    answer = signed_in(city_officer).get("/tiers/gaps/?export=csv")

    body = b"".join(answer).decode("utf-8-sig")
    assert "三桥1-1小微网格" in body and "楼栋长" in body


def test_the_pages_ask_at_most_twelve_times_and_no_more_with_sixty(
    town: Town, micro: Area, city_officer: User, signed_in: SignIn
) -> None:
    client = signed_in(city_officer)
    urls = ("/tiers/", "/tiers/gaps/", "/tiers/?area=M1", "/tiers/records/?area=M1")
    counts = {url: _asked(client, url) for url in urls}
    for _n in range(60):
        make_area("microgrid", town.grid)

    assert max(counts.values()) <= 12, counts
    for url, before in counts.items():
        assert _asked(client, url) <= before + 1, url


def _asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in queries) - NESTED
