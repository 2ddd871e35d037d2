import io

import pytest
import xlsxwriter

from sanqiao.kernel.sheets.headers import Headers

from .make import LI, MEMBERS, WANG, read, value, xlsx

pytestmark = pytest.mark.no_db

HEAD = ["姓名", "身份证号", "性别"]
ROW = ["王伟", WANG, "男"]


def test_a_wrong_sheet_is_told_which_headers_were_expected() -> None:
    (problem,) = read(xlsx(["楼栋", "单元"], ["1", "2"])).problems
    assert "没有找到表头" in problem
    assert "“党员”" in problem
    assert "姓名、身份证号" in problem


def test_missing_columns_are_named() -> None:
    (problem,) = read(xlsx(["姓名", "性别"], ["王伟", "男"])).problems
    assert problem.endswith("身份证号")


def test_unknown_columns_are_named_and_passed_over() -> None:
    reading = read(xlsx([*HEAD, "星座", "血型"], [*ROW, "白羊", "A"]))
    assert reading.ignored_columns == ["星座", "血型"]
    assert "星座、血型" in reading.warnings[0]
    assert value(reading, "sex") == "m"


def test_a_header_that_stands_twice_is_refused() -> None:
    (problem,) = read(xlsx([*HEAD, "姓 名"], [*ROW, "李娜"])).problems
    assert "表头重复" in problem
    assert "姓名" in problem


def test_a_column_that_the_file_lacks_is_not_given() -> None:
    reading = read(xlsx(HEAD, ROW))
    assert reading.given == ("name", "id_number", "sex")
    assert value(reading, "fee") is None


def test_titles_above_the_header_are_passed_over() -> None:
    titles = [["三桥社区党员名册"], ["填报单位", "", "2020年"], []]
    reading = read(xlsx(*titles, HEAD, ROW))
    assert (value(reading, "name"), reading.rows[0].number) == ("王伟", 5)


def test_a_header_below_the_tenth_row_is_not_sought() -> None:
    assert len(read(xlsx(*[["说明"]] * 9, HEAD, ROW)).rows) == 1
    assert "没有找到表头" in read(xlsx(*[["说明"]] * 10, HEAD, ROW)).problems[0]


def merged(*headers: tuple[str, str], group: str = "身份信息") -> bytes:
    """姓名 merged down over two rows, the other names below a group that is merged across."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 3, "党员名册")
        page.merge_range(1, 0, 2, 0, "姓名")
        page.merge_range(1, 1, 1, 2, group)
        page.write_row(2, 1, ["身份证号", "性别"])
        page.write_row(3, 0, ROW)
    return buffer.getvalue()


@pytest.mark.parametrize("group", ["身份信息", "性别"])
def test_merged_headers_of_two_rows_are_read_together(group: str) -> None:
    reading = read(merged(group=group))
    assert value(reading, "id_number") == WANG
    assert value(reading, "sex") == "m"
    assert reading.rows[0].number == 4


@pytest.mark.parametrize(
    "header",
    [
        "姓名 *",
        " 姓 名 ",
        "姓名(必填)",
        "\uff0a姓名\uff1a",
        "姓名\n(与身份证一致)",
        "name",
        "姓名\uff08必填\uff09",
    ],
)
def test_marks_spaces_and_hints_in_a_header_do_not_count(header: str) -> None:
    assert Headers(MEMBERS).name(header) == "name"


def test_aliases_count_as_headers() -> None:
    assert Headers(MEMBERS).name("联系电话") == "phone"


def test_the_sheet_with_our_title_is_read_wherever_it_stands() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, person in (("去年", LI), ("党员", WANG)):
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEAD)
            page.write_row(1, 0, ["王伟", person, "男"])
    reading = read(buffer.getvalue())
    assert value(reading, "id_number") == WANG
    assert "去年" in reading.warnings[0]


def test_another_sheet_is_read_when_only_it_has_the_columns() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("封面").write(0, 0, "封面")
        page = book.add_worksheet("Sheet2")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ROW)
        hidden = book.add_worksheet("藏")
        hidden.hide()
    assert value(read(buffer.getvalue()), "name") == "王伟"
