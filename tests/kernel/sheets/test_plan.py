import pytest

from sanqiao.kernel.sheets.plan import plan
from sanqiao.kernel.sheets.reading import Row

from .make import LI, MEMBERS, WANG, ZHAO, read, xlsx

pytestmark = pytest.mark.no_db

HEAD = ["姓名", "身份证号", "性别"]
EXISTING: dict[tuple[str], dict[str, object]] = {
    (WANG,): {"name": "王伟", "sex": "m", "phone": "13800000000", "id_number": WANG},
    (LI,): {"name": "李娜", "sex": None, "phone": None, "id_number": LI},
}


def test_rows_are_new_changed_unchanged_or_refused() -> None:
    rows = [["王伟", WANG, "女"], ["李娜", LI, ""], ["赵强", ZHAO, "男"], ["钱进", "12", ""]]
    found = plan(MEMBERS, read(xlsx(HEAD, *rows)), EXISTING)

    assert [row.number for row in found.create] == [4]
    assert [(row.number, changes) for row, changes in found.change] == [(2, {"sex": ("m", "f")})]
    assert found.unchanged == 1
    assert [row.number for row in found.refused] == [5]


def test_the_same_file_again_changes_nothing() -> None:
    reading = read(xlsx([*HEAD, "党费"], ["王伟", WANG, "男", 2.5], ["李娜", LI, "", ""]))
    names = [column.name for column in MEMBERS.columns]
    stored = {(row.values[1],): dict(zip(names, row.values, strict=True)) for row in reading.rows}
    found = plan(MEMBERS, reading, stored)
    assert (found.create, found.change, found.unchanged) == ([], [], 2)


def test_a_column_that_the_file_lacks_changes_nothing_and_an_emptied_cell_does() -> None:
    found = plan(MEMBERS, read(xlsx(HEAD, ["王伟", WANG, ""])), EXISTING)
    ((row, changes),) = found.change
    assert isinstance(row, Row)
    assert changes == {"sex": ("m", "")}
