from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page

from sanqiao.kernel.models import User
from tests.make import (
    PASSWORD,
    Town,
    make_compound,
    make_grant,
    make_membership,
    make_person,
    make_town,
    make_user,
)

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(autouse=True)
def _plain_static_files(settings: LazySettings) -> None:
    """Files as they are, without the manifest that a deployment makes."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def small_town(transactional_db: None) -> Town:
    """Two named members, a compound, and somebody for every walk."""
    town = make_town()
    for name, pinyin in (("周全", "zhouquan"), ("何新", "hexin")):
        person = make_person(area=town.community, name=name, pinyin=pinyin)
        make_membership(person=person, organisation=town.branch)
    make_compound(area=town.grid, name="阳光花园")
    return town


@pytest.fixture
def clerk_account(small_town: Town) -> User:
    user = make_user(username="li", password=PASSWORD, display_name="李红")
    return make_grant(role="township_clerk", area=small_town.township, user=user).user


@pytest.fixture(params=[WIDE, PHONE], ids=["1440", "360"])
def browser_page(
    request: pytest.FixtureRequest, browser: Browser, live_server: Any, clerk_account: User
) -> Iterator[Page]:
    """Signed in as the clerk, on a wide screen and on a phone; no script may fail."""
    context = browser.new_context(
        viewport=request.param,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        base_url=live_server.url,
    )
    page, failures = context.new_page(), []
    page.on("pageerror", lambda error: failures.append(str(error)))
    sign_in(page)
    yield page
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")
    context.close()
    assert not failures


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", "li")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state("networkidle")


@pytest.fixture
def no_barriers() -> Callable[[Page], list[str]]:
    """What axe finds serious or critical on the page as it stands."""

    def look(page: Page) -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run(document)).violations")
        grave = [v for v in found if v["impact"] in {"serious", "critical"}]
        return [f"{v['id']}: {n['html'][:120]}" for v in grave for n in v["nodes"][:3]]

    return look
