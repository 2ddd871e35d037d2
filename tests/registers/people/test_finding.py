"""One box finds everything that the searcher may see."""

from __future__ import annotations

from typing import Any

import pytest

from sanqiao.kernel.models import User
from sanqiao.registers.organisations.commands import create_unit, import_organisations
from sanqiao.registers.people.commands import import_members
from sanqiao.registers.people.finding import find
from tests.make import FOUNDED, Town, impossible_id_number
from tests.registers.make import area_row, member_row, organisation_row


@pytest.fixture
def people(town: Town, city_officer: User) -> None:
    """王小明 and 汪晓敏 of the first township, 王伟 of the other."""
    here, there = (town.grid.key, town.branch.code), (town.far_grid.key, town.other_branch.code)
    import_members(
        rows=[
            member_row(1, *here, name="王小明", phone="13900001234"),
            member_row(2, *here, name="汪晓敏"),
            member_row(3, *there, name="王伟", phone="13800001234"),
        ],
        by=city_officer,
    )


def titles(text: str, user: User, kind: str = "person") -> list[str]:
    return [found.title for found in find(text, user, 10) if found.kind == kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王", {"王小明", "王伟"}),
        ("王小", {"王小明"}),
        ("wang", {"王小明", "汪晓敏", "王伟"}),
        ("WangXiao", {"王小明", "汪晓敏"}),
        ("wang xiaoming", {"王小明"}),
        ("wxm", {"王小明", "汪晓敏"}),
        ("w", {"王小明", "汪晓敏", "王伟"}),
        ("1234", {"王小明", "王伟"}),
        (impossible_id_number(700_002)[-4:], {"汪晓敏"}),
        ("lisi", set()),
        ("", set()),
    ],
)
def test_people_by_chinese_pinyin_initials_and_last_four(
    people: None, city_officer: User, text: str, expected: set[str]
) -> None:
    assert set(titles(text, city_officer)) == expected


def test_a_clerk_finds_the_people_of_the_own_township(
    people: None, clerk: User, as_seen_by: Any
) -> None:
    with as_seen_by(clerk):
        user = User.objects.get(pk=clerk.pk)
        assert set(titles("1234", user)) == {"王小明"}
        assert set(titles("wang", user)) == {"王小明", "汪晓敏"}


def test_areas_organisations_and_units(town: Town, city_officer: User) -> None:
    create_unit(
        area=town.community, organisation=None, by=city_officer, name="三桥供电所",
        credit_code="91110000600037341L", kind="enterprise", rank="other", valid_from=FOUNDED,
    )  # fmt: skip
    create_unit(
        area=town.community, organisation=None, by=city_officer, name="十堰银行",
        credit_code="91110000600037342X", kind="enterprise", rank="other", valid_from=FOUNDED,
    )  # fmt: skip

    import_organisations(
        rows=[organisation_row("B", None, town.community.key, name="三桥小区党支部")],
        by=city_officer,
    )

    assert titles("三桥", city_officer, "area")[0] == "三桥社区"
    assert titles("sanqiao", city_officer, "organisation") == ["三桥小区党支部"]
    assert titles("sqgds", city_officer, "unit") == ["三桥供电所"]
    assert titles("yinhang", city_officer, "unit") == ["十堰银行"]
    assert titles("420302001001", city_officer, "area")[0] == "三桥社区"
    assert titles("91110000600037341L", city_officer, "unit") == ["三桥供电所"]


def test_each_kind_is_limited(town: Town, city_officer: User) -> None:
    from sanqiao.registers.areas.commands import import_areas

    rows = [area_row(f"X{n}", town.community.key, name=f"甲{n}网格") for n in range(15)]
    import_areas(rows=rows, by=city_officer)

    assert len(find("甲", city_officer, 10)) == 10
    assert len(find("jia", city_officer, 10)) == 10
