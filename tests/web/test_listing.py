"""The one list pattern, at the register of members."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from sanqiao.kernel.models import Event, User
from sanqiao.web.listing import area
from tests.make import Town, make_compound, make_membership, make_person, make_unit

SignIn = Callable[[User], Client]
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "listing"}


def make_member(town: Town, name: str, **given: Any) -> None:
    person = make_person(area=town.community, name=name, pinyin=given.pop("pinyin", ""))
    make_membership(person=person, organisation=town.branch, **given)


@pytest.fixture
def members(town: Town, clerk: User, signed_in: SignIn) -> Callable[..., str]:
    """`members("kind=full")`: the list as the clerk sees it, with one full and one new member."""
    make_member(town, "周全", pinyin="zhouquan")
    make_member(town, "何新", kind="probationary", full_on=None, joined_on=date(2026, 1, 1))
    client = signed_in(clerk)

    def show(query: str = "", **headers: Any) -> str:
        return client.get(f"/members/?{query}", **headers).content.decode()

    return show


def test_a_choice_narrows_the_list_and_stays_chosen(members: Callable[..., str]) -> None:
    html = members("kind=probationary")

    assert "何新" in html and "周全" not in html
    assert '<option value="probationary" selected>' in html


def test_a_value_that_is_no_choice_narrows_nothing(members: Callable[..., str]) -> None:
    html = members("kind=%27%20or%201")

    assert "何新" in html and "周全" in html


def test_letters_find_a_name_by_its_pinyin(members: Callable[..., str]) -> None:
    html = members("q=ZhouQ")

    assert "周全" in html and "何新" not in html


@pytest.mark.parametrize("text", ["A座", "a座", "座", "led", "LED", "Led厂", "e通", "E通"])
def test_letters_in_a_name_are_found_in_either_case(
    text: str, town: Town, clerk: User, signed_in: SignIn
) -> None:
    names = ("A座写字楼", "LED厂宿舍", "e通花园")
    for name in names:
        make_compound(area=town.grid, name=name)
    html = signed_in(clerk).get("/compounds/", {"q": text}).content.decode()

    assert [name for name in names if name in html] == [
        name for name in names if text.lower() in name.lower()
    ]


@pytest.mark.parametrize("code", ["91420300MA4XYZ0001", "91420300ma4xyz0001"])
def test_a_code_is_found_in_either_case(
    code: str, town: Town, clerk: User, signed_in: SignIn
) -> None:
    make_unit(area=town.community, name="双星厂", credit_code="91420300MA4XYZ0001")

    assert "双星厂" in signed_in(clerk).get("/units/", {"q": code}).content.decode()
    assert "双星厂" not in signed_in(clerk).get("/units/", {"q": code[:9]}).content.decode()


def test_days_narrow_from_and_to(members: Callable[..., str]) -> None:
    assert "周全" not in members("joined_from=2026-01-01")
    assert "何新" not in members("joined_to=2025-12-31")
    assert "何新" in members("joined_from=nonsense")


def test_a_column_sorts_and_says_so(members: Callable[..., str]) -> None:
    html = members("sort=-joined_on")

    assert html.index("何新") < html.index("周全")
    assert 'aria-sort="descending"' in html


def test_chosen_columns_replace_the_usual_ones(members: Callable[..., str]) -> None:
    html = members("col=born_on")

    assert "1980-01-01" in html and "****" not in html and "周全" in html


def test_phones_are_masked(members: Callable[..., str]) -> None:
    html = members()

    assert "199****" in html and "1990000" not in html


def test_an_area_leads_to_its_page_and_sorts_as_the_tree_lies(
    town: Town, members: Callable[..., str]
) -> None:
    html = members("sort=-area")

    assert f'<a href="/areas/{town.community.key}/">{town.community.name}</a>' in html
    assert 'aria-sort="descending"' in html


@pytest.mark.no_db
def test_an_area_that_a_row_names_otherwise_is_read_by_that_name() -> None:
    column = area("社区", "community")

    assert column.fields == ("community__name", "community__key")
    assert column.sort == ("community_path",)
    row = {"community__name": "三桥<社区>", "community__key": "420302001001"}
    assert column.cell()(row) == '<a href="/areas/420302001001/">三桥&lt;社区&gt;</a>'


def test_htmx_gets_only_the_list(members: Callable[..., str]) -> None:
    html = members(**HTMX)

    assert "<html" not in html and "周全" in html


def test_names_are_escaped(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_member(town, "<script>alert(1)</script>")

    assert b"<script>alert" not in signed_in(clerk).get("/members/").content


def test_an_empty_list_says_what_to_do(clerk: User, signed_in: SignIn) -> None:
    assert "可以用“导入”登记" in signed_in(clerk).get("/members/").content.decode()


def test_fifty_rows_a_page(town: Town, clerk: User, signed_in: SignIn) -> None:
    for n in range(52):
        make_member(town, f"第{n}人")
    client = signed_in(clerk)

    first = client.get("/members/").content.decode()
    second = client.get("/members/?page=2").content.decode()

    assert first.count('name="row"') == 50 and 'rel="next"' in first and "共 52 条" in first
    assert second.count('name="row"') == 2 and 'rel="prev"' in second


def test_the_list_is_of_the_day_asked(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_member(town, "旧人", valid_to=date(2020, 7, 1))
    client = signed_in(clerk)

    assert "旧人" in client.get("/members/?as_of=2020-06-30").content.decode()
    assert "旧人" not in client.get("/members/?as_of=2020-07-01").content.decode()


def test_csv_has_what_the_page_shows(members: Callable[..., str], client: Client) -> None:
    answer = client.get("/members/?kind=full&export=csv&col=kind")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]

    assert lines == ["姓名,党员类别", "周全,正式党员"]


def test_xlsx_says_on_a_second_sheet_what_it_is(
    members: Callable[..., str], client: Client
) -> None:
    answer = client.get("/members/?kind=full&export=xlsx&as_of=2026-02-01")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]

    assert [row[0].value for row in book.worksheets[0].rows] == ["姓名", "周全"]
    about = "".join(str(cell.value) for row in book.worksheets[1].rows for cell in row)
    assert "党员类别：正式党员" in about and "2026-02-01" in about and "武当路街道" in about


def test_an_export_is_noted(members: Callable[..., str], client: Client) -> None:
    b"".join(client.get("/members/?export=csv").streaming_content)  # type: ignore[attr-defined]

    assert Event.objects.get(kind="kernel.rows_exported").data["list"] == "members"


def test_only_ticked_rows_are_exported(
    members: Callable[..., str], client: Client, town: Town
) -> None:
    ticked = town.branch.memberships.get(person__name="何新").pk
    answer = client.get(f"/members/?export=csv&col=kind&row={ticked}")

    assert b"".join(answer.streaming_content).count(b"\n") == 2  # type: ignore[attr-defined]


def test_a_file_of_ticked_rows_says_so(
    members: Callable[..., str], client: Client, town: Town
) -> None:
    ticked = town.branch.memberships.get(person__name="何新").pk
    facts = [
        [str(cell.value) for cell in row]
        for address in ("/members/?export=xlsx", f"/members/?export=xlsx&row={ticked}")
        for row in _book(client.get(address)).worksheets[1].iter_rows()
    ]

    assert facts.count(["筛选", "只有勾选的行"]) == 1


def _book(answer: Any) -> Any:
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_who_may_not_export_cannot(grid_worker: User, signed_in: SignIn) -> None:
    assert signed_in(grid_worker).get("/members/?export=csv").status_code == 403


def test_no_cache_takes_a_part_for_the_page(clerk: User, signed_in: SignIn) -> None:
    answer = signed_in(clerk).get("/members/")

    assert "HX-Request" in answer["Vary"] and "HX-Target" in answer["Vary"]
    assert "private" in answer["Cache-Control"]
