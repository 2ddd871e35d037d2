"""Two hundred phones racing for a hundred and fifty places over HTTP; and the pages of squads."""

from __future__ import annotations

import http.client
import threading
from datetime import time as hour
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from bench import Report, _once
from bench._city import OFFICER
from bench._serving import sanqiao, signed_in
from bench.pages import queries
from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.scope import EVERYTHING, acting_as, within
from sanqiao.reference.accounts import PASSWORD
from sanqiao.registers.people.models import Person
from sanqiao.work.squads.models import Claim, Gate, Shift, Squad
from sanqiao.work.squads.reach import community_path

CLIENTS, PLACES = 200, 150
TOKEN = "a" * 32
PAGES = {
    "list": "/squads/?as_of=2020-06-30",
    "uncovered": "/squads/uncovered/?as_of=2020-06-30",
    "shifts": "/squads/shifts/?as_of=2020-02-20",
    "closed units": "/squads/closed/?as_of=2020-02-20",
}


def run(report: Report) -> None:
    by = User.objects.get(username=OFFICER)
    with acting_as(by, scope=EVERYTHING):
        shift, users = _set_up()
        cookies = [_session(user) for user in users]
        squad = Squad.objects.earliest("number").pk
    try:
        with sanqiao() as address:
            _race(report, address, shift, cookies)
            cookie = signed_in(address, OFFICER, PASSWORD)
            detail = {"a squad": f"/squads/{squad}/?as_of=2020-02-12"}
            for page, url in (PAGES | detail).items():
                asked = queries(url, cookie)
                report.line(f"squads, {page}: queries", measured=asked, goal=12, unit="")
    finally:
        with acting_as(by, scope=EVERYTHING):
            _tear_down(shift, users)


def _race(report: Report, address: str, shift: Shift, cookies: list[str]) -> None:
    _together(address, "GET", "/squads/mine/", cookies)  # warms workers and sessions
    floor = _once(lambda: _together(address, "GET", "/squads/mine/", cookies))
    claim = f"/squads/mine/claim/{shift.pk}/"
    took = _once(lambda: _together(address, "POST", claim, cookies))
    by = User.objects.get(username=OFFICER)
    with acting_as(by, scope=EVERYTHING):
        seats = set(Claim.objects.standing().filter(shift=shift).values_list("seat", flat=True))
    wrong = len(seats ^ set(range(1, PLACES + 1)))
    name = f"{CLIENTS} clients racing for {PLACES} places: places wrong"
    report.line(name, measured=wrong, goal=0, unit="")
    name = "the race, with events and history, beside all opening the page"
    report.line(name, measured=took, floor=floor, goal=3)


def _set_up() -> tuple[Shift, list[User]]:
    """A shift of tomorrow at a gate, and the accounts of people who live around it."""
    for gate in Gate.objects.select_related("area").order_by("pk")[:50]:
        near = Person.objects.filter(within("area_path", (community_path(gate.area),)))
        people = list(near.filter(pk__gt=0).order_by("pk")[: CLIENTS * 2])
        taken = set(
            User.objects.filter(person_id__in=[p.pk for p in people]).values_list("person_id")
        )
        people = [person for person in people if (person.pk,) not in taken][:CLIENTS]
        if len(people) == CLIENTS:
            break
    shift = Shift.objects.create(
        gate=gate, area=gate.area, area_path=gate.area_path, place_name="race", capacity=PLACES,
        day=timezone.localdate() + timedelta(days=1), begins=hour(8), ends=hour(16),
    )  # fmt: skip
    users = [User(username=f"race{p.pk}", person_id=p.pk, is_demo=True) for p in people]
    User.objects.bulk_create(users)
    Grant.objects.bulk_create(
        Grant(user=user, role="member", path=gate.area_path, valid_from=timezone.localdate())
        for user in users
    )
    return shift, users


def _session(user: User) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = (
        str(user.pk),
        settings.AUTHENTICATION_BACKENDS[0],
    )
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return (
        f"{settings.SESSION_COOKIE_NAME}={store.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    )


def _together(address: str, method: str, path: str, cookies: list[str]) -> None:
    barrier = threading.Barrier(len(cookies))
    threads = [
        threading.Thread(target=_client, args=(address, method, path, cookie, barrier))
        for cookie in cookies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _client(address: str, method: str, path: str, cookie: str, barrier: threading.Barrier) -> None:
    """Raises AssertionError for an error."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    barrier.wait(60)
    form = urlencode({"csrfmiddlewaretoken": TOKEN}) if method == "POST" else None
    connection.request(method, path, form, headers)
    answer = connection.getresponse()
    assert answer.status in {200, 302}, answer.status
    connection.close()


def _tear_down(shift: Shift, users: list[User]) -> None:
    ids = [user.pk for user in users]
    Claim.objects.filter(shift=shift).delete()
    Shift.objects.filter(pk=shift.pk).delete()
    Grant.objects.filter(user__in=ids).delete()
    User.objects.filter(pk__in=ids).delete()
