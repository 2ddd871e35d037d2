from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanqiao.kernel.models import User
from sanqiao.work.returns.commands import quote_superlative, rank_table
from sanqiao.work.returns.models import (
    ComparisonTable,
    Return,
    ReturnForm,
    ReturnVersion,
    Superlative,
)
from sanqiao.work.returns.rows import RankingSpec, Saying
from tests.make import Town
from tests.work.returns.make import GOOD, filed, make_form, make_return, make_table

SignIn = Callable[[User], Client]
ROWS = (
    ("武汉市", None, 49978, 33041, 2423),
    ("十堰市", "420300", 672, 604, 8),
    ("神农架林区", None, 11, 11, 0),
)


@pytest.fixture
def form(city_officer: User) -> ReturnForm:
    return make_form(by=city_officer, code="daily", name="疫情日报")


@pytest.fixture
def record(form: ReturnForm, town: Town, city_officer: User) -> Return:
    return make_return(form, town.city, by=city_officer)


@pytest.fixture
def table(form: ReturnForm, city_officer: User) -> ComparisonTable:
    made = make_table(form, ROWS, by=city_officer)
    excluded = (("神农架林区", "病例仅11例"),)
    spec = RankingSpec("fatality_rate", "病死率", "deaths", "confirmed", True, False, excluded)
    rank_table(table=made, spec=spec, by=city_officer)
    return made


def filled(**given: Any) -> dict[str, Any]:
    return {"known": 0, **{f"v-{code}": value for code, value in GOOD.items()}, **given}


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_list_says_what_is_due_late_and_filed(
    record: Return, signed_in: SignIn, city_officer: User
) -> None:
    client = signed_in(city_officer)
    assert "逾期未报" in text_of(client, "/returns/")
    filed(record, by=city_officer)
    page = text_of(client, "/returns/")
    assert "迟报" in page
    assert "2020-02-06" in page
    assert "没有符合条件的记录" in text_of(client, "/returns/?open=1")


def test_a_return_is_filed_from_its_page(
    record: Return, signed_in: SignIn, city_officer: User
) -> None:
    client = signed_in(city_officer)
    answer = client.post(f"/returns/{record.pk}/file/", filled(**{"p-420302-confirmed": 395}))
    assert answer.url == f"/returns/{record.pk}/"  # type: ignore[attr-defined]
    version = ReturnVersion.objects.get()
    assert version.entries.get(is_part=True).value == Decimal(395)
    assert "茅箭区" in text_of(client, f"/returns/{record.pk}/")


def test_what_does_not_add_up_is_said_beside_the_field_and_a_note_lets_it_through(
    record: Return, signed_in: SignIn, city_officer: User
) -> None:
    client, path = signed_in(city_officer), f"/returns/{record.pk}/file/"
    page = client.post(path, filled(**{"v-in_hospital": 300})).content.decode()
    assert re.search(r'id="warn-in_hospital">填的是 300[^<]*应为 371', page)
    assert 'value="300"' in page
    assert not ReturnVersion.objects.exists()

    client.post(path, filled(**{"v-in_hospital": 300, "note": "另一口径"}))
    assert ReturnVersion.objects.get().note == "另一口径"


def test_versions_show_what_differs(record: Return, signed_in: SignIn, city_officer: User) -> None:
    filed(record, by=city_officer)
    client, path = signed_in(city_officer), f"/returns/{record.pk}/file/"
    again = filled(known=1, why="漏报1例", **{"v-confirmed": 396, "v-in_hospital": 372})
    assert client.post(path, again).status_code == 302
    page = text_of(client, f"/returns/{record.pk}/")
    assert "累计确诊： 395 → 396" in page
    assert "漏报1例" in page


def test_a_form_that_grew_old_is_refused_in_words(
    record: Return, signed_in: SignIn, city_officer: User
) -> None:
    filed(record, by=city_officer)
    answer = signed_in(city_officer).post(f"/returns/{record.pk}/file/", filled(why="改"))
    assert "已有第 1 版" in answer.content.decode()


def test_out_of_scope_is_not_there(record: Return, signed_in: SignIn, clerk: User) -> None:
    client = signed_in(clerk)
    for path in (f"/returns/{record.pk}/", f"/returns/{record.pk}/file/"):
        assert client.get(path).status_code == 404
    assert client.get("/returns/forms/new/").status_code == 403


def test_a_definition_is_made_changed_and_asked_for_from_pages(
    town: Town, signed_in: SignIn, city_officer: User
) -> None:
    client = signed_in(city_officer)
    lines = "beds，床位，张，时点数\nused，在用，张，时点数，选填\nspare，空余，张，时点数，分区划"
    given: dict[str, Any] = {
        "code": "beds", "name": "床位", "competent_body": "卫健委", "level": "county",
        "period_kind": "month", "valid_from": "2020-01-01", "document": "示例", "due_after": 1,
        "due_time": "17:00", "hours_at_least": 0, "office_hours": "08:30-12:00",
        "counts_every_hour": "on", "lines": lines, "identities": "空余 = 床位 − 在用",
    }  # fmt: skip
    assert client.post("/returns/forms/new/", given).status_code == 302
    form = ReturnForm.objects.get(code="beds")
    terms = form.editions.get().identities.get().terms
    assert set(terms.values_list("line__name", "sign")) == {("床位", 1), ("在用", -1)}
    page = text_of(client, "/returns/forms/beds/")
    assert "空余 = 床位 − 在用" in page

    changed = client.get("/returns/forms/beds/edition/").context["form"].initial
    assert changed["lines"] == lines
    assert (
        client.post(
            "/returns/forms/beds/edition/", given | {"valid_from": "2020-06-01"}
        ).status_code
        == 302
    )
    assert form.editions.count() == 2

    asked = {"period": "2020-05", "within": town.city.key, "due_at": "2020-06-02T10:00"}
    client.post("/returns/forms/beds/ask/", {**asked, "reason": "补报"})
    assert [r.area for r in Return.objects.filter(form=form)] == [town.county]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("lines", "beds，床位"),
        ("lines", "床，床位，张，时点数"),
        ("identities", "空余 床位"),
        ("identities", "空余 = "),
    ],
)
def test_a_definition_that_cannot_be_read_says_which_line(
    field: str, typed: str, signed_in: SignIn, city_officer: User
) -> None:
    given: dict[str, Any] = {"lines": "beds，床位，张，时点数", "identities": "", field: typed}
    answer = signed_in(city_officer).post("/returns/forms/new/", given)
    assert "第 1 行应为" in str(answer.context["form"].errors[field])


def test_a_table_is_pasted_ranked_and_its_place_is_a_door(
    form: ReturnForm, town: Town, signed_in: SignIn, city_officer: User
) -> None:
    client = signed_in(city_officer)
    rows = "地区\t累计确诊\t累计病亡\n武汉市\t49978\t2423\n十堰市\t672\t8\n合计\t50650\t2431"
    given: dict[str, Any] = {
        "series": "hubei", "name": "全省", "scope": "全省", "form": "daily", "on_day": "2020-03-10",
        "source": "省通报", "rows": rows,
    }  # fmt: skip
    assert client.post("/returns/tables/new/", given).status_code == 302
    table = ComparisonTable.objects.get()
    ranking = {
        "code": "fatality_rate", "name": "病死率", "numerator": "deaths",
        "denominator": "confirmed", "is_rate": "on",
    }  # fmt: skip
    client.post(f"/returns/tables/{table.pk}/rank/", ranking)
    page = client.get(f"/returns/tables/{table.pk}/").content.decode()
    assert 'href="/figures/returns.fatality_rank/?area=420300&amp;as_of=2020-03-10"' in page


def test_a_table_that_cannot_be_read_says_so(
    form: ReturnForm, signed_in: SignIn, city_officer: User
) -> None:
    given: dict[str, Any] = {
        "series": "hubei", "name": "全省", "scope": "全省", "form": "daily",
        "on_day": "2020-03-10", "source": "省通报",
    }  # fmt: skip
    client = signed_in(city_officer)
    for rows, words in (
        ("地区，累计确诊", "至少要有一行表头和一行数据"),
        ("地区，累计确诊\n武汉市，多", "不是数"),
        ("地区，床位\n武汉市，1", "没有这个项目"),
        ("地区，累计确诊\n武汉市，1\n武汉市，2", "出现了两次"),
    ):
        answer = client.post("/returns/tables/new/", {**given, "rows": rows})
        assert words in str(answer.context["form"].errors), rows
    assert not ComparisonTable.objects.exists()


def test_a_superlative_without_its_table_is_refused_on_the_page(
    table: ComparisonTable, signed_in: SignIn, city_officer: User
) -> None:
    client = signed_in(city_officer)
    given: dict[str, Any] = {
        "area_key": "420300", "measure": "hubei.infection_rate", "text": "感染率全省最低",
        "place": 1, "source": "综述", "on_day": "2020-06-30",
    }  # fmt: skip
    answer = client.post("/returns/tables/say/", given)
    assert "缺少分母" in str(answer.context["form"].errors["measure"])
    client.post("/returns/tables/say/", {**given, "is_quoted": "on"})
    assert not Superlative.objects.get().stands
    page = text_of(client, f"/returns/tables/{table.pk}/")
    assert "感染率全省最低” 不成立" in page
    assert "神农架林区不参加排序（病例仅11例）" in page


def test_the_board_counts_by_area_in_the_order_of_their_keys(
    record: Return, town: Town, signed_in: SignIn, city_officer: User
) -> None:
    client = signed_in(city_officer)
    page = text_of(client, "/returns/board/?as_of=2020-06-30")
    assert "应报" in page
    assert "逾期未报" in page
    assert "茅箭区" in page
    assert "没有逾期未报的" in text_of(client, "/returns/board/?as_of=2020-02-06")


def questions(client: Client, paths: list[str]) -> dict[str, int]:
    """{page: queries}; each opened once before, so that nothing is read for the first time."""
    found = {}
    for path in paths:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        found[path] = len(asked)
    return found


def test_pages_ask_as_much_with_one_return_as_with_seven(
    form: ReturnForm, town: Town, signed_in: SignIn, city_officer: User, table: ComparisonTable
) -> None:
    first = make_return(form, town.city, by=city_officer, period="2020-03-01")
    filed(first, by=city_officer)
    client = signed_in(city_officer)
    paths = ["/returns/", "/returns/board/?as_of=2020-06-30", f"/returns/{first.pk}/"]
    paths += [f"/returns/{first.pk}/file/", f"/returns/tables/{table.pk}/", "/returns/forms/daily/"]
    before = questions(client, paths)
    for n in range(2, 8):
        record = make_return(form, town.city, by=city_officer, period=f"2020-03-0{n}")
        filed(record, by=city_officer)
    said = Saying("420300", "hubei.fatality_rate", "最低", "综述", date(2020, 6, 30))
    quote_superlative(saying=said, by=city_officer)

    assert questions(client, paths) == before
    assert max(before.values()) <= 20
