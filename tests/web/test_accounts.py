"""Signing in: password, lock-out, one session, single sign-on."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.cache import cache
from django.test import Client, RequestFactory

from sanqiao.kernel.models import Event, Seat, User
from sanqiao.web.accounts import AccountAdapter, SocialAccountAdapter
from sanqiao.web.oidc import providers
from tests.make import PASSWORD, make_user


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": username, "password": password})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_user_name_and_a_password_open_and_are_noted(client: Client) -> None:
    user = make_user(username="lin", password=PASSWORD)
    assert client.get("/accounts/login/").status_code == 200
    response = sign_in(client, "lin")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)
    event = Event.objects.get()
    assert (event.kind, event.by_id) == ("kernel.signed_in", user.pk)


def test_a_wrong_password_says_no_more_than_that(client: Client) -> None:
    make_user(username="lin", password=PASSWORD)
    known, unknown = sign_in(client, "lin", "x"), sign_in(client, "nobody", "x")
    assert known.context["form"].errors == unknown.context["form"].errors
    assert not is_in(client)


def test_five_failures_lock_the_account_even_for_the_right_password(client: Client) -> None:
    make_user(username="lin", password=PASSWORD)
    for _ in range(5):
        sign_in(client, "lin", "wrong")
    sign_in(client, "lin")
    assert not is_in(client)


def test_somebody_who_left_does_not_get_in(client: Client) -> None:
    make_user(username="lin", password=PASSWORD, is_active=False)
    sign_in(client, "lin")
    assert not is_in(client)


def test_nobody_signs_up(client: Client) -> None:
    client.post(
        "/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "page", ["email", "confirm-email", "confirm-email/x", "password/reset", "password/reset/done"]
)
def test_nothing_is_sent_by_mail(page: str, client: Client) -> None:
    assert client.get(f"/accounts/{page}/").status_code == 404
    assert client.post(f"/accounts/{page}/", {"email": "lin@example.cn"}).status_code == 404
    assert client.get("/accounts/login/").status_code == 200


@pytest.mark.parametrize("only_one", [True, False])
def test_a_new_session_ends_the_old_one_where_only_one_is_allowed(
    only_one: bool, settings: Any
) -> None:
    settings.ONE_SESSION_PER_USER = only_one
    make_user(username="lin", password=PASSWORD)
    desk, phone = Client(), Client()
    sign_in(desk, "lin")
    sign_in(phone, "lin")
    assert is_in(phone)
    assert is_in(Client(headers={})) is False
    assert is_in(desk) is not only_one
    assert Seat.objects.exists() is only_one


def test_the_setting_up_of_a_second_factor_is_shown_in_our_house(client: Client) -> None:
    client.force_login(make_user(password=PASSWORD))
    page = client.get("/accounts/2fa/").content.decode()
    assert "双因素认证" in page
    assert "启用动态口令" in page


# --- single sign-on ---------------------------------------------------------------------------


def sso(username: str, *, existing: bool = False) -> Any:
    connected: list[User] = []
    return SimpleNamespace(
        is_existing=existing,
        account=SimpleNamespace(extra_data={"userinfo": {"preferred_username": username}}),
        connected=connected,
        connect=lambda request, user: connected.append(user),
    )


@pytest.fixture
def request_of_sso() -> Any:
    request: Any = RequestFactory().get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def test_single_sign_on_opens_the_account_of_that_name(request_of_sso: Any) -> None:
    user, login = make_user(username="lin"), sso("lin")
    SocialAccountAdapter().pre_social_login(request_of_sso, login)
    assert login.connected == [user]


@pytest.mark.parametrize("name", ["", "nobody", "gone"])
def test_single_sign_on_makes_no_account(name: str, request_of_sso: Any) -> None:
    make_user(username="gone", is_active=False)
    with pytest.raises(ImmediateHttpResponse):
        SocialAccountAdapter().pre_social_login(request_of_sso, sso(name))
    assert "安全管理员" in str(next(iter(get_messages(request_of_sso))))


def test_a_known_identity_just_passes(request_of_sso: Any) -> None:
    login = sso("nobody", existing=True)
    SocialAccountAdapter().pre_social_login(request_of_sso, login)
    assert login.connected == []


def test_nobody_signs_up_by_single_sign_on_either(request_of_sso: Any) -> None:
    assert not SocialAccountAdapter().is_open_for_signup(request_of_sso, sso("x"))
    assert not AccountAdapter().is_open_for_signup(request_of_sso)


def test_the_provider_comes_from_the_environment() -> None:
    assert providers({}) == {}
    given = {"SANQIAO_OIDC_ISSUER": "https://sso.example.cn", "SANQIAO_OIDC_CLIENT_ID": "sanqiao"}
    (app,) = providers(given)["openid_connect"]["APPS"]
    assert app["client_id"] == "sanqiao"
    assert app["settings"]["server_url"] == "https://sso.example.cn"
