"""Pages ask the database the same number of questions with one row and with thirty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.work.service.models import MechanismDuty
from tests.make import Town, make_membership, make_person
from tests.web.queries import asked
from tests.work.service.make import (
    Bureau,
    make_bureau,
    make_check_in,
    make_pairing,
    make_placed,
    make_report,
)

MOST = 12


def more(town: Town, bureau: Bureau, by: User) -> None:
    """One more of everything that the lists show."""
    person = make_person(area=town.grid)
    make_membership(person=person, organisation=bureau.branch)
    make_report(make_placed(person, bureau.unit, town.community, by))
    make_check_in(make_person(area=town.grid), bureau.unit, town.community)
    make_membership(person=make_person(area=town.grid), organisation=bureau.branch)
    make_pairing(make_bureau(town, f"第{person.pk}局").unit, town.community)
    MechanismDuty.objects.create(
        area=town.city, order=person.pk, kind="report", party="member", name="半年报告", cycle="half",
        valid_from=date(2016, 9, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        "",
        "holes/",
        "queue/",
        "check-ins/",
        "exemptions/",
        "reports/",
        "unit-reports/",
        "mechanism/",
    ],
)
def test_a_list_asks_the_same_with_one_row_and_with_many(
    page: str, town: Town, city_officer: User, signed_in: Callable[[User], Client]
) -> None:
    bureau, client = make_bureau(town), signed_in(city_officer)
    more(town, bureau, city_officer)
    with_one = asked(client, f"/service/{page}")
    for _n in range(30):
        more(town, bureau, city_officer)

    assert asked(client, f"/service/{page}") <= with_one + 1
    assert with_one <= MOST


def test_the_liaisons_page_asks_the_same_with_one_row_and_with_many(
    town: Town, city_officer: User, signed_in: Callable[[User], Client]
) -> None:
    bureau = make_bureau(town)
    client = signed_in(bureau.liaison)
    more(town, bureau, city_officer)
    with_one = asked(client, "/service/unit/")
    for _n in range(30):
        more(town, bureau, city_officer)

    assert asked(client, "/service/unit/") == with_one
    assert with_one <= MOST
