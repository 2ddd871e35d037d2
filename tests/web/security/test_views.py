from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from sanqiao.kernel.models import Grant, User, note
from tests.make import Town, as_owner, make_user

SignIn = Callable[[User], Client]


def give(client: Client, user: User, **changes: str) -> str:
    usual = {
        "user": user.username,
        "role": "township_clerk",
        "tree": "areas",
        "valid_from": "2020-01-01",
    }
    return client.post("/grants/give/", {**usual, "place": "420302001", **changes}).content.decode()


def test_a_grant_is_given_by_code_of_the_place(
    town: Town, security_administrator: User, signed_in: SignIn
) -> None:
    user = make_user(username="wang")
    give(signed_in(security_administrator), user)

    grant = Grant.objects.get(user=user)
    assert (grant.path, grant.place) == (town.township.path, "武当路街道")


def test_an_unknown_place_is_said_beside_it(
    security_administrator: User, signed_in: SignIn
) -> None:
    html = give(signed_in(security_administrator), make_user(), place="nowhere")

    assert "没有这个编码" in html.split('name="place"')[1]


def test_the_kernels_refusal_is_shown_and_nothing_given(
    security_administrator: User, signed_in: SignIn
) -> None:
    html = give(signed_in(security_administrator), security_administrator)

    assert "errorlist" in html
    assert not Grant.objects.filter(user=security_administrator, role="township_clerk").exists()


def test_a_grant_is_ended(
    town: Town, clerk: User, security_administrator: User, signed_in: SignIn
) -> None:
    grant = clerk.grants.get()
    signed_in(security_administrator).post(f"/grants/{grant.pk}/end/", {"on": "2020-07-01"})

    grant.refresh_from_db()
    assert str(grant.valid_to) == "2020-07-01"


def test_a_broken_chain_names_its_link(
    town: Town, security_administrator: User, auditor: User, signed_in: SignIn
) -> None:
    for n in range(3):
        give(signed_in(security_administrator), make_user(username=f"w{n}"))
    client = signed_in(auditor)
    assert "3 节逐一核过" in client.get("/chains/grants/?verify=1").content.decode()

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE kernel_link DISABLE TRIGGER append_only")
        cursor.execute("UPDATE kernel_link SET by = 'nobody' WHERE seq = 2")
        cursor.execute("ALTER TABLE kernel_link ENABLE TRIGGER append_only")

    assert "第 2 节对不上" in client.get("/chains/grants/?verify=1").content.decode()


def test_the_list_of_events_speaks_in_words_and_has_a_column_for_the_code(
    auditor: User, signed_in: SignIn
) -> None:
    client = signed_in(auditor)
    note("kernel.signed_in", subject=auditor, by=auditor)
    note("kernel.looks_purged", subject=auditor, by=auditor)

    rows = client.get("/events/?kind=kernel.signed_in").content.decode().split("<tbody")[1]
    assert "登录系统" in rows
    assert "清除到期查阅记录" not in rows
    assert "kernel." not in rows

    both = client.get("/events/?kind=kernel.signed_in&col=kind&col=code").content.decode()
    assert "登录系统" in both
    assert "kernel.signed_in</td>" in both


@pytest.mark.parametrize(
    ("language", "typed", "is_found"),
    [
        ("zh-hans", "登录", True),
        ("zh-hans", "signed_in", False),
        ("en", "SIGNED", True),
        ("en", "登录", False),
    ],
)
def test_events_are_found_by_the_title_that_the_reader_sees(
    language: str, typed: str, is_found: bool, auditor: User, signed_in: SignIn
) -> None:
    client = signed_in(auditor)
    client.cookies["django_language"] = language
    note("kernel.signed_in", subject=auditor, by=auditor)

    html = client.get("/events/", {"q": typed}).content.decode()
    rows = html.split("<tbody")[1].split("</tbody")[0]
    assert (("登录系统" if language != "en" else "Signed in") in rows) is is_found


def test_chains_and_their_links_speak_in_words(
    town: Town, security_administrator: User, auditor: User, signed_in: SignIn
) -> None:
    give(signed_in(security_administrator), make_user(username="wang"))
    client = signed_in(auditor)
    assert ">授权链</a>" in client.get("/chains/").content.decode()
    page = client.get("/chains/grants/").content.decode()
    assert "<h1>授权链</h1>" in page
    assert "新增授权" in page
