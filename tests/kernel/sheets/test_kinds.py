from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.sheets.cells import Cell, CellError
from sanqiao.kernel.sheets.columns import Ambiguous, Column
from sanqiao.kernel.sheets.kinds import CreditCode, Date, Flag, Kind, Lookup, Money, Text, Whole

from .make import AREAS, MEMBERS, ZHAO

pytestmark = pytest.mark.no_db


def read(name: str, cell: Cell) -> object:
    return MEMBERS.column(name).reader(AREAS)(cell)


def code(kind: Kind, cell: Cell) -> str:
    with pytest.raises(CellError) as refusal:
        Column("x", "列", kind).reader({})(cell)
    assert refusal.value.message
    return refusal.value.code


@pytest.mark.parametrize(
    "typed", [" 王伟 ", "'王伟", "\xa0王伟\u3000", "\u200b王伟\ufeff", "王 伟"]
)
def test_apostrophes_and_every_kind_of_space_are_trimmed(typed: str) -> None:
    assert read("name", typed) == "王伟"


@pytest.mark.parametrize("typed", ["", " ", "\xa0", "'", "\u200b"])
def test_an_empty_cell_is_refused_where_something_must_stand(typed: str) -> None:
    with pytest.raises(CellError, match="required"):
        read("name", typed)
    assert read("joined_on", typed) is None
    assert read("sex", typed) == ""
    assert read("away", typed) is False


@pytest.mark.parametrize("typed", [3.60426199101010e17, 360426199101010071.0, "3.60426E+17", 12.0])
def test_an_id_number_that_excel_took_for_a_number_is_refused_with_the_reason(typed: Cell) -> None:
    with pytest.raises(CellError) as refusal:
        read("id_number", typed)
    assert refusal.value.code == "id_number.as_number"
    assert "末尾几位已丢失" in refusal.value.message


def test_an_id_number_is_made_regular() -> None:
    assert read("id_number", " 11010519491231002x") == ZHAO


def test_a_secret_value_is_never_quoted() -> None:
    secret = Column("x", "列", Flag, secret=True)
    for column in (MEMBERS.column("id_number"), secret):
        with pytest.raises(CellError) as refusal:
            column.reader({})("230307196304054513")
        assert "2303" not in refusal.value.message


@pytest.mark.parametrize("typed", ["男", " 男", "m", "M"])
def test_a_choice_is_taken_by_label_or_value(typed: str) -> None:
    assert read("sex", typed) == "m"


def test_a_wrong_choice_is_told_the_right_ones() -> None:
    with pytest.raises(CellError) as refusal:
        read("sex", "先生")
    assert "“先生”" in refusal.value.message
    assert refusal.value.message.endswith("男、女")


def test_choices_may_be_computed() -> None:
    column = Column("x", "列", MEMBERS.column("sex").kind, choices=lambda: ((7, "七"),))
    assert column.reader({})("七") == 7
    assert column.reader({})(7.0) == 7


@pytest.mark.parametrize(
    ("typed", "key"), [("三桥社区第一网格", 1), ("三桥社区 第一网格", 1), (420302001.0, 1)]
)
def test_a_register_is_looked_up_by_any_name_or_number(typed: Cell, key: int) -> None:
    assert read("area", typed) == key


def test_an_unknown_area_is_refused() -> None:
    with pytest.raises(CellError, match="not_found") as refusal:
        read("area", "月球")
    assert "“月球”" in refusal.value.message


def test_an_ambiguous_area_names_what_it_could_be() -> None:
    with pytest.raises(CellError, match="ambiguous") as refusal:
        read("area", "一网格")
    assert "三桥社区第一网格 或 五堰社区第一网格" in refusal.value.message


@pytest.mark.parametrize(
    ("typed", "amount"),
    [(0.1 + 0.2, "0.30"), ("1,234.5", "1234.50"), ("\uffe5 100 元", "100.00"), (100, "100.00")],
)
def test_money_is_exact(typed: Cell, amount: str) -> None:
    assert read("fee", typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        (Money(), "1.005", "too_fine"),
        (Money(), "一百", "not_a_number"),
        (Money(), "NaN", "not_a_number"),
        (Money(), -1.0, "out_of_range"),
        (Money(), date(2020, 1, 1), "not_a_number"),
        (Money(), 1e300, "not_a_number"),
        (Whole(), 1.5, "not_whole"),
        (Whole(0, 9), 10.0, "out_of_range"),
        (Whole(), "3人", "not_a_number"),
        (Text(), date(2020, 3, 1), "date_for_text"),
        (Text(), 1e16, "digits_lost"),
        (Text(max_length=2), "abc", "too_long"),
        (Text(pattern=r"\d+"), "abc", "format"),
        (Text(), "=A1", "formula"),
        (Text(), "#N/A", "error_value"),
        (Date(), "2020.2.30", "date.impossible"),
        (Date(last=date(2020, 1, 1)), "2020-01-02", "date.range"),
        (Date(month_ok=False), "2020.06", "date.no_day"),
        (Flag(), "也许", "not_a_flag"),
        (CreditCode(), "911100006000373411", "credit_code.check_digit"),
    ],
)
def test_each_kind_refuses_with_its_own_code(kind: Kind, typed: Cell, expected: str) -> None:
    assert code(kind, typed) == expected


@pytest.mark.parametrize("typed", [date(2020, 6, 4), datetime(2020, 6, 4, 8), 43986.0, "2020.6.4"])  # noqa: DTZ001
def test_a_date_in_any_form(typed: Cell) -> None:
    assert read("joined_on", typed) == date(2020, 6, 4)


@pytest.mark.parametrize(
    ("typed", "flag"), [("√", True), ("是", True), ("TRUE", True), (0.0, False)]
)
def test_yes_and_no_in_many_words(typed: Cell, flag: bool) -> None:
    assert read("away", typed) is flag


cells = st.one_of(
    st.text(max_size=30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.sampled_from(MEMBERS.columns), cells)
def test_any_cell_gives_a_value_or_a_cell_error(column: Column, cell: Cell) -> None:
    try:
        column.reader(AREAS)(cell)
    except CellError as error:
        assert error.code
        assert error.message


@given(st.decimals(0, 10**9, places=2))
def test_money_survives_the_float_of_a_spreadsheet(amount: Decimal) -> None:
    assert read("fee", float(amount)) == amount


def test_a_plain_mapping_serves_as_look_up_table() -> None:
    column = Column("x", "列", Lookup("areas"))
    context = {"areas": {"甲": 1, "乙": Ambiguous(("乙一", "乙二"))}}
    assert column.options(context) == ["甲"]
    assert column.reader(context)("甲") == 1
