from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from sanqiao.kernel.models import Duty, Handover, User
from tests.make import Town

SignIn = Callable[[User], Client]


def make_duty(owner: User, town: Town, days: int = 3, **given: Any) -> Duty:
    due = timezone.localdate() + timedelta(days=days)
    usual = {"kind": "sample", "title": f"{days}天的任务", "area_path": town.community.path}
    return Duty.objects.create(owner=owner, due_on=due, **usual | given)


def test_the_oldest_duty_comes_first_and_says_how_late_it_is(
    town: Town, secretary: User, signed_in: SignIn
) -> None:
    make_duty(secretary, town, 12)
    make_duty(secretary, town, -3)
    html = signed_in(secretary).get("/").content.decode()

    assert html.index("-3天的任务") < html.index("12天的任务")
    assert "已超期 3 天" in html and "还有 12 天" in html


def test_others_duties_do_not_wait_for_me(
    town: Town, secretary: User, clerk: User, signed_in: SignIn
) -> None:
    make_duty(secretary, town)

    assert "3天的任务" not in signed_in(clerk).get("/").content.decode()


def test_a_duty_goes_from_hand_in_to_sign_off(
    town: Town, secretary: User, clerk: User, signed_in: SignIn
) -> None:
    duty = make_duty(secretary, town)
    signed_in(secretary).post(f"/duties/{duty.pk}/hand-in/", {"text": "已完成"})
    html = signed_in(clerk).get("/").content.decode()
    assert "3天的任务" in html and "核查" in html

    signed_in(clerk).post(f"/duties/{duty.pk}/sign-off/", {"text": ""})

    duty.refresh_from_db()
    assert (duty.state, duty.signed_off_by) == ("signed_off", clerk)
    page = signed_in(secretary).get(f"/duties/{duty.pk}/").content.decode()
    assert 'class="seal"' in page


def test_nobody_is_offered_to_sign_off_their_own(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    duty = make_duty(clerk, town)
    client = signed_in(clerk)
    client.post(f"/duties/{duty.pk}/hand-in/", {"text": ""})

    assert "sign-off" not in client.get(f"/duties/{duty.pk}/").content.decode()
    assert client.post(f"/duties/{duty.pk}/sign-off/", {"text": ""}).status_code == 404


def test_a_return_needs_a_reason(
    town: Town, secretary: User, clerk: User, signed_in: SignIn
) -> None:
    duty = make_duty(secretary, town)
    signed_in(secretary).post(f"/duties/{duty.pk}/hand-in/", {"text": ""})
    html = signed_in(clerk).post(f"/duties/{duty.pk}/return/", {"reason": ""}).content.decode()

    assert "errorlist" in html and not Handover.objects.filter(step="return").exists()


def test_terms_that_end_are_noticed_on_the_day_looked_at(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    town.branch.term_ends_on = date(2020, 6, 1)
    town.branch.save()
    client = signed_in(clerk)

    html = client.get("/?as_of=2020-06-30").content.decode()
    key = town.township.key
    door = f"/figures/organisations.term_expired/?area={key}&amp;as_of=2020-06-30"
    assert "党组织任期已届满" in html and door in html
    listed = "/organisations/?as_of=2020-06-30&amp;term_to=2020-06-29"
    assert listed in html
    assert "三桥社区党支部" in client.get(listed.replace("&amp;", "&")).content.decode()

    html = client.get("/?as_of=2020-01-31").content.decode()
    assert "党组织任期已届满" not in html and "党组织半年内任期届满" in html


def test_language_and_theme_are_kept(clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    client.post("/me/preferences/", {"language": "en", "theme": "dark", "next": "/"})
    html = client.get("/").content.decode()

    assert '<html lang="en" data-bs-theme="dark">' in html


def test_preferences_lead_back_only_to_our_own_pages(clerk: User, signed_in: SignIn) -> None:
    given = {"theme": "light", "next": "https://example.org/"}

    assert signed_in(clerk).post("/me/preferences/", given)["Location"] == "/"


def test_an_administrator_has_a_home_without_figures(
    security_administrator: User, signed_in: SignIn
) -> None:
    html = signed_in(security_administrator).get("/").content.decode()

    assert "等我办的" in html and "/grants/" in html and "/figures/" not in html
