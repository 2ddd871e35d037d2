import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.sheets import exporting
from sanqiao.kernel.sheets.exporting import export_csv, export_xlsx, tab

from .make import MEMBERS, WANG, read

pytestmark = pytest.mark.no_db

ROW = [
    "=1+1",
    True,
    None,
    3,
    Decimal("2.50"),
    date(2020, 6, 4),
    datetime(2020, 6, 3, 23, tzinfo=UTC),
]


def exported(path: Path, rows: list[list[object]]) -> openpyxl.Workbook:
    facts = [("筛选", "茅箭区"), ("截至", date(2020, 6, 4))]
    export_xlsx(path, "党员", ["甲", "乙"], rows, facts)
    return openpyxl.load_workbook(path)


def test_an_export_holds_typed_cells_and_no_formulas(tmp_path: Path) -> None:
    page = exported(tmp_path / "a.xlsx", [ROW])["党员"]
    values = [cell.value for cell in page[2]]
    midnight, morning = datetime(2020, 6, 4), datetime(2020, 6, 4, 7)  # noqa: DTZ001
    assert values == ["=1+1", "是", None, 3, 2.5, midnight, morning]
    assert page["A2"].data_type == "s"


def test_the_second_sheet_says_what_was_exported(tmp_path: Path) -> None:
    about = exported(tmp_path / "a.xlsx", [])["说明"]
    assert [about["A1"].value, about["B1"].value] == ["筛选", "茅箭区"]
    assert about["B2"].value == datetime(2020, 6, 4)  # noqa: DTZ001


def test_a_long_number_stays_whole_as_text(tmp_path: Path) -> None:
    page = exported(tmp_path / "a.xlsx", [[360426199101010071]])["党员"]
    assert page["A2"].value == WANG


def test_more_rows_than_a_sheet_holds_go_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_A_SHEET", 2)
    book = exported(tmp_path / "a.xlsx", [[number] for number in range(4)])
    assert book.sheetnames == ["党员", "党员 (2)", "说明"]
    assert [cell.value for cell in book["党员 (2)"]["A"]] == ["甲", 2, 3]


def test_a_csv_opens_in_excel_and_runs_no_formula() -> None:
    content = b"".join(export_csv(["甲", "乙"], [ROW, ["@x", "-5", -5]]))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1] == ["'=1+1", "是", "", "3", "2.50", "2020-06-04", "2020-06-04 07:00"]
    assert rows[2] == ["'@x", "'-5", "-5"]


def test_a_csv_comes_in_pieces() -> None:
    pieces = list(export_csv(["甲"], ([number] for number in range(1200))))
    assert len(pieces) == 3
    assert b"".join(pieces).count(b"\r\n") == 1201


@given(st.lists(st.text(max_size=9), min_size=1, max_size=4))
def test_no_csv_cell_begins_like_a_formula(texts: list[str]) -> None:
    content = b"".join(export_csv(["甲"], [[text.replace("\r", "\t")] for text in texts])).decode(
        "utf-8-sig"
    )
    cells = [cell for row in csv.reader(io.StringIO(content, "")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(exporting.FORMULA_STARTS)]


def test_an_exported_list_can_be_read_again() -> None:
    head = [str(column.title) for column in MEMBERS.columns]
    row = [
        "王伟",
        WANG,
        "0719-8123456",
        "男",
        date(2020, 6, 4),
        "三桥社区第一网格",
        Decimal("5"),
        30,
        True,
    ]
    (again,) = read(b"".join(export_csv(head, [row]))).rows
    assert again.values == (*row[:3], "m", row[4], 1, *row[6:])


@pytest.mark.parametrize(
    ("title", "name"), [("党员", "党员"), ("a/b:c?", "a b c"), ("'x'", "x"), ("长" * 40, "长" * 31)]
)
def test_names_of_sheets_are_such_as_excel_allows(title: str, name: str) -> None:
    assert tab(title) == name
