"""What a report may not say, by the relation of the source that each sentence would break."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.reference import returns
from sanqiao.reference.city import City
from sanqiao.registers.areas.models import Area
from sanqiao.reports.commands import draft_report, publish_report
from sanqiao.reports.compose import compose
from sanqiao.reports.models import WorkReport
from sanqiao.reports.reference import reference_text
from tests.make import make_area, make_grant

START, AS_OF = date(2020, 1, 23), date(2020, 6, 30)
TABLE = "据2020年3月10日的《湖北省新冠肺炎疫情分地区累计数》，"
LEFT_OUT = "神农架林区不参加排序，"
FATALITY, CURE = "{{returns.fatality_rank}}", "{{returns.cure_rank}}"


@pytest.fixture
def city(settings: Any, tmp_path: Path) -> Area:
    """十堰市 with the published tables and totals."""
    settings.MEDIA_ROOT = tmp_path
    root = make_area("city", key="4203", name="十堰市")
    reference = City(0.01)
    for row in reference.territory.counties:
        make_area("county", root, key=row.key, name=row.name, kind=row.kind)
    by = make_grant(role="city_officer", area=root).user
    for part in returns.parts(reference):
        part.load(User.objects.get(pk=by.pk))
    return root


def report_of(city: Area, text: str, **more: Any) -> WorkReport:
    given = {"title": "综述", "area": city, "area_path": city.path, "sign": "某"} | more
    return WorkReport(text=text, start=START, as_of=AS_OF, **given)


def refusal_of(city: Area, text: str, **more: Any) -> str:
    with pytest.raises(Refused) as refusal:
        compose(report_of(city, text, **more))
    return refusal.value.code


@pytest.mark.parametrize(
    ("relation", "text", "code"),
    [
        ("R-21", "治愈率{{returns.cure_rate}}，全省最高。", "reports.superlative"),
        ("R-21", "治愈率{{returns.cure_rate}}，全省第一。", "reports.superlative"),
        ("R-21", "治愈率居首，为{{returns.cure_rate}}。", "reports.superlative"),
        ("R-21", "治愈率为{{returns.cure_rate}}，列第1位。", "reports.superlative"),
        ("R-21", "治愈率列第{{returns.cure_rate}}位。", "reports.superlative"),
        ("R-21", f"{TABLE}{LEFT_OUT}治愈率最高，列第{CURE}位。", "returns.not_in_place"),
        ("R-21", f"{TABLE}治愈率列第{CURE}位。", "returns.exclusion_unsaid"),
        ("R-21", f"{LEFT_OUT}治愈率列第{CURE}位。", "returns.table_unsaid"),
        ("R-21", f"{TABLE[:2]}{TABLE[12:]}{LEFT_OUT}列第{CURE}位。", "returns.table_unsaid"),
        ("R-21", "列第{{returns.cure_rank_printed}}位。", "reports.no_table"),
        ("R-22", "感染率全省最低。", "reports.superlative"),
        ("R-22", f"{TABLE}{LEFT_OUT}感染率最低，列第{{{{returns.infection_rank}}}}位。",
         "reports.no_table"),
        ("R-22", "感染率列第{{returns.infection_rank_printed}}位。", "reports.no_table"),
        ("R-23", f"{TABLE}病死率最低，列第{FATALITY}位。", "returns.exclusion_unsaid"),
        ("R-23", f"病死率列第{FATALITY}位。", "returns.table_unsaid"),
        ("R-23", "病死率最低，为{{returns.fatality_rate}}。", "reports.superlative"),
        ("R-20", "捐款党员{{contributions.givers}}人，占响应动员党员"
         "{{mobilisation.responding_members}}人的多数。", "reports.stand_apart"),
        ("R-25", "包联单位{{service.paired_units}}个与报到单位{{service.reporting_units}}个之比。",
         "reports.stand_apart"),
        ("R-26", "报到{{service.checked_in}}人，占党员{{people.members}}名的一部分。",
         "reports.stand_apart"),
        ("R-27", "各类干部{{mobilisation.listed_roles}}人。", "reports.not_persons"),
        ("R-27", "各类干部{{mobilisation.listed_roles | more}}名。", "reports.not_persons"),
        ("R-31", "捐款{{contributions.cash}}元和物资折价{{contributions.goods_value}}元，合计很多。",
         "reports.stand_apart"),
        ("R-31", "又筹集{{contributions.goods_value | wan}}元。", "reports.goods_are_no_money"),
    ],
)  # fmt: skip
def test_a_sentence_that_the_relations_forbid_is_refused(
    relation: str, text: str, code: str, city: Area
) -> None:
    assert refusal_of(city, text) == code, relation


@pytest.mark.parametrize("place", ["# 治愈率全省最高", ":::table returns.cured | 治愈率全省最高"])
def test_headings_and_captions_say_no_superlative_either(place: str, city: Area) -> None:
    assert refusal_of(city, place) == "reports.superlative"


def test_a_title_says_no_superlative_either(city: Area) -> None:
    assert refusal_of(city, "正文。", title="全省最好") == "reports.superlative"


@pytest.mark.parametrize(
    "text",
    [
        f"{TABLE}{LEFT_OUT}病死率由低到高列第{FATALITY}位，为各地最低。",
        f"{TABLE}{LEFT_OUT}治愈率由高到低列第{CURE}位。",
        "驻村第一书记第一时间到岗，最大限度方便群众，兜住最低生活保障。",
        "各类干部{{mobilisation.listed_roles}}人次，不重复计算为{{mobilisation.listed_persons}}人。",
        "捐款{{contributions.cash | wan}}元，另有物资折价{{contributions.goods_value | wan}}元。",
        "第三次会议召开，全市第二批名单印发。",
    ],
)
def test_what_stands_on_its_table_or_claims_nothing_is_printed(text: str, city: Area) -> None:
    compose(report_of(city, text))


def test_no_gap_is_published_in_a_sentence(city: Area) -> None:
    by = make_grant(role="city_officer", area=city).user
    text = "当日确诊{{returns.confirmed 2020-02-01}}人。"
    report = draft_report(
        area=city, title="综述", text=text, start=START, as_of=AS_OF, sign="某", by=by
    )

    compose(report)
    with pytest.raises(Refused) as refusal:
        publish_report(report=report, by=by)

    assert refusal.value.code == "reports.no_value"
    assert "累计确诊" in refusal.value.message and "2020-02-01" in refusal.value.message
    report.refresh_from_db()
    assert report.state == WorkReport.State.DRAFT


def test_gifts_are_listed_by_area_but_not_drawn(city: Area) -> None:
    for show in ("chart", "map"):
        text = f":::{show} contributions.cash | 各地捐款"
        assert refusal_of(city, text) == "reports.not_comparable"
    document = compose(report_of(city, ":::table contributions.cash | 各地捐款"))
    names = [row[0] for block in document.blocks for row in block.rows]  # type: ignore[union-attr]
    assert names == list(Area.objects.filter(level="county").order_by("key").values_list(
        "name", flat=True
    ))  # fmt: skip


def test_the_reference_report_says_each_contradiction_and_lists_its_checks(city: Area) -> None:
    document = compose(report_of(city, reference_text()))

    shown = {line.name for line in document.checks}
    assert {
        "mobilisation.givers_are_no_responders", "mobilisation.roles_overlap",
        "returns.cure_superlative", "returns.infection_superlative",
        "returns.fatality_superlative", "service.reporting_and_paired",
        "service.checked_in_are_not_all_members", "organisations.compound_cover",
        "contributions.goods_are_no_money", "returns.places_are_no_amounts",
    } <= shown  # fmt: skip
    flagged = {line.name: line.note for line in document.checks if not line.holds}
    assert flagged["returns.cure_superlative"].startswith("10 与 1；")
    assert flagged["returns.infection_superlative"].startswith("— 与 1；")


def test_a_report_carries_the_checks_of_its_own_numbers_alone(city: Area) -> None:
    document = compose(report_of(city, "党员{{people.members}}名。"))
    assert "people.members_add_up" in {line.name for line in document.checks}
    assert not any(line.name.startswith("returns.") for line in document.checks)
