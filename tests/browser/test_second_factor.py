"""Staff set up a second factor before anything else opens, and sign in with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from sanqiao.kernel.models import User
from tests.make import PASSWORD, Town, make_grant, make_user

from .conftest import PHONE, WIDE
from .test_walk import is_as_wide_as_the_screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHINESE = re.compile("[一-龥]")
Look = Callable[[], None]


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def staff(small_town: Town) -> User:
    user = make_user(username="zhang", password=PASSWORD, display_name="Zhang", is_demo=False)
    return make_grant(role="township_clerk", area=small_town.township, user=user).user


@pytest.fixture(params=[("zh-hans", WIDE), ("zh-hans", PHONE), ("en", WIDE), ("en", PHONE)],
                ids=["zh-1440", "zh-360", "en-1440", "en-360"])  # fmt: skip
def desk(
    request: pytest.FixtureRequest, browser: Browser, live_server: Any, staff: User
) -> Iterator[Page]:
    """Nobody is signed in yet; the page speaks the language of the parameter."""
    language, size = request.param
    context = browser.new_context(viewport=size, base_url=live_server.url)
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page, failures = context.new_page(), []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda m: failures.append(m.text) if "Content Security" in m.text else None)
    yield page
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")
    context.close()
    assert not failures


@pytest.fixture
def look(desk: Page, no_barriers: Callable[[Page], list[str]]) -> Look:
    """The page fits, axe finds nothing serious, and an English page holds no Chinese."""

    def looked() -> None:
        desk.wait_for_load_state("networkidle")
        assert is_as_wide_as_the_screen(desk), desk.url
        assert no_barriers(desk) == [], desk.url
        is_chinese = desk.locator("html").get_attribute("lang") != "en"
        words = desk.locator("main").inner_text()
        assert bool(CHINESE.search(words)) == is_chinese, (desk.url, words)

    return looked


def sign_in(desk: Page) -> None:
    desk.goto("/accounts/login/")
    desk.fill("[name=login]", "zhang")
    desk.fill("[name=password]", PASSWORD)
    desk.locator("main form.form button[type=submit]").first.click()
    desk.wait_for_load_state("networkidle")


def confirm(desk: Page, path: str) -> None:
    """Whoever changes a factor gives the password once more."""
    desk.goto(path)
    expect(desk).to_have_url(re.compile("/accounts/reauthenticate/"))
    desk.fill("[name=password]", PASSWORD)
    desk.locator("form:has([name=password]) button[type=submit]").click()
    expect(desk).to_have_url(re.compile(f"{path}$"))


def submit(desk: Page, code: str) -> None:
    desk.fill("[name=code]", code)
    desk.locator("form:has([name=code]) button[type=submit]").first.click()
    desk.wait_for_load_state("networkidle")


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def enrol(desk: Page) -> tuple[str, list[str]]:
    """The secret that the page shows, and the recovery codes that follow."""
    secret = desk.locator("#authenticator_secret").input_value()
    submit(desk, code_of(secret))
    desk.goto("/accounts/2fa/recovery-codes/")
    return secret, desk.locator("#recovery_codes").input_value().split()


def test_staff_come_no_further_than_the_second_factor(desk: Page, look: Look) -> None:
    sign_in(desk)
    for path in ("/", "/members/", "/people/"):
        desk.goto(path)
        expect(desk).to_have_url(re.compile("/accounts/2fa/$"))
    look()


def test_a_code_from_the_phone_opens_and_so_does_a_recovery_code_once(
    desk: Page, look: Look
) -> None:
    sign_in(desk)
    confirm(desk, "/accounts/2fa/totp/activate/")
    look()
    submit(desk, "000000")
    expect(desk.locator(".errorlist")).to_be_visible()
    look()
    secret, codes = enrol(desk)
    look()
    assert len(codes) == 10
    desk.goto("/members/")
    expect(desk).to_have_url(re.compile("/members/$"))

    desk.context.clear_cookies(name="sessionid")
    sign_in(desk)
    expect(desk).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    look()
    submit(desk, "111111")
    expect(desk.locator(".errorlist").first).to_be_visible()
    cache.clear()  # the code that enrolled serves again
    submit(desk, code_of(secret))
    expect(desk).to_have_url(re.compile("/$"))
    desk.goto("/members/")
    expect(desk).to_have_url(re.compile("/members/$"))

    for opens in (True, False):
        desk.context.clear_cookies(name="sessionid")
        sign_in(desk)
        submit(desk, codes[0])
        assert ("2fa/authenticate" not in desk.url) is opens


def test_a_passkey_signs_in_without_a_password(desk: Page, look: Look) -> None:
    give_authenticator(desk)
    sign_in(desk)
    confirm(desk, "/accounts/2fa/webauthn/add/")
    look()
    desk.fill("[name=name]", "Laptop")
    desk.check("[name=passwordless]")
    desk.click("#mfa_webauthn_add")
    desk.wait_for_url(re.compile("recovery-codes|webauthn/$"))
    look()
    desk.goto("/accounts/2fa/webauthn/")
    expect(desk.locator("main")).to_contain_text("Laptop")
    look()
    desk.locator("main a[href*='/edit/']").click()
    look()
    desk.goto("/accounts/2fa/")
    look()

    desk.context.clear_cookies(name="sessionid")
    desk.goto("/accounts/login/")
    look()
    desk.click("#passkey_login")
    desk.wait_for_url(re.compile("^[^?]*:[0-9]+/$"))
    desk.goto("/members/")
    expect(desk).to_have_url(re.compile("/members/$"))

    desk.context.clear_cookies(name="sessionid")
    sign_in(desk)
    desk.click("#mfa_webauthn_authenticate")
    desk.wait_for_url(re.compile("^[^?]*:[0-9]+/$"))


def give_authenticator(desk: Page) -> None:
    """A key in the machine that knows its owner, as a fingerprint reader does."""
    session = desk.context.new_cdp_session(desk)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip


def test_the_other_pages_of_the_account_are_in_our_house_too(desk: Page, look: Look) -> None:
    sign_in(desk)
    for page in ("reauthenticate", "password/change", "2fa/recovery-codes/generate", "logout"):
        desk.goto(f"/accounts/{page}/")
        look()
    desk.locator("main button").click()
    expect(desk).to_have_url(re.compile("/accounts/login/"))
