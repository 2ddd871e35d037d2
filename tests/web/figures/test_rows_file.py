from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.http import StreamingHttpResponse
from django.test import Client
from openpyxl import load_workbook

from sanqiao.kernel.models import Event, User
from tests.make import Town, make_membership

SignIn = Callable[[User], Client]
PAGE = "/figures/people.members/export/"


def book(answer: Any) -> Any:
    assert isinstance(answer, StreamingHttpResponse)
    return load_workbook(io.BytesIO(answer.getvalue()))


def test_the_file_has_the_rows_that_the_reader_may_see_and_what_they_count(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    mine = make_membership(organisation=town.branch)
    make_membership(organisation=town.other_branch)
    query = f"?area={town.county.key}&as_of=2020-06-30"
    found = book(signed_in(clerk).get(PAGE + query))

    rows, facts = found.worksheets
    assert [row[0].value for row in rows.iter_rows(min_row=2)] == [mine.person.name]
    assert ("指标", "党员：2人") in [(a.value, b.value) for a, b in facts.iter_rows()]


def test_the_export_is_an_event(town: Town, clerk: User, signed_in: SignIn) -> None:
    book(signed_in(clerk).get(f"{PAGE}?as_of=2020-06-30"))

    event = Event.objects.get(kind="kernel.rows_exported")
    assert event.data["list"] == "people.members" and "2020-06-30" in event.data["filters"]


def test_only_who_may_export_is_offered_it(
    town: Town, clerk: User, grid_worker: User, signed_in: SignIn
) -> None:
    make_membership(organisation=town.branch)
    page = "/figures/people.members/"

    assert PAGE in signed_in(clerk).get(page).content.decode()
    assert PAGE not in signed_in(grid_worker).get(page).content.decode()
    assert signed_in(grid_worker).get(PAGE).status_code == 403
