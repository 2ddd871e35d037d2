"""However many file at once, and whatever dies meanwhile: one version after the other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.work.returns.commands import import_returns
from sanqiao.work.returns.models import Return, ReturnEntry, ReturnVersion
from sanqiao.work.returns.rows import EntryRow
from tests.faults.at_once import Act, at_once
from tests.make import Town, as_owner
from tests.work.returns.make import GOOD, filed, make_form, make_return

pytestmark = pytest.mark.django_db(transaction=True)


def filing_at_once(acts: Sequence[Act], by: User) -> list[Any]:
    """Codes of refusals, "" for done."""

    def filing(act: Act) -> str:
        with acting_as(by, scope=EVERYTHING):
            act()
        return ""

    return at_once(*(partial(filing, act) for act in acts))


def spans() -> list[tuple[date, date | None]]:
    rows = ReturnVersion.objects.current().order_by("valid_from")
    return list(rows.values_list("valid_from", "valid_to"))


def test_of_eight_who_file_at_once_one_does(town: Town, city_officer: User) -> None:
    record = make_return(make_form(by=city_officer), town.city, by=city_officer)
    acts = [lambda n=n: filed(record, by=city_officer, values={**GOOD, "new": n}) for n in range(8)]
    found = filing_at_once(acts, city_officer)

    assert sorted(found) == ["", *["returns.changed_meanwhile"] * 7]
    assert list(ReturnVersion.objects.values_list("number", "is_current")) == [(1, True)]
    assert ReturnEntry.objects.count() == 5


def test_days_of_one_area_filed_at_once_tile(town: Town, city_officer: User) -> None:
    form = make_form(by=city_officer)
    records = [
        make_return(form, town.city, by=city_officer, period=f"2020-03-0{n}") for n in range(1, 8)
    ]
    found = filing_at_once(
        [partial(filed, record, by=city_officer) for record in records], city_officer
    )

    assert found == [""] * 7
    days = [date(2020, 3, n) for n in range(1, 8)]
    assert spans() == list(zip(days, [*days[1:], None], strict=True))


def test_the_same_file_three_times_at_once_is_one_version(town: Town, city_officer: User) -> None:
    make_return(make_form(by=city_officer, code="daily"), town.city, by=city_officer)
    rows = [
        EntryRow("daily", "2020-02-06", "420300", "", code, Decimal(value), "通报", "", "", None)
        for code, value in GOOD.items()
    ]
    found = filing_at_once([lambda: import_returns(rows=rows, by=city_officer)] * 3, city_officer)
    assert found == [""] * 3
    assert ReturnVersion.objects.count() == 1


def test_a_file_and_a_clerk_at_once_leave_two_versions_or_one(
    town: Town, city_officer: User
) -> None:
    record = make_return(make_form(by=city_officer, code="daily"), town.city, by=city_officer)
    rows = [
        EntryRow("daily", "2020-02-06", "420300", "", code, Decimal(value), "", "", "更正", None)
        for code, value in {**GOOD, "new": 42}.items()
    ]
    acts = [
        lambda: filed(record, by=city_officer),
        lambda: import_returns(rows=rows, by=city_officer),
    ]
    found = filing_at_once(acts, city_officer)

    current = ReturnVersion.objects.current().get()
    assert current.entries.get(line__code="daily.new").value == 42
    assert current.number == (2 if found[0] == "" else 1)


def test_a_connection_cut_before_commit_leaves_nothing(town: Town, city_officer: User) -> None:
    record = make_return(make_form(by=city_officer), town.city, by=city_officer)
    backend: list[int] = []
    written, cut = threading.Event(), threading.Event()

    def write_and_wait() -> None:
        try:
            with pytest.raises(OperationalError), acting_as(city_officer, scope=EVERYTHING):
                filed(record, by=city_officer)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    backend.append(cursor.fetchone()[0])
                written.set()
                cut.wait(20)
                Return.objects.count()
        finally:
            connection.close()

    thread = threading.Thread(target=write_and_wait)
    thread.start()
    assert written.wait(20)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend[0]])
    cut.set()
    thread.join(20)

    assert not ReturnVersion.objects.exists()
    assert filed(record, by=city_officer).number == 1
