from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.work.returns.commands import claim_superlative, quote_superlative, rank_table
from sanqiao.work.returns.models import (
    ComparisonTable,
    Ranking,
    ReturnForm,
    Standing,
    Superlative,
)
from sanqiao.work.returns.rows import RankingSpec, Saying
from tests.make import Town

from .make import make_form, make_table, numbers

ROWS = (
    ("武汉市", None, 49978, 33041, 2423),
    ("咸宁市", None, 836, 812, 14),
    ("十堰市", "420300", 672, 604, 8),
    ("神农架林区", None, 11, 11, 0),
)
SMALL = (("神农架林区", "病例仅11例"),)
FATALITY = RankingSpec("fatality", "病死率", "deaths", "confirmed", True, False, SMALL)


@pytest.fixture
def form(town: Town, city_officer: User) -> ReturnForm:
    return make_form(by=city_officer, code="daily")


@pytest.fixture
def table(form: ReturnForm, city_officer: User) -> ComparisonTable:
    return make_table(form, ROWS, by=city_officer)


def saying(text: str, **given: Any) -> Saying:
    usual: dict[str, Any] = {
        "area_key": "420300", "measure": "hubei.fatality", "source": "综述",
        "on_day": date(2020, 6, 30),
    }  # fmt: skip
    return Saying(**usual | given, text=text)


def places(ranking: Ranking) -> dict[str, tuple[int | None, int]]:
    rows = ranking.standings.values_list("row__name", "place", "place_of_all")
    return {name: (place, of_all) for name, place, of_all in rows}


def test_areas_outside_our_tree_are_names_alone(table: ComparisonTable, town: Town) -> None:
    own = table.rows.exclude(area=None)
    assert [(row.name, row.area_id) for row in own] == [("十堰市", town.city.pk)]
    assert table.rows.count() == 4


def test_a_table_without_a_source_is_none(form: ReturnForm, city_officer: User) -> None:
    with pytest.raises(Refused) as refusal:
        make_table(form, ROWS, by=city_officer, source=" ")
    assert refusal.value.code == "returns.no_source"


def test_printed_totals_are_checked_and_asked_about(form: ReturnForm, city_officer: User) -> None:
    wrong = numbers(confirmed=51497, discharged=34468, deaths=2445, in_hospital=1)
    with pytest.raises(Refused) as refusal:
        make_table(form, ROWS, by=city_officer, totals=wrong)
    assert (refusal.value.code, refusal.value.field) == ("returns.note_missing", "note")

    kept = make_table(form, ROWS, by=city_officer, totals=wrong, note="照录")
    assert [(w["line"], w["stated"], w["computed"]) for w in kept.warnings] == [
        ("in_hospital", "1", "14584")
    ]


def test_a_ranking_leaves_out_in_words_and_keeps_the_place_of_all(
    table: ComparisonTable, city_officer: User
) -> None:
    ranking = rank_table(table=table, spec=FATALITY, by=city_officer)
    assert places(ranking) == {
        "武汉市": (3, 4), "咸宁市": (2, 3), "十堰市": (1, 2), "神农架林区": (None, 1),
    }  # fmt: skip


def test_a_rate_without_a_denominator_is_not_ranked(
    table: ComparisonTable, city_officer: User
) -> None:
    with pytest.raises(Refused) as refusal:
        rank_table(table=table, spec=RankingSpec("r", "感染率", "confirmed"), by=city_officer)
    assert refusal.value.code == "returns.no_denominator"
    with pytest.raises(IntegrityError, match="ranking_rate_has_denominator"), transaction.atomic():
        Ranking.objects.create(
            table=table, code="r", name="r", numerator=table.columns.earliest("id")
        )


BAD: list[tuple[dict[str, Any], str]] = [
    ({"numerator": "beds"}, "returns.unknown_line"),
    ({"denominator": "in_hospital"}, "returns.unknown_line"),
    ({"excluded": (("襄阳市", "无"),)}, "returns.unknown_row"),
    ({"excluded": (("武汉市", " "),)}, "returns.exclusion_unsaid"),
    (
        {"numerator": "confirmed", "denominator": "deaths", "excluded": ()},
        "returns.zero_denominator",
    ),
]


@pytest.mark.parametrize(("change", "code"), BAD, ids=lambda v: v if isinstance(v, str) else "")
def test_what_cannot_be_ordered_is_refused(
    change: dict[str, Any], code: str, table: ComparisonTable, city_officer: User
) -> None:
    with pytest.raises(Refused) as refusal:
        rank_table(table=table, spec=FATALITY._replace(**change), by=city_officer)
    assert refusal.value.code == code


def test_a_corrected_table_is_a_new_version_ranked_as_before(
    table: ComparisonTable, form: ReturnForm, city_officer: User
) -> None:
    rank_table(table=table, spec=FATALITY, by=city_officer)
    better = (("武汉市", None, 49978, 33041, 1), *ROWS[1:])
    second = make_table(form, better, by=city_officer)

    table.refresh_from_db()
    assert (table.is_current, second.number) == (False, 2)
    assert places(second.rankings.get())["十堰市"] == (2, 3)
    assert Standing.objects.filter(ranking__table=table).count() == 4


def test_a_table_holds_until_the_next_of_its_series(
    table: ComparisonTable, form: ReturnForm, city_officer: User
) -> None:
    make_table(form, ROWS, by=city_officer, on_day=date(2020, 4, 1))
    make_table(form, ROWS, by=city_officer, on_day=date(2020, 3, 20))
    found = ComparisonTable.objects.current().order_by("valid_from")
    days = [date(2020, 3, 10), date(2020, 3, 20), date(2020, 4, 1)]
    assert list(found.values_list("valid_from", "valid_to")) == list(
        zip(days, [*days[1:], None], strict=True)
    )


def test_a_superlative_stands_where_the_table_bears_it_out(
    table: ComparisonTable, city_officer: User
) -> None:
    rank_table(table=table, spec=FATALITY, by=city_officer)
    text = "不含神农架林区，病死率全省最低"
    said = claim_superlative(saying=saying(text), by=city_officer)
    assert said.stands
    assert said.standing
    assert (said.standing.place, said.standing.row.name) == (1, "十堰市")


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("病死率全省最低", {}, "returns.exclusion_unsaid"),
    ("感染率全省最低", {"measure": "hubei.infection"}, "returns.no_ranking"),
    ("治愈率全国最高", {"measure": "china.cure"}, "returns.no_ranking"),
    ("病死率最低", {"on_day": date(2020, 3, 9)}, "returns.no_ranking"),
    ("神农架林区以外病死率第二低", {"place": 2}, "returns.not_in_place"),
    ("茅箭区病死率最低", {"area_key": "420302"}, "returns.not_in_table"),
]


@pytest.mark.parametrize(("text", "given", "code"), REFUSED)
def test_a_superlative_without_a_table_is_refused_and_a_printed_one_is_kept_with_the_reason(
    text: str, given: dict[str, Any], code: str, table: ComparisonTable, city_officer: User
) -> None:
    rank_table(table=table, spec=FATALITY, by=city_officer)
    with pytest.raises(Refused) as refusal:
        claim_superlative(saying=saying(text, **given), by=city_officer)
    assert refusal.value.code == code
    assert not Superlative.objects.exists()

    kept = quote_superlative(saying=saying(text, **given), by=city_officer)
    assert (kept.stands, kept.refusal, kept.reason) == (False, code, refusal.value.message)


def test_one_print_of_a_measure_is_kept(table: ComparisonTable, city_officer: User) -> None:
    quote_superlative(saying=saying("最低"), by=city_officer)
    with pytest.raises(Refused) as refusal:
        quote_superlative(saying=saying("最低"), by=city_officer)
    assert refusal.value.code == "returns.quoted_already"


def test_the_database_lets_nothing_stand_without_a_table(
    table: ComparisonTable, town: Town, city_officer: User
) -> None:
    with pytest.raises(IntegrityError, match="superlative_stands_on_a_table"), transaction.atomic():
        Superlative.objects.create(
            area=town.city, area_path=town.city.path, measure="hubei.x", text="最高", source="我",
            on_day=date(2020, 6, 30), stands=True, said_by=city_officer,
        )  # fmt: skip


def test_only_the_city_compares(
    form: ReturnForm, table: ComparisonTable, county_officer: User
) -> None:
    acts = (
        lambda: make_table(form, ROWS, by=county_officer),
        lambda: rank_table(table=table, spec=FATALITY, by=county_officer),
        lambda: claim_superlative(saying=saying("最低"), by=county_officer),
    )
    for act in acts:
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "returns.not_allowed"
