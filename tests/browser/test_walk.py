"""A clerk's way through the workbench, on a wide screen and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sanqiao.registers.areas.models import Compound
from tests.make import Town, make_area

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/", "/areas/", "/areas/420302001001/", "/areas/420302001001/edit/", "/compounds/",
    "/organisations/", "/organisations/tree/", "/members/", "/appointments/", "/units/",
    "/figures/", "/figures/people.members/", "/find/?q=%E4%B8%89%E6%A1%A5", "/import/",
    "/components/", "/me/", "/me/data/", "/no/such/page/",
)  # fmt: skip


def is_as_wide_as_the_screen(page: Page) -> bool:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    assert page.viewport_size
    return width <= page.viewport_size["width"]


def test_from_sign_in_to_the_evidence_of_a_number(browser_page: Page) -> None:
    page = browser_page
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()

    page.goto("/members/")
    page.get_by_label("姓名").fill("zhou")
    page.get_by_label("姓名").press("Enter")
    expect(page.get_by_role("link", name="何新")).to_have_count(0)
    expect(page).to_have_url(re.compile("q=zhou"))

    page.get_by_role("link", name="周全").click()
    expect(page.get_by_role("heading", name="周全", level=1)).to_be_visible()
    page.go_back(wait_until="networkidle")

    page.locator(".sums a.door").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="党员", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("/figures/people.members/"))
    drawer.locator(".bars a").first.click()
    expect(drawer).to_contain_text("三桥社区")

    page.keyboard.press("Escape")
    expect(drawer.get_by_text("武当路街道 ·")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/members/"))


def test_the_address_of_the_drawer_is_a_page_of_its_own(browser_page: Page) -> None:
    browser_page.goto("/members/")
    browser_page.locator(".sums a.door").first.click()
    expect(browser_page.locator("#drawer .value")).to_have_text("2")
    browser_page.reload()

    expect(browser_page.locator("main .value")).to_have_text("2")


def test_the_keyboard_finds_anything(browser_page: Page) -> None:
    browser_page.goto("/members/")
    browser_page.locator("h1").click()
    browser_page.keyboard.press("/")
    browser_page.keyboard.type("zhouq")
    expect(browser_page.locator("#found")).to_contain_text("周全")
    browser_page.keyboard.press("ArrowDown")
    browser_page.keyboard.press("Enter")

    expect(browser_page.get_by_role("heading", name="周全", level=1)).to_be_visible()


def test_a_draft_outlives_a_lost_session(browser_page: Page) -> None:
    from .conftest import sign_in

    browser_page.goto("/areas/420302001001/edit/")
    browser_page.get_by_label("全称").fill("三桥社区居民委员会")
    browser_page.context.clear_cookies()
    browser_page.get_by_role("button", name="保存").click()
    browser_page.wait_for_load_state("networkidle")
    sign_in(browser_page)
    browser_page.goto("/areas/420302001001/edit/")

    expect(browser_page.get_by_label("全称")).to_have_value("三桥社区居民委员会")
    expect(browser_page.get_by_text("已恢复您上次没有保存的内容")).to_be_visible()
    browser_page.keyboard.press("Control+Enter")
    browser_page.get_by_label("全称").press("Control+Enter")
    expect(browser_page.get_by_text("已保存")).to_be_visible()


def test_a_draft_holds_no_secret(browser_page: Page, small_town: Town) -> None:
    """ID number and phone are encrypted in the register: the browser must not keep them either."""
    browser_page.goto("/people/new/")
    browser_page.get_by_label("姓名").fill("新来的人")
    browser_page.get_by_label("身份证号").fill("11010519491231002X")
    browser_page.get_by_label("手机号").fill("19900001234")

    kept = browser_page.evaluate("JSON.stringify(sessionStorage)")
    assert "新来的人" in kept
    assert "11010519491231002X" not in kept and "19900001234" not in kept


def fill_compound(page: Page, name: str, town: Town) -> None:
    page.get_by_label("小区名称").fill(name)
    page.locator("[name=area]").fill(town.grid.key)
    page.get_by_label("登记日期").fill("2020-06-30")


def test_a_form_sent_twice_is_taken_once(browser_page: Page, small_town: Town) -> None:
    """Two clicks, and then the way back and once more."""
    browser_page.goto("/compounds/new/")
    fill_compound(browser_page, "双击小区", small_town)
    save = browser_page.locator("form[data-draft] .btn-primary")
    save.dblclick()
    browser_page.wait_for_load_state("networkidle")
    assert Compound.objects.filter(name="双击小区").count() == 1

    browser_page.goto("/compounds/new/")
    fill_compound(browser_page, "返回小区", small_town)
    save.click()
    expect(browser_page.get_by_text("返回小区").first).to_be_visible()
    browser_page.go_back()
    browser_page.wait_for_load_state("networkidle")
    fill_compound(browser_page, "返回小区", small_town)
    save.click()
    expect(browser_page.locator(".errorlist").first).to_be_visible()
    expect(browser_page.get_by_label("小区名称")).to_have_value("返回小区")
    assert Compound.objects.filter(name="返回小区").count() == 1


def test_the_area_is_switched_from_the_top(browser_page: Page, small_town: Town) -> None:
    browser_page.goto("/members/")
    browser_page.locator(".top summary").first.click()
    browser_page.locator(".top").get_by_role("link", name="三桥社区").click()

    expect(browser_page).to_have_url(re.compile(f"/members/.*area={small_town.community.key}"))


def test_a_printed_list_says_of_where_and_when_and_has_no_buttons(browser_page: Page) -> None:
    browser_page.goto("/members/?as_of=2020-06-30")
    browser_page.emulate_media(media="print")

    caption = browser_page.locator("caption")
    box = caption.bounding_box()
    assert box and box["height"] > 10 and box["width"] > 100
    expect(caption).to_contain_text("2020-06-30")
    assert not [button for button in browser_page.locator("main .btn").all() if button.is_visible()]


def test_a_long_name_of_an_area_leaves_the_top_in_its_rows(
    browser_page: Page, small_town: Town
) -> None:
    area = make_area("grid", small_town.community, name="武当路街道三桥社区第十一网格")
    browser_page.goto(f"/?area={area.key}&as_of=2020-12-30")
    menus = browser_page.locator(".top .menu > summary")
    boxes = [menu.bounding_box() for menu in menus.all()]

    assert len({box["y"] for box in boxes if box}) == 1
    assert is_as_wide_as_the_screen(browser_page)


def test_no_page_scrolls_sideways(browser_page: Page) -> None:
    for path in PAGES:
        browser_page.goto(path)
        browser_page.wait_for_load_state("networkidle")
        assert is_as_wide_as_the_screen(browser_page), path


def test_axe_finds_nothing_serious(
    browser_page: Page, no_barriers: Callable[[Page], list[str]]
) -> None:
    for path in PAGES:
        browser_page.goto(path)
        browser_page.wait_for_load_state("networkidle")
        assert no_barriers(browser_page) == [], path


def test_axe_finds_nothing_serious_in_the_dark(
    browser_page: Page, no_barriers: Callable[[Page], list[str]]
) -> None:
    browser_page.emulate_media(color_scheme="dark")
    for path in ("/", "/members/", "/components/", "/figures/people.members/"):
        browser_page.goto(path)
        browser_page.wait_for_load_state("networkidle")
        assert no_barriers(browser_page) == [], path


def test_touch_targets_on_a_phone_are_big_enough(browser_page: Page) -> None:
    assert browser_page.viewport_size
    if browser_page.viewport_size["width"] > 500:
        return
    browser_page.goto("/members/")
    small = browser_page.evaluate(
        "[...document.querySelectorAll('.bottom a,.btn,summary,tbody th a,.form-control,.form-select')]"
        ".filter(e=>e.offsetParent).map(e=>[e.textContent.trim(),e.getBoundingClientRect().height])"
        ".filter(([,h])=>h<40)"
    )

    assert small == []


def test_every_page_can_be_used_without_scripts(browser_page: Page, small_town: Town) -> None:
    browser_page.context.route("**/*.js", lambda route: route.abort())
    browser_page.goto("/members/")
    browser_page.get_by_label("姓名").fill("zhou")
    browser_page.get_by_role("button", name="筛选").click()
    expect(browser_page.get_by_role("link", name="何新")).to_have_count(0)

    browser_page.locator(".sums a.door").first.click()
    expect(browser_page.locator("main .value")).to_have_text("2")
