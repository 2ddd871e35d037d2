from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from tests.make import Town, make_person

SignIn = Callable[[User], Client]


@pytest.fixture
def found(town: Town, clerk: User, signed_in: SignIn) -> Callable[[str], str]:
    Area.objects.filter(pk=town.community.pk).update(pinyin="sanqiaoshequ", initials="sqsq")
    make_person(
        area=town.community, name="林秀", pinyin="linxiu", initials="lx", phone="19900005678"
    )
    client = signed_in(clerk)
    return lambda text: client.get("/find/", {"q": text}).content.decode()


@pytest.mark.parametrize("text", ["三桥", "sanqiao", "sq", "SQ", "420302001001"])
def test_an_area_is_found_by_name_pinyin_initials_and_code(
    text: str, found: Callable[[str], str]
) -> None:
    assert "/areas/420302001001/" in found(text)


@pytest.mark.parametrize("text", ["林秀", "linxiu", "lx", "5678"])
def test_a_person_is_found_also_by_the_last_four(text: str, found: Callable[[str], str]) -> None:
    assert "/people/" in found(text)


def test_pages_and_figures_are_found(found: Callable[[str], str]) -> None:
    assert 'href="/members/"' in found("dy") and "/figures/people.members/" in found("dy")


def test_strangers_are_not_found(
    town: Town, other_clerk: User, found: Callable[[str], str], signed_in: SignIn
) -> None:
    html = signed_in(other_clerk).get("/find/?q=linxiu").content.decode()

    assert "/people/" not in html and "没有找到" in html
