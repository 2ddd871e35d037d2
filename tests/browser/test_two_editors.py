"""Two people change one record: the second is told what the first did."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sanqiao.registers.people.models import Membership, Person
from tests.make import Town

from .test_walk import is_as_wide_as_the_screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_second_editor_of_a_person_sees_the_difference(
    browser_page: Page, small_town: Town
) -> None:
    person = Person.objects.get(name="周全")
    browser_page.goto(f"/people/{person.pk}/edit/")
    second = browser_page.context.new_page()
    second.goto(f"/people/{person.pk}/edit/")

    second.get_by_label("学历").fill("大学")
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_text("已保存")).to_be_visible()
    second.close()

    browser_page.get_by_label("学历").fill("大专")
    browser_page.get_by_role("button", name="保存").click()
    expect(browser_page.locator("ins")).to_have_text("大学")
    expect(browser_page.get_by_label("学历")).to_have_value("大专")

    browser_page.get_by_role("button", name="保存").click()
    expect(browser_page).to_have_url(re.compile(f"/people/{person.pk}/$"))
    expect(browser_page.locator("main")).to_contain_text("大专")


def test_a_draft_does_not_hide_what_another_saved_meanwhile(
    browser_page: Page, small_town: Town
) -> None:
    person = Person.objects.get(name="周全")
    browser_page.goto(f"/people/{person.pk}/edit/")
    browser_page.get_by_label("学历").fill("大专")
    second = browser_page.context.new_page()
    second.goto(f"/people/{person.pk}/edit/")
    second.get_by_label("学历").fill("大学")
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_text("已保存")).to_be_visible()
    second.close()

    browser_page.reload()
    expect(browser_page.get_by_label("学历")).to_have_value("大专")
    browser_page.get_by_role("button", name="保存").click()
    expect(browser_page.locator("ins")).to_have_text("大学")
    assert Person.objects.get(name="周全").education == "大学"


def test_a_place_is_suggested_by_name_and_saved(browser_page: Page, small_town: Town) -> None:
    person = Person.objects.get(name="周全")
    browser_page.goto(f"/people/{person.pk}/edit/")
    area = browser_page.get_by_label("居住区划")
    area.fill("")
    area.press_sequentially("三桥第二")
    option = browser_page.locator("#id_area-options option")
    expect(option).to_have_count(1)

    area.fill(option.get_attribute("value") or "")
    browser_page.get_by_role("button", name="保存").click()
    expect(browser_page.locator("main .facts")).to_contain_text("三桥第二网格")


def test_the_forms_fit_a_phone_and_axe_finds_nothing_serious(
    browser_page: Page, small_town: Town, no_barriers: Callable[[Page], list[str]]
) -> None:
    person = Person.objects.get(name="周全")
    membership = Membership.objects.get(person=person)
    branch = f"/organisations/{small_town.branch.code}/"
    for path in (
        f"/people/{person.pk}/", f"/people/{person.pk}/edit/", f"/people/{person.pk}/appoint/",
        f"/members/{membership.pk}/transfer/", branch, f"{branch}edit/", "/organisations/new/",
        "/units/new/", "/compounds/new/",
    ):  # fmt: skip
        browser_page.goto(path)
        browser_page.wait_for_load_state("networkidle")
        assert is_as_wide_as_the_screen(browser_page), path
        assert no_barriers(browser_page) == [], path
