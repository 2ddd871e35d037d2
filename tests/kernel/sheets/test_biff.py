import struct
from pathlib import Path

import pytest

from sanqiao.kernel.sheets.biff import hidden_in_xls

from .make import read, value

pytestmark = pytest.mark.no_db

# Two rows, written by xlwt 1.3; the ID number of the second is #N/A.
CONTENT = (Path(__file__).parent / "data" / "members.xls").read_bytes()


def test_an_xls_is_read() -> None:
    reading = read(CONTENT)
    assert reading.rows[0].values[:2] == ("王伟", "360426199101010071")
    assert str(value(reading, "fee")) == "12.50"
    assert reading.ignored_columns == ["出生日期"]


def test_an_error_value_in_an_xls_is_refused_in_its_cell() -> None:
    (row,) = read(CONTENT).refused
    assert (row.number, row.cells[1]) == (3, "#N/A")
    assert "#N/A" in row.errors["id_number"]


def test_a_broken_xls_hides_nothing_that_would_be_shown() -> None:
    assert hidden_in_xls(CONTENT[:700], 0) == []
    assert hidden_in_xls(CONTENT, 7) == []
    assert hidden_in_xls(b"\xd0\xcf\x11\xe0" + struct.pack("<508B", *[255] * 508), 0) == []


def test_a_formula_in_an_xls_whose_result_is_an_error_is_refused_in_its_cell() -> None:
    record = CONTENT.index(struct.pack("<HH", 2, 3), CONTENT.index(b"1990.2.3") - 900)
    assert struct.unpack_from("<H", CONTENT, record - 4) == (0x06,)
    result = bytes([2, 0, 0x07, 0, 0, 0, 0xFF, 0xFF])
    content = CONTENT[: record + 6] + result + CONTENT[record + 14 :]
    assert "#DIV/0!" in read(content).refused[0].errors["fee"]
