"""The page behind the link, and the narrow door before it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.web.mobilisation.door import AnswerDoor
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.links import token_of
from sanqiao.work.mobilisation.models import Answer, CallOut, Mobilisation, Pledge
from tests.make import Town
from tests.work.mobilisation.make import make_sending, members, of


def link(call_out: CallOut) -> str:
    assert call_out.person_id
    return f"/a/{token_of(call_out.pk, call_out.person_id)}/"


@pytest.fixture
def row(town: Town, city_officer: User) -> CallOut:
    """Somebody called, who has not answered."""
    (person,) = members(town, 1)
    return of(make_sending(town, city_officer), person)


def test_opening_the_link_shows_the_letter_and_answers_nothing(
    row: CallOut, client: Client
) -> None:
    answer = client.get(link(row))

    text = answer.content.decode()
    assert "请就地参加。" in text and row.person and row.person.name in text
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Answer.objects.exists(), "a preview of the message must not answer"


def test_one_tap_answers(row: CallOut, client: Client) -> None:
    answer = client.post(f"{link(row)}can/", follow=True)

    row.refresh_from_db()
    assert row.state == "can"
    assert "能参加" in answer.content.decode() and "能参加吗" not in answer.content.decode()


def test_it_needs_no_cookie_of_ours(row: CallOut) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"{link(row)}cannot/", {"reason": "在外地"}).status_code == 302
    assert Answer.objects.get().reason == "在外地"
    assert not strict.cookies


def test_a_second_answer_is_kept_and_said_so(row: CallOut, client: Client) -> None:
    client.post(f"{link(row)}can/")

    text = client.post(f"{link(row)}cannot/", follow=True).content.decode()

    assert "以第一次回复为准" in text
    row.refresh_from_db()
    assert row.state == "can"


def test_a_link_that_we_did_not_sign_leads_nowhere(row: CallOut, client: Client) -> None:
    wrong = link(row)[:-2] + ("A/" if link(row)[-2] != "A" else "B/")

    assert client.get(wrong).status_code == 404
    assert client.post(f"{wrong}can/").status_code == 404


def test_after_the_end_the_page_says_so(row: CallOut, city_officer: User, client: Client) -> None:
    commands.end_mobilisation(mobilisation=row.mobilisation, by=city_officer)

    assert "不再接受回复" in client.get(link(row)).content.decode()
    late = client.post(f"{link(row)}can/")
    assert late.status_code == 409 and "不再接受回复" in late.content.decode()


def test_after_the_closing_nobody_is_behind_the_link(
    row: CallOut, city_officer: User, client: Client
) -> None:
    commands.end_mobilisation(mobilisation=row.mobilisation, by=city_officer)
    commands.close_mobilisation(mobilisation=row.mobilisation, by=city_officer)

    assert client.get(link(row)).status_code == 404


def test_who_can_come_may_pledge_by_another_tap(
    row: CallOut, town: Town, city_officer: User, client: Client
) -> None:
    campaign = commands.open_campaign(
        area=town.city, name="先锋承诺", items=["值守"], opens_on=timezone.localdate(),
        mobilisation=row.mobilisation, by=city_officer,
    )  # fmt: skip
    assert "先锋承诺" not in client.get(link(row)).content.decode()
    client.post(f"{link(row)}can/")
    assert "先锋承诺" in client.get(link(row)).content.decode()
    tap = f"{link(row)}pledge/{campaign.pk}/"

    text = client.post(tap, {"item": "值守", "words": "随叫随到"}, follow=True).content.decode()

    assert "随叫随到" in text
    assert Pledge.objects.get().person == row.person
    assert client.post(tap, {"item": "值守"}).status_code == 409


def test_an_exercise_says_that_it_is_one(town: Town, city_officer: User, client: Client) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer, is_exercise=True), person)

    assert "这是一次演练" in client.get(link(row)).content.decode()


# --- the narrow door ---------------------------------------------------------------------------


class Behind:
    """The application behind the door; remembers what came through, with its body."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.bodies.append(environ["wsgi.input"].read())
        start("200 OK", [])
        return [b"behind"]


def knock(path: str, body: bytes = b"", method: str = "POST") -> tuple[str, Behind]:
    """The status, and the application."""
    said: list[str] = []
    behind = Behind()
    environ = {
        "PATH_INFO": path, "REQUEST_METHOD": method, "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }  # fmt: skip
    AnswerDoor(behind)(environ, lambda status, headers: said.append(status))
    return said[0], behind


@pytest.fixture
def kept_row(transactional_db: None, town: Town, city_officer: User) -> CallOut:
    """The same, committed: the door has transactions of its own."""
    (person,) = members(town, 1)
    return of(make_sending(town, city_officer), person)


@pytest.mark.django_db(transaction=True)
def test_the_door_takes_an_answer_without_django(kept_row: CallOut) -> None:
    status, behind = knock(f"{link(kept_row)}cannot/", "reason=在外地".encode())

    assert (status, behind.bodies) == ("303 See Other", [])
    answer = Answer.objects.get()
    assert (answer.answer, answer.reason, answer.via, answer.stands) == (
        "cannot", "在外地", "link", True
    )  # fmt: skip
    kept_row.refresh_from_db()
    assert kept_row.state == "cannot"
    again, _behind = knock(f"{link(kept_row)}can/")
    assert again == "303 See Other"
    assert Answer.objects.filter(stands=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_whatever_is_unusual_goes_to_the_page_behind(kept_row: CallOut) -> None:
    usual = link(kept_row)
    cases = [
        (usual, "GET"), (f"{usual}perhaps/", "POST"), ("/a/x-y-z/can/", "POST"), ("/a/", "POST"),
        (f"{usual}pledge/1/", "POST"), ("/mobilisations/", "POST"),
    ]  # fmt: skip
    for path, method in cases:
        status, behind = knock(path, b"reason=x", method)
        assert (status, behind.bodies) == ("200 OK", [b"reason=x"]), path
    Mobilisation.objects.update(state="paused")
    assert knock(f"{usual}can/")[0] == "303 See Other"
    assert Answer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_late_answer_is_explained_by_the_page_behind(
    kept_row: CallOut, city_officer: User
) -> None:
    commands.end_mobilisation(mobilisation=kept_row.mobilisation, by=city_officer)

    assert knock(f"{link(kept_row)}can/")[0] == "200 OK"


@pytest.mark.django_db(transaction=True)
def test_the_door_leaves_the_connection_as_it_was(kept_row: CallOut) -> None:
    connection.ensure_connection()
    usual = connection.connection.prepare_threshold

    knock(f"{link(kept_row)}can/")

    assert connection.connection.prepare_threshold == usual


def test_the_workbench_is_served_behind_the_door() -> None:
    from sanqiao.config.wsgi import application

    assert isinstance(application, AnswerDoor)
