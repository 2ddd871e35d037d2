from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from sanqiao.kernel.importing import import_file
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import RowsRefused
from sanqiao.work.returns.commands import import_cells, import_returns
from sanqiao.work.returns.models import (
    ComparisonTable,
    Return,
    ReturnEntry,
    ReturnForm,
    ReturnVersion,
)
from sanqiao.work.returns.rows import EntryRow
from sanqiao.work.returns.sheets import SHEETS
from tests.make import Town

from .make import GOOD, make_form, make_return

HEAD = [
    "报表",
    "期别",
    "填报区划",
    "分区划",
    "项目",
    "数值",
    "数据来源",
    "附注",
    "更正原因",
    "报送日期",
]


@pytest.fixture
def form(city_officer: User) -> ReturnForm:
    return make_form(by=city_officer, code="daily")


@pytest.fixture
def record(form: ReturnForm, town: Town, city_officer: User) -> Return:
    return make_return(form, town.city, by=city_officer)


def rows(numbers: dict[str, int] | None = None, **more: Any) -> list[EntryRow]:
    usual: dict[str, Any] = {
        "form": "daily", "period": "2020-02-06", "area_key": "420300", "part_key": "",
        "source": "通报", "note": "", "why": "", "filed_on": date(2020, 2, 7),
    }  # fmt: skip
    given = numbers or GOOD
    return [EntryRow(**usual | more, line=c, value=Decimal(v)) for c, v in given.items()]


def test_a_file_is_filed_once_however_often_it_comes(record: Return, city_officer: User) -> None:
    done = [import_returns(rows=rows(), by=city_officer) for _n in range(3)]
    assert done == [(4, 0, 0), (0, 0, 4), (0, 0, 4)]
    assert ReturnVersion.objects.count() == 1


def test_the_day_on_the_paper_decides_what_is_late(record: Return, city_officer: User) -> None:
    import_returns(rows=rows(filed_on=date(2020, 2, 8)), by=city_officer)
    record.refresh_from_db()
    assert (record.filed_on, record.is_late) == (date(2020, 2, 8), True)


def test_numbers_that_are_not_in_the_file_stay(record: Return, city_officer: User) -> None:
    parts = rows({"confirmed": 395}, part_key="420302")
    import_returns(rows=[*rows(), *parts], by=city_officer)
    more = rows({"new": 42}, why="补新增")
    assert import_returns(rows=more, by=city_officer) == (1, 0, 0)

    current = ReturnEntry.objects.filter(version__is_current=True)
    assert current.count() == 6
    assert current.get(is_part=True).area.key == "420302"


def test_two_periods_of_one_file_know_each_other(
    form: ReturnForm, record: Return, town: Town, city_officer: User
) -> None:
    make_return(form, town.city, by=city_officer, period="2020-02-07")
    later = rows({**GOOD, "confirmed": 390, "in_hospital": 366}, period="2020-02-07")
    with pytest.raises(RowsRefused) as refusal:
        import_returns(rows=[*later, *rows()], by=city_officer)
    assert [(e.row, e.field, e.code) for e in refusal.value.errors] == [
        (0, "note", "returns.note_missing")
    ]
    assert not ReturnVersion.objects.exists()


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"form": "weekly"}, "form", "returns.unknown_form"),
    ({"period": "2020-02"}, "period", "returns.bad_period"),
    ({"period": "2020-02-05"}, "period", "returns.not_asked"),
    ({"area_key": "420302"}, "period", "returns.not_asked"),
    ({"area_key": "9"}, "area_key", "areas.unknown"),
    ({"part_key": "9"}, "part_key", "returns.unknown_area"),
]


@pytest.mark.parametrize(("change", "field", "code"), BAD, ids=lambda value: str(value)[:24])
def test_bad_rows_are_named(
    change: dict[str, Any], field: str, code: str, record: Return, city_officer: User
) -> None:
    with pytest.raises(RowsRefused) as refusal:
        import_returns(rows=rows(**change), by=city_officer)
    assert {(e.field, e.code) for e in refusal.value.errors} >= {(field, code)}
    assert not ReturnVersion.objects.exists()


def test_lines_are_known_by_name_and_come_once(record: Return, city_officer: User) -> None:
    good = rows()
    with pytest.raises(RowsRefused) as refusal:
        import_returns(rows=[*good, good[0]._replace(line="累计确诊")], by=city_officer)
    assert [(e.row, e.code) for e in refusal.value.errors] == [(4, "import.twin")]
    with pytest.raises(RowsRefused) as refusal:
        import_returns(rows=[*good, good[0]._replace(line="床位")], by=city_officer)
    assert [(e.row, e.code) for e in refusal.value.errors] == [(4, "returns.unknown_line")]


def test_a_correction_needs_its_reason_in_the_file(record: Return, city_officer: User) -> None:
    import_returns(rows=rows(), by=city_officer)
    with pytest.raises(RowsRefused) as refusal:
        import_returns(rows=rows({"new": 1}), by=city_officer)
    assert [(e.field, e.code) for e in refusal.value.errors] == [("why", "returns.why_missing")]


def test_who_may_not_import_there_is_refused(record: Return, county_officer: User) -> None:
    with pytest.raises(RowsRefused) as refusal:
        import_returns(rows=rows(), by=county_officer)
    assert refusal.value.errors[0].code == "areas.out_of_scope"


def workbook(head: list[str], lines: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (head, *lines):
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_spreadsheet_is_previewed_and_then_filed(record: Return, city_officer: User) -> None:
    lines: list[list[Any]] = [
        ["疫情日报", "2020-02-06", "十堰市", None, name, value, "通报", None, None, date(2020, 2, 7)]
        for name, value in (("累计确诊", "1,395"), ("累计出院", 24), ("累计病亡", 0), ("在院治疗", 1371))
    ]  # fmt: skip
    lines.append([*lines[0][:3], "茅箭区", "累计确诊", 1395, *lines[0][6:]])
    given: dict[str, Any] = {
        "register": SHEETS["returns"],
        "filename": "日报.xlsx",
        "by": city_officer,
    }

    content = workbook(HEAD, lines)
    preview = import_file(content=content, dry_run=True, **given)
    assert (len(preview.create), preview.refused, preview.problems) == (5, [], [])
    assert not ReturnVersion.objects.exists()
    assert import_file(content=content, dry_run=False, **given).done == (5, 0, 0)
    assert import_file(content=content, dry_run=False, **given).done == (0, 0, 5)


@pytest.mark.parametrize("value", [-1, "十", "0.12345", "nan"])
def test_a_value_is_a_number_that_is_not_negative(
    value: object, record: Return, city_officer: User
) -> None:
    line = ["疫情日报", "2020-02-06", "十堰市", None, "累计确诊", value, None, None, None, None]
    preview = import_file(
        register=SHEETS["returns"], content=workbook(HEAD, [line]), filename="a.xlsx",
        by=city_officer, dry_run=True,
    )  # fmt: skip
    assert list(preview.refused[0].errors) == ["value"]


def test_a_comparison_table_comes_from_a_spreadsheet(form: ReturnForm, city_officer: User) -> None:
    head = ["系列", "对照表", "范围", "口径（报表）", "数据日期", "来源", "地区", "项目", "数值"]
    lines = [
        [
            "hubei",
            "全省累计数",
            "全省",
            "daily",
            date(2020, 3, 10),
            "省通报",
            area,
            "累计确诊",
            value,
        ]
        for area, value in (("武汉市", 49978), ("十堰市", 672))
    ]
    given: dict[str, Any] = {
        "register": SHEETS["comparison_tables"],
        "filename": "a.xlsx",
        "by": city_officer,
    }
    assert import_file(content=workbook(head, lines), dry_run=False, **given).done == (2, 0, 0)
    assert import_file(content=workbook(head, lines), dry_run=False, **given).done == (0, 0, 2)

    lines[0][-1] = 50333
    assert import_file(content=workbook(head, lines), dry_run=False, **given).done == (0, 2, 0)
    assert list(ComparisonTable.objects.values_list("number", "is_current")) == [
        (1, False),
        (2, True),
    ]
    own = ComparisonTable.objects.current().get().rows.filter(area__isnull=False)
    assert [row.name for row in own] == ["十堰市"]


def test_an_empty_file_is_nothing(form: ReturnForm, city_officer: User) -> None:
    assert import_returns(rows=[], by=city_officer) == (0, 0, 0)
    assert import_cells(rows=[], by=city_officer) == (0, 0, 0)
