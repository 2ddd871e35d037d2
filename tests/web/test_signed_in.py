"""Who asks: the user of a session, with the grants in force today and no others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sanqiao.kernel.models import Session
from sanqiao.web.signed_in import SessionStore
from tests.make import FOUNDED, Town, make_grant, make_person, make_user

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "days_left", "status"),
    [(-400, None, 200), (0, 1, 200), (-400, 0, 403), (-400, -1, 403), (1, None, 403)],
)
def test_a_grant_opens_pages_from_its_first_day_to_the_day_before_its_end(
    client: Client, town: Town, since: int, days_left: int | None, status: int
) -> None:
    today = timezone.localdate()
    ends: date | None = None if days_left is None else today + days_left * DAY
    user = make_user()
    make_grant(
        role="township_clerk", area=town.township, user=user,
        valid_from=today + since * DAY, valid_to=ends,
    )  # fmt: skip
    client.force_login(user)

    assert client.get("/members/").status_code == status


def test_an_ended_grant_does_not_widen_what_another_shows(client: Client, town: Town) -> None:
    user = make_user()
    make_grant(role="township_clerk", area=town.township, user=user)
    make_grant(
        role="city_officer", area=town.city, user=user,
        valid_from=FOUNDED, valid_to=timezone.localdate(),
    )  # fmt: skip
    client.force_login(user)

    near, far = (make_person(area=area) for area in (town.community, town.other_community))
    assert client.get(f"/people/{near.pk}/").status_code == 200
    assert client.get(f"/people/{far.pk}/").status_code == 404


def test_a_session_of_a_user_who_may_not_sign_in_any_more_is_nobodys(
    client: Client, town: Town
) -> None:
    user = make_user()
    make_grant(role="township_clerk", area=town.township, user=user)
    client.force_login(user)
    user.is_active = False
    user.save()

    assert client.get("/members/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_session_says_whose_it_is_and_ends_with_its_user(client: Client, town: Town) -> None:
    user = make_user()
    make_grant(role="township_clerk", area=town.township, user=user)
    client.force_login(user)

    assert Session.objects.get().user_id == user.pk
    client.logout()
    assert not Session.objects.filter(user=user).exists()


def test_a_session_opens_nothing_once_its_time_is_over(client: Client, town: Town) -> None:
    """Though its row is still there: rows are cleared at night."""
    user = make_user()
    make_grant(role="township_clerk", area=town.township, user=user)
    client.force_login(user)
    assert client.get("/members/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/members/").status_code == 302


def test_a_key_that_names_no_session_is_not_taken_over() -> None:
    """Else somebody could hand out a key and wait for who signs in with it."""
    store = SessionStore("k" * 32)
    assert store.get("anything") is None
    store["anything"] = 1
    store.save()
    assert store.session_key not in {None, "k" * 32}


def test_a_session_opens_nothing_once_its_password_is_changed(client: Client, town: Town) -> None:
    user = make_user()
    make_grant(role="township_clerk", area=town.township, user=user)
    client.force_login(user)
    user.set_password("another-long-Passw0rd")
    user.save()

    assert client.get("/members/").status_code == 302


def test_a_session_whose_row_names_another_user_opens_nothing_of_that_user(
    client: Client, town: Town
) -> None:
    user, other = make_user(), make_user()
    make_grant(role="township_clerk", area=town.township, user=other)
    client.force_login(user)
    Session.objects.update(user=other)

    assert client.get("/members/").status_code == 403
