import io
from typing import Any

import openpyxl
import pytest

from sanqiao.kernel.sheets.columns import Column, Lookup, Text, lookup_table
from sanqiao.kernel.sheets.reading import RefusedRow
from sanqiao.kernel.sheets.sheet import Sheet
from sanqiao.kernel.sheets.writing import refused_file, template

from .make import AREAS, LI, MEMBERS, WANG, ZHAO, read, read_cells, xlsx

pytestmark = pytest.mark.no_db

HEAD = ["姓名", "身份证号", "性别"]


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def filled(content: bytes, *rows: list[object]) -> bytes:
    """The file with rows typed from row 3 on."""
    book = opened(content)
    for number, row in enumerate(rows, 3):
        for place, cell in enumerate(row, 1):
            book.worksheets[0].cell(number, place, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def validations(content: bytes) -> dict[str, Any]:
    """By the letter of their column."""
    found = opened(content).worksheets[0].data_validations.dataValidation
    return {str(rule.sqref)[0]: rule for rule in found}


def test_the_template_offers_what_may_stand_in_each_column() -> None:
    rules = validations(template(MEMBERS, AREAS))
    assert rules["D"].formula1 == '"男,女"'
    assert rules["I"].formula1 == '"是,否"'
    assert (rules["E"].type, rules["H"].type, rules["G"].type) == ("date", "whole", "decimal")
    assert (rules["H"].formula1, rules["H"].formula2) == ("0", "150")
    assert rules["B"].prompt.startswith("必填")
    assert (rules["D"].errorStyle, rules["F"].errorStyle) == (None, "warning")


def test_codes_and_phones_are_text_and_dates_are_dates() -> None:
    page = opened(template(MEMBERS, AREAS)).worksheets[0]
    spans = page.column_dimensions.values()
    forms = {n: span.number_format for span in spans for n in range(span.min, span.max + 1)}
    assert [forms[n] for n in (1, 2, 3, 4, 6, 9)] == ["@"] * 6
    assert (forms[5], forms[7]) == ("yyyy-mm-dd", "General")


def test_headers_show_what_is_required_and_why() -> None:
    page = opened(template(MEMBERS, AREAS)).worksheets[0]
    assert [cell.value for cell in page[1]][:3] == ["姓名 *", "身份证号 *", "手机号"]
    assert "18 位" in page["B1"].comment.text
    assert page["A1"].font.color.rgb == "FFC8102E"


def test_an_empty_template_reads_as_nothing_and_its_example_is_passed_over() -> None:
    content = template(MEMBERS, AREAS)
    reading = read(content)
    assert (reading.rows, reading.refused, reading.problems, reading.warnings) == ([], [], [], [])
    assert opened(content).worksheets[0]["A2"].value.startswith("示例")


def test_a_filled_template_is_read() -> None:
    reading = read(filled(template(MEMBERS, AREAS), ["王伟", WANG], ["李娜", LI]))
    assert [row.number for row in reading.rows] == [3, 4]
    assert reading.given == tuple(column.name for column in MEMBERS.columns)


def test_the_example_is_an_example_only_in_its_own_place() -> None:
    reading = read(xlsx(HEAD, ["王伟", WANG], ["示例\uff1a李", LI]))
    assert len(reading.rows) == 2


def test_the_notes_explain_every_column() -> None:
    notes = opened(template(MEMBERS, AREAS))["填写说明"]
    texts = [str(cell.value) for row in notes.iter_rows() for cell in row if cell.value]
    assert "每人一行。" in texts
    assert {str(column.title) for column in MEMBERS.columns} <= set(texts)
    assert "男、女" in texts


def test_a_long_list_stands_on_a_hidden_sheet() -> None:
    sheet = Sheet(
        "x", "表", (), (Column("a", "甲", Lookup("many")), Column("b", "乙", Lookup("few")))
    )
    many = lookup_table((n, f"第{n:03}网格", ()) for n in range(300))
    few = lookup_table([(1, "一,二", ())])
    content = template(sheet, {"many": many, "few": few})
    book = opened(content)
    assert book["选项"].sheet_state == "hidden"
    assert (book["选项"]["A300"].value, book["选项"]["B1"].value) == ("第299网格", "一,二")
    rules = validations(content)
    assert rules["A"].formula1 == "'选项'!$A$1:$A$300"
    assert rules["B"].formula1 == "'选项'!$B$1:$B$1"


def test_long_help_is_cut_to_what_excel_shows() -> None:
    sheet = Sheet("x", "表" * 40, (), (Column("a", "甲" * 40, Text, help="说" * 400),))
    rule = validations(template(sheet))["A"]
    assert (len(rule.prompt), len(rule.promptTitle)) == (255, 32)


def refused() -> bytes:
    rows = [["王伟", WANG, "男"], ["", LI, "先生"], ["赵强", ZHAO[:-1] + "1", "男"]]
    return refused_file(MEMBERS, read(xlsx([*HEAD, "星座"], *rows)))


def test_the_refused_file_shows_the_rows_as_typed_with_reasons_in_the_last_column() -> None:
    page = opened(refused()).worksheets[0]
    assert [cell.value for cell in page[1]] == ["姓名 *", "身份证号 *", "性别", "原因"]
    assert [cell.value for cell in page[2]][:3] == [None, LI, "先生"]
    assert page["D2"].value.startswith("姓名\uff1a必填\uff1b性别\uff1a")
    assert page["D2"].font.color.rgb == "FFC8102E"


def test_the_wrong_cells_are_red_and_commented_and_the_right_ones_are_not() -> None:
    page = opened(refused()).worksheets[0]
    assert page["C2"].fill.fgColor.rgb == "FFFFC7CE"
    assert "不在可选项内" in page["C2"].comment.text
    assert "校验码" in page["B3"].comment.text
    assert page["B2"].comment is None


def test_a_mended_refused_file_is_read_again_without_further_ado() -> None:
    book = opened(refused())
    page = book.worksheets[0]
    page["A2"], page["C2"], page["B3"] = "李娜", "女", ZHAO
    buffer = io.BytesIO()
    book.save(buffer)
    reading = read(buffer.getvalue())
    assert [row.values[:2] for row in reading.rows] == [("李娜", LI), ("赵强", ZHAO)]
    assert (reading.refused, reading.warnings) == ([], [])
    assert reading.given == ("name", "id_number", "sex")


@pytest.mark.parametrize(
    ("name", "cell"), [("id_number", 360426199101010071), ("phone", "=1+1"), ("fee", "#N/A")]
)
def test_an_unmended_refused_file_is_refused_again(name: str, cell: object) -> None:
    first = read_cells(**{name: cell})
    again = read(refused_file(MEMBERS, first))
    assert again.refused == [RefusedRow(2, *first.refused[0][1:])]
