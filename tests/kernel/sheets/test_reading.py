import gc
from datetime import date, datetime
from decimal import Decimal

import pytest

from sanqiao.kernel.sheets.columns import Column, Text
from sanqiao.kernel.sheets.sheet import Sheet

from .make import LI, WANG, ZHAO, error, read, read_cells, value, xlsx

pytestmark = pytest.mark.no_db

HEAD = ["姓名", "身份证号", "手机号"]


def test_a_full_row_is_read_into_values() -> None:
    reading = read_cells(
        sex="男", joined_on=date(2020, 6, 4), area="三桥社区第一网格", fee=12.5, age=30, away="是"
    )
    day, fee = date(2020, 6, 4), Decimal("12.50")
    assert reading.rows[0].values == ("王伟", WANG, None, "m", day, 1, fee, 30, True)
    assert not (reading.refused or reading.problems or reading.warnings)


@pytest.mark.parametrize(
    ("column", "typed", "words"),
    [
        ("id_number", "230307196304054513", "校验码不对"),
        ("id_number", 360426199101010071, "末尾几位已丢失"),
        ("name", "", "必填"),
        ("phone", "110", "电话号码不对"),
        ("sex", "未知", "不在可选项内"),
        ("area", "月球网格", "找不到“月球网格”"),
        ("area", "一网格", "不止一个"),
        ("joined_on", "2020.2.30", "没有这一天"),
        ("fee", "很多", "应为数字"),
        ("age", 200, "应在 0 至 150 之间"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_reason(column: str, typed: object, words: str) -> None:
    reading = read_cells(**{column: typed})
    assert words in error(reading, column)
    assert list(reading.refused[0].errors) == [column]
    assert reading.rows == []


def test_every_wrong_cell_of_a_row_is_told_at_once() -> None:
    (row,) = read_cells(name="", sex="x", age="老").refused
    assert set(row.errors) == {"name", "sex", "age"}


def test_refused_rows_are_kept_as_typed_and_the_others_are_read() -> None:
    reading = read(xlsx(HEAD, ["王伟", WANG, "1"], ["李娜", LI], ["赵强", 12.5, 13800000000]))
    assert [row.number for row in reading.rows] == [3]
    assert [(row.number, row.cells[:3]) for row in reading.refused] == [
        (2, ("王伟", WANG, "1")),
        (4, ("赵强", "12.5", "13800000000")),
    ]


def test_rows_that_are_twice_in_the_file_are_both_refused_naming_each_other() -> None:
    rows = [["王伟", ZHAO], ["李娜", LI], ["赵强", ZHAO.lower()], ["钱进", ZHAO]]
    reading = read(xlsx(HEAD[:2], *rows))
    messages = {row.number: row.errors["id_number"] for row in reading.refused}
    assert messages == {2: "与第 4、5 行重复", 4: "与第 2、5 行重复", 5: "与第 2、4 行重复"}
    assert [row.number for row in reading.rows] == [3]


def test_a_unique_column_is_unique_where_it_is_filled() -> None:
    rows = [["王伟", WANG, "13800000000"], ["李娜", LI, "+86 13800000000"], ["赵强", ZHAO, ""]]
    reading = read(xlsx(HEAD, *rows))
    assert [row.errors["phone"] for row in reading.refused] == ["与第 3 行重复", "与第 2 行重复"]
    assert len(read(xlsx(HEAD, [*rows[0][:2], ""], [*rows[1][:2], ""], rows[2])).rows) == 3


def test_two_wrong_keys_are_wrong_and_not_duplicates() -> None:
    reading = read(xlsx(HEAD[:2], ["王伟", "12"], ["李娜", "12"]))
    assert {row.errors["id_number"] for row in reading.refused} == {"身份证号应为 18 位"}


def test_rows_of_spaces_are_empty_rows() -> None:
    reading = read(xlsx(HEAD, ["王伟", WANG], [" ", "\xa0", "\u200b"], ["李娜", LI]))
    assert [row.number for row in reading.rows] == [2, 4]
    assert reading.refused == []


def test_true_and_one_are_told_apart() -> None:
    reading = read(xlsx(["姓名", "身份证号", "年龄"], ["王伟", WANG, 1], ["李娜", LI, True]))
    assert [row.values[7] for row in reading.rows] == [1]
    assert "应为数字" in reading.refused[0].errors["age"]


def test_a_sheet_without_rows_has_no_rows_and_no_problem() -> None:
    reading = read(xlsx(HEAD))
    assert (reading.rows, reading.refused, reading.problems) == ([], [], [])
    assert "没有可读的工作表" not in "".join(reading.warnings)


def test_an_empty_workbook_is_told_so() -> None:
    assert "没有找到表头" in read(xlsx()).problems[0]


def test_a_file_that_holds_only_notes_has_no_sheet_to_read() -> None:
    assert "没有可读的工作表" in read(xlsx(sheet="填写说明")).problems[0]


def test_rows_without_any_required_column_may_be_partly_empty() -> None:
    loose = Sheet("x", "表", ("a", "b"), (Column("a", "甲", Text), Column("b", "乙", Text)))
    reading = read(xlsx(["甲", "乙"], ["1", ""], ["1", "2"], ["", "2"]), sheet=loose)
    assert [row.values for row in reading.rows] == [("1", ""), ("1", "2"), ("", "2")]


def test_a_sheet_that_contradicts_itself_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="c"):
        Sheet("x", "表", ("c",), (Column("a", "甲", Text),))
    with pytest.raises(ValueError, match="one name"):
        Sheet("x", "表", (), (Column("a", "甲", Text), Column("a", "乙", Text)))


def test_the_garbage_collector_runs_again_after_reading() -> None:
    read(xlsx(HEAD))
    read(b"")
    assert gc.isenabled()


def test_the_garbage_collector_stays_off_where_it_was_off() -> None:
    gc.disable()
    try:
        read(xlsx(HEAD))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_moment_among_the_refused_is_shown_with_its_time() -> None:
    moment = datetime(2020, 6, 4, 8, 30)  # noqa: DTZ001
    (row,) = read_cells(name=moment, joined_on=moment).refused
    assert (row.cells[0], row.cells[4]) == ("2020-06-04 08:30:00", "2020-06-04 08:30:00")


def test_the_phone_of_excel_is_a_number_and_still_a_phone() -> None:
    assert value(read_cells(phone=13800000000), "phone") == "13800000000"
