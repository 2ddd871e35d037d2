from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.spelling import spelled, spelled_name
from tests.make import Town, make_person, make_unit

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


@pytest.mark.parametrize("text", ["A座", "a座", "Led", "LED", "led厂", "e通", "E通"])
def test_letters_in_a_name_are_found_and_suggested_in_either_case(
    text: str, town: Town, clerk: User, signed_in: SignIn
) -> None:
    names = ("A座写字楼", "LED厂", "e通公司")
    for name in names:
        make_unit(area=town.community, name=name, **spelled(name)._asdict())
    make_person(area=town.community, name="A座老王", **spelled_name("A座老王")._asdict())
    client = signed_in(clerk)
    found = client.get("/find/", {"q": text}).content.decode()
    suggested = client.get("/find/units/", {"unit": text}).content.decode()

    wanted = [name for name in names if text.lower() in name.lower()]
    assert [name for name in names if name in found] == wanted
    assert [name for name in names if name in suggested] == wanted
    assert ("A座老王" in found) == (text.lower() == "a座")


def test_pages_and_figures_are_found(found: Callable[[str], str]) -> None:
    assert 'href="/members/"' in found("dy") and "/figures/people.members/" in found("dy")


def test_strangers_are_not_found(
    town: Town, other_clerk: User, found: Callable[[str], str], signed_in: SignIn
) -> None:
    html = signed_in(other_clerk).get("/find/?q=linxiu").content.decode()

    assert "/people/" not in html and "没有找到" in html


def test_an_organisation_leads_to_its_code_and_a_unit_to_its_number(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    unit = make_unit(area=town.community, name="三桥商店")
    html = signed_in(clerk).get("/find/?q=三桥").content.decode()

    assert f"/organisations/{town.branch.code}/" in html and f"/units/{unit.pk}/" in html


def test_who_may_not_open_a_register_finds_nothing_in_it(
    town: Town, security_administrator: User, signed_in: SignIn
) -> None:
    assert "/areas/" not in signed_in(security_administrator).get("/find/?q=三桥").content.decode()


def test_finding_asks_at_most_twelve_questions(town: Town, clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    make_unit(area=town.community, name="三桥商店", pinyin="sanqiaoshangdian", initials="sqsd")
    make_person(area=town.community, name="三桥", pinyin="sanqiao", initials="sq")
    Organisation.objects.filter(pk=town.branch.pk).update(pinyin="sanqiaoshequ", initials="sqsq")
    Area.objects.filter(pk=town.community.pk).update(pinyin="sanqiaoshequ", initials="sqsq")
    client.get("/find/?q=sq")
    with CaptureQueriesContext(connection) as queries:
        html = client.get("/find/?q=sq", headers={"HX-Request": "true", "HX-Target": "found"})

    assert all(f"<h3>{title}</h3>" in html.content.decode() for title in ("区划", "单位", "人员"))
    assert sum("SAVEPOINT" not in query["sql"] for query in queries) - 2 <= 12


def test_a_field_is_offered_names_with_codes(town: Town, clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    unit = make_unit(area=town.community, name="三桥商店")

    areas = client.get("/find/areas/?area=三桥社").content.decode()
    assert f'<option value="三桥社区 {town.community.key}">武当路街道</option>' in areas
    organisations = client.get("/find/organisations/?parent=三桥社").content.decode()
    assert f'value="三桥社区党支部 {town.branch.code}"' in organisations
    assert f'value="三桥商店 {unit.credit_code}"' in (
        client.get("/find/units/?unit=三桥").content.decode()
    )
    assert client.get("/find/people/?person=三桥").status_code == 404


def test_a_field_is_not_offered_what_is_out_of_sight(
    town: Town, other_clerk: User, signed_in: SignIn
) -> None:
    html = signed_in(other_clerk).get("/find/organisations/?to=三桥社区党支部").content.decode()

    assert html == ""
