"""Every page × every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sanqiao.kernel.models import User
from sanqiao.kernel.roles import ROLES
from tests.make import Town, make_grant, make_user

from .matrix import MATRIX

OPENED = {200, 302, 404}


def named(entries: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, object]]:
    """(full name, view) of every pattern below."""
    for entry in entries:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from named(entry.url_patterns, inner)
        else:
            yield f"{space}{entry.name}", entry.callback


def pages() -> dict[str, object]:
    return dict(named(get_resolver("sanqiao.web.urls").url_patterns))


@pytest.fixture
def cast(town: Town) -> dict[str, User]:
    """One person a role, each over the whole city."""
    return {
        role: make_grant(role=role, area=town.city, user=make_user(username=role)).user
        for role in ROLES
    }


def answer_of(client: Client, url: str) -> Any:
    """To GET, or to POST where the page takes nothing else."""
    answer = client.get(url)
    return client.post(url) if answer.status_code == 405 else answer


@pytest.mark.no_db
def test_every_page_says_in_the_matrix_who_may_open_it() -> None:
    assert set(pages()) == set(MATRIX)


@pytest.mark.no_db
def test_every_view_has_a_guard() -> None:
    assert not [name for name, view in pages().items() if not hasattr(view, "guard")]


@pytest.mark.parametrize("name", MATRIX)
def test_a_page_opens_for_its_roles_and_for_nobody_else(
    name: str, cast: dict[str, User], client: Client
) -> None:
    url = reverse(name, kwargs=MATRIX[name].at, urlconf="sanqiao.config.urls")
    for role, user in cast.items():
        client.force_login(user)
        status = answer_of(client, url).status_code
        allowed = not MATRIX[name].acts or ROLES[role].intersection(MATRIX[name].acts)
        assert (status in OPENED) if allowed else status == 403, (role, status)


@pytest.mark.parametrize("name", [name for name, page in MATRIX.items() if page.is_public])
def test_a_public_page_opens_for_a_stranger(name: str, town: Town, client: Client) -> None:
    answer = answer_of(client, reverse(name, kwargs=MATRIX[name].at))

    assert answer.status_code in OPENED - {302}


@pytest.mark.parametrize("name", [name for name, page in MATRIX.items() if not page.is_public])
def test_a_stranger_is_sent_to_sign_in(name: str, client: Client) -> None:
    answer = answer_of(client, reverse(name, kwargs=MATRIX[name].at))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_no_cache_keeps_a_page_for_another_reader(
    clerk: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(clerk).get(reverse("members:list"))
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "HX-Request"} <= set(answer["Vary"].split(", "))


def test_what_lies_outside_the_grant_does_not_exist(
    town: Town, clerk: User, other_clerk: User, signed_in: Callable[[User], Client]
) -> None:
    page = reverse("organisations:detail", args=[town.branch.code])

    assert signed_in(clerk).get(page).status_code == 200
    assert signed_in(other_clerk).get(page).status_code == 404


def test_an_area_outside_the_grant_cannot_be_looked_at(
    town: Town, clerk: User, signed_in: Callable[[User], Client]
) -> None:
    page = reverse("members:list")

    assert signed_in(clerk).get(f"{page}?area={town.other_community.key}").status_code == 404
    assert signed_in(clerk).get(f"{page}?area={town.community.key}").status_code == 200
