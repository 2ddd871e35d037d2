"""A request's scope: whose rows, in which transaction, and what becomes of it when it fails."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from sanqiao.kernel.models import Change, Session, User
from sanqiao.registers.areas.models import Area, Compound
from sanqiao.registers.people.models import Membership
from tests.make import Town, make_compound, make_membership, make_user

pytestmark = pytest.mark.urls(__name__)


def members(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(str(m.pk) for m in Membership.objects.order_by("pk")))


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(f"{m.pk}," for m in Membership.objects.order_by("pk").iterator())


def rename(request: HttpRequest) -> HttpResponse:
    Compound.objects.update(name=request.GET["name"])
    return HttpResponse(status=int(request.GET.get("status", 200)))


def fail(request: HttpRequest) -> HttpResponse:
    Compound.objects.update(name="改")
    raise ZeroDivisionError


def trespass(request: HttpRequest) -> HttpResponse:
    make_compound(area=Area.objects.get(key="420302002001001"))
    return HttpResponse()


urlpatterns = [
    path("members/", members),
    path("streamed/", streamed),
    path("rename/", rename),
    path("fail/", fail),
    path("trespass/", trespass),
    path("", include("sanqiao.config.urls")),
]


@pytest.fixture
def memberships(town: Town) -> list[int]:
    """One in 三桥, one in 五堰."""
    both = (town.branch, town.other_branch)
    return [make_membership(organisation=organisation).pk for organisation in both]


def body(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return content.decode().strip(",")


@pytest.mark.parametrize("address", ["/members/", "/streamed/"])
def test_a_page_shows_the_rows_of_the_one_who_asks(
    address: str, memberships: list[int], clerk: User, city_officer: User, client: Client
) -> None:
    assert body(client.get(address)) == ""
    client.force_login(clerk)
    assert body(client.get(address)) == str(memberships[0])
    client.force_login(city_officer)
    assert body(client.get(address)) == ",".join(map(str, memberships))
    client.logout()
    assert body(client.get(address)) == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/members/", "/streamed/"])
def test_nothing_of_a_request_stays_on_its_connection(
    address: str, memberships: list[int], city_officer: User, client: Client
) -> None:
    client.force_login(city_officer)
    assert body(client.get(address))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sanqiao.actor', true)")
        assert cursor.fetchone() == ("",)


def test_a_change_carries_its_actor_and_request(town: Town, clerk: User, client: Client) -> None:
    make_compound(area=town.grid)
    client.force_login(clerk)
    client.get("/rename/?name=新")
    client.get("/rename/?name=再")
    first, second = Change.objects.filter(table="areas_compound", op="U").order_by("id")
    assert {first.actor_id, second.actor_id} == {clerk.pk}
    assert first.request and second.request and first.request != second.request


@pytest.mark.parametrize("address", ["/rename/?name=改&status=500", "/fail/"])
def test_an_answer_of_500_changes_nothing(
    address: str, town: Town, clerk: User, client: Client
) -> None:
    compound = make_compound(area=town.grid)
    client.force_login(clerk)
    client.raise_request_exception = False
    assert client.get(address).status_code == 500
    assert Compound.objects.get().name == compound.name


def test_writing_beyond_ones_scope_is_forbidden(town: Town, clerk: User, client: Client) -> None:
    client.force_login(clerk)
    assert client.get("/trespass/").status_code == 403
    assert not Compound.objects.exists()


@pytest.mark.parametrize("address", ["/?area=%00", "/find/?q=%00", "/members/?%00=1"])
def test_a_null_character_in_an_address_is_a_bad_request(
    address: str, clerk: User, client: Client
) -> None:
    client.force_login(clerk)
    answer = client.get(address)
    assert answer.status_code == 400
    assert "没有看懂这个请求" in answer.content.decode()


def test_a_null_character_in_a_form_is_a_bad_request(clerk: User, client: Client) -> None:
    client.force_login(clerk)
    assert client.post("/me/preferences/", {"next": "\0"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_request_costs_two_queries_before_its_own(
    memberships: list[int], clerk: User, client: Client
) -> None:
    """Session with user and grants, scope; the second factor and the renewal are free."""
    client.force_login(clerk)
    client.get("/members/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/members/")
    sent = [q["sql"] for q in queries if q["sql"] not in {"BEGIN", "COMMIT"}]
    assert len(sent) == 3, sent


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


# --- the session ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_session_is_written_once_a_minute(
    clerk: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_600_000_000.0]
    monkeypatch.setattr("sanqiao.web.middleware.time.time", lambda: now[0])
    client.force_login(clerk)

    def writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            response = client.get("/members/")
        assert response.status_code == 200
        return sum(q["sql"].startswith("UPDATE") for q in queries)

    assert [writes(), writes()] == [1, 0]
    now[0] += 59
    assert writes() == 0
    now[0] += 1
    assert writes() == 1


def test_an_idle_session_ends(clerk: User, client: Client) -> None:
    from django.conf import settings
    from django.utils import timezone

    client.force_login(clerk)
    client.get("/members/")
    session = Session.objects.get()
    left = (session.expire_date - timezone.now()).total_seconds()
    assert abs(left - settings.SESSION_COOKIE_AGE) < 5
    assert settings.SESSION_COOKIE_AGE <= 30 * 60


# --- the second factor ------------------------------------------------------------------------


@pytest.fixture
def staff(clerk: User) -> User:
    """A clerk who is no demo account."""
    clerk.is_demo = False
    clerk.save()
    return clerk


def test_staff_set_up_a_second_factor_before_anything_opens(
    memberships: list[int], staff: User, client: Client
) -> None:
    client.force_login(staff)
    response = client.get("/members/")
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/2fa/")
    hx = client.get("/members/", headers={"HX-Request": "true"})
    assert (hx.status_code, hx.headers["HX-Redirect"]) == (200, "/accounts/2fa/")
    assert client.get("/api/x").status_code == 403
    assert client.get("/accounts/2fa/").status_code == 200


def test_a_second_factor_opens_and_its_loss_shuts(
    memberships: list[int], staff: User, client: Client
) -> None:
    from allauth.mfa.models import Authenticator

    totp = Authenticator.objects.create(user=staff, type="totp", data={"secret": "x"})
    client.force_login(staff)
    assert client.get("/members/").status_code == 200
    totp.delete()
    client.get("/accounts/2fa/")
    assert client.get("/members/").status_code == 302


def test_recovery_codes_alone_are_no_second_factor(staff: User, client: Client) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=staff, type="recovery_codes", data={"seed": "x"})
    client.force_login(staff)
    assert client.get("/members/").status_code == 302


def test_members_and_demo_accounts_need_none(clerk: User, client: Client) -> None:
    client.force_login(clerk)
    assert client.get("/members/").status_code == 200
    client.force_login(make_user(username=uuid.uuid4().hex[:8], is_demo=False))
    assert client.get("/members/").status_code == 200
