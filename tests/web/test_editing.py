"""A form that its reader could not save does not open: seeing a record is not yet changing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from sanqiao.kernel.models import User
from sanqiao.work.contributions.commands import reverse_contribution
from tests.make import (
    Town,
    make_grant,
    make_person,
    make_user,
)
from tests.reports.make import make_publication
from tests.work.contributions.make import hand_up, make_gift, verify
from tests.work.mobilisation.make import make_ordered, members, officer

from .forms import COLLECTED, FORMS, PLACED, clerk_of, ordered
from .matrix import MATRIX

SignIn = Callable[[User], Client]


@pytest.fixture
def neighbour(town: Town) -> User:
    """Sees the whole city, and changes what lies in the other street alone."""
    user = make_grant(role="supervisor", area=town.city, user=make_user(username="he")).user
    make_grant(role="county_officer", area=town.other_township, user=user)
    return make_grant(role="community_secretary", area=town.other_township, user=user).user


@pytest.mark.no_db
def test_every_page_that_edits_stands_here() -> None:
    assert {name for name in MATRIX if name.endswith("edit")} - set(FORMS) == set()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_opens_for_nobody_who_could_not_save_it(
    name: str, town: Town, city_officer: User, neighbour: User, signed_in: SignIn
) -> None:
    url = reverse(name, kwargs=FORMS[name](town))
    if name in COLLECTED:
        make_grant(role="township_clerk", area=town.city, user=city_officer)
    assert signed_in(city_officer).get(url).status_code == 200

    client = signed_in(neighbour)
    opened, saved = client.get(url).status_code, client.post(url, {"on": "x"}).status_code
    assert opened == saved and opened in {403, 404}


def test_the_refusal_at_the_door_has_the_words_of_the_policy(
    town: Town, neighbour: User, signed_in: SignIn
) -> None:
    html = signed_in(neighbour).get(f"/areas/{town.community.key}/edit/").content.decode()

    assert "您无权在“三桥社区”办理此事" in html


def test_what_is_no_draft_any_more_does_not_open(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    client = signed_in(city_officer)
    published = make_publication(area=town.city, made_by=city_officer).report_id
    members(town, 1)
    ordered = make_ordered(town, officer(town)).pk

    assert client.get(reverse("reports:edit", args=[published])).status_code == 403
    assert client.get(reverse("mobilisations:edit", args=[ordered])).status_code == 403


@pytest.mark.parametrize("name", PLACED)
def test_a_form_that_asks_for_an_area_opens_only_for_who_has_one(
    name: str, town: Town, city_officer: User, signed_in: SignIn
) -> None:
    url = reverse(name, kwargs=PLACED[name](town))
    assert signed_in(city_officer).get(url).status_code == 200

    client = signed_in(make_grant(role="city_officer", organisation=town.city_committee).user)
    opened, saved = client.get(url), client.post(url, {"on": "x"})
    assert opened.status_code == saved.status_code == 403
    assert "您的授权里没有可以办理此事的区划" in opened.content.decode()


def test_members_are_entered_only_by_who_keeps_an_organisation(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    url = reverse("people:admit", args=[make_person(area=town.far_grid).pk])
    worker = make_grant(role="grid_worker", area=town.far_grid, user=make_user()).user
    assert signed_in(worker).get(url).status_code == 403

    secretary = make_grant(role="community_secretary", organisation=town.branch, user=worker).user
    assert signed_in(secretary).get(url).status_code == 200


def test_what_happened_already_does_not_open_again(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    by = clerk_of(town)
    made = make_gift(town.branch, by)
    reverse_contribution(
        contribution=made, receipt="R-1", on=date(2020, 3, 3), reason="重复", by=by
    )
    verify(sent := hand_up(make_gift(town.branch, by), by), city_officer)
    waiting = ordered(town)["pk"]

    client = signed_in(by)
    assert "已经冲正" in client.get(f"/contributions/entries/{made.pk}/reverse/").content.decode()
    client = signed_in(city_officer)
    html = client.get(f"/contributions/batches/{sent.batch_id}/verify/").content.decode()
    assert "已经核收" in html
    for act in ("pause", "resume", "end", "close"):
        assert client.get(reverse("mobilisations:act", args=[waiting, act])).status_code == 403


def test_an_order_is_drafted_only_where_it_may_be_given(
    town: Town, neighbour: User, signed_in: SignIn
) -> None:
    client = signed_in(neighbour)
    for name in ("mobilisations:new", "mobilisations:campaign_new", "service:draft"):
        url = reverse(name)
        assert client.get(url, {"area": town.community.key}).status_code == 403
        assert client.get(url, {"area": town.other_township.key}).status_code == 200
