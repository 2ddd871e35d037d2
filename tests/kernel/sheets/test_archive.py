import io
import zipfile
from random import Random

import openpyxl
import pytest

from sanqiao.kernel.sheets import archive
from sanqiao.kernel.sheets.archive import column_number

from .make import WANG, error, ods, read, rezipped, value, xlsx

pytestmark = pytest.mark.no_db

SHEET = "xl__worksheets__sheet1_xml"
GOOD = xlsx(["姓名", "身份证号"], ["王伟", WANG])


def test_a_zip_bomb_is_refused_before_it_is_opened() -> None:
    bomb = rezipped(GOOD, **{SHEET: b"<x>" + b" " * (60 << 20)})
    assert len(bomb) < 200_000
    assert "解压后过大" in read(bomb).problems[0]


def test_many_small_bombs_are_one_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1 << 20)
    members = {f"xl__m{number}_xml": bytes(200_000) for number in range(6)}
    assert "解压后过大" in read(rezipped(GOOD, **members)).problems[0]


@pytest.mark.parametrize("member", [SHEET, "xl__sharedStrings_xml"])
def test_a_zip_that_lies_about_its_size_is_refused(member: str) -> None:
    true = Random(1).randbytes(200_000)
    bomb = bytearray(rezipped(GOOD, **{member: true}))
    size = len(true).to_bytes(4, "little")
    for at in (bomb.find(size), bomb.rfind(size)):
        bomb[at : at + 4] = (100).to_bytes(4, "little")
    assert "解压后过大" in read(bytes(bomb)).problems[0]


def test_a_sheet_that_is_no_xml_is_a_broken_file() -> None:
    broken = rezipped(GOOD, **{SHEET: b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>zz</"})
    assert "已损坏" in read(broken).problems[0]


def test_one_cell_in_the_farthest_corner_does_not_exhaust_memory() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["A1"], page["XFD1048576"] = "姓名", "x"
    buffer = io.BytesIO()
    book.save(buffer)
    assert "第 1048576 行" in read(buffer.getvalue()).problems[0]


def test_200_000_empty_rows_are_passed_over() -> None:
    head, row = ["姓名", "身份证号"], ["王伟", WANG]
    empty = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(3, 200_003))
    with zipfile.ZipFile(io.BytesIO(xlsx(head, row))) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml")
    last = b'<row r="200003"><c r="A200003" t="str"><v> </v></c></row>'
    full = sheet.replace(b"</sheetData>", empty + last + b"</sheetData>")
    reading = read(rezipped(xlsx(head, row), **{SHEET: full}))
    assert (len(reading.rows), reading.refused, reading.problems) == (1, [], [])


def with_formulas(**cells: str) -> bytes:
    """An xlsx by openpyxl, which writes formulas without results."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["姓名", "身份证号", "党费", "年龄"])
    page.append(["王伟", WANG])
    for address, formula in cells.items():
        page[address] = formula
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_formula_without_a_result_is_refused_in_its_cell() -> None:
    reading = read(with_formulas(C2="=1+1", D2="=A1&B1"))
    assert "公式没有算出的结果" in error(reading, "fee")
    assert reading.refused[0].cells[6:8] == ("=1+1", "=A1&B1")


def test_a_formula_after_the_last_value_is_not_lost() -> None:
    reading = read(with_formulas(A3='="李"&"娜"', B3="=NA()"))
    assert [row.number for row in reading.refused] == [3]
    assert len(reading.rows) == 1


def with_xml(cells: str) -> bytes:
    """The good row, continued by cells from C2 on as XML; headers 手机号 and 党费."""
    content = xlsx(["姓名", "身份证号", "手机号", "党费"], ["王伟", WANG])
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml").decode()
    sheet = sheet.replace("</row></sheetData>", f"{cells}</row></sheetData>")
    return rezipped(content, **{SHEET: sheet.encode()})


def test_a_formula_with_a_result_counts_as_its_result() -> None:
    empty = '<c r="C2" t="str"><f>IF(TRUE,"")</f><v></v></c>'
    reading = read(with_xml(f'{empty}<c r="D2"><f>1+1</f><v>2</v></c>'))
    assert (value(reading, "phone"), str(value(reading, "fee"))) == (None, "2.00")


def test_formulas_are_found_in_files_with_prefixes_and_shared_formulas() -> None:
    shared = '<c r="C2"><f t="shared" ref="C2:D2" si="0">A1</f><v>1</v></c><c r="D2"><f t="shared" si="0"/></c>'
    assert "公式" in read(with_xml(shared)).refused[0].errors["fee"]


@pytest.mark.parametrize("wrong", ["#N/A", "#DIV/0!", "#REF!"])
def test_an_error_value_is_refused_and_not_read_as_empty(wrong: str) -> None:
    content = with_xml(f'<c r="C2" t="e"><f>X</f><v>{wrong}</v></c>')
    assert wrong in error(read(content), "phone")


def test_a_broken_member_is_a_broken_file() -> None:
    content = bytearray(xlsx(["姓名", "身份证号"], *[["王伟", WANG]] * 50))
    content[1000:1100] = bytes(100)
    assert "已损坏" in read(bytes(content)).problems[0]


TEXT = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
HEAD = "<table:table-row>" + TEXT.format("姓名") + TEXT.format("身份证号") + "</table:table-row>"
ROW = "<table:table-row>" + TEXT.format("王伟") + TEXT.format(WANG) + "{}</table:table-row>"
REST = (
    '<table:table-row table:number-rows-repeated="1048574">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def test_an_ods_is_read_and_its_endless_empty_rows_are_not() -> None:
    reading = read(ods(HEAD + ROW.format("") + REST))
    assert (value(reading, "id_number"), reading.problems) == (WANG, [])


def test_an_ods_with_error_values_is_refused() -> None:
    bad = '<table:table-cell office:value-type="string" calcext:value-type="error"/>'
    assert "公式出错" in read(ods(HEAD + ROW.format(bad))).problems[0]


def test_an_ods_that_repeats_itself_to_death_is_refused() -> None:
    many = ROW.replace(
        "<table:table-row>", '<table:table-row table:number-rows-repeated="1048574">'
    )
    wide = TEXT.replace("cell ", 'cell table:number-columns-repeated="1000" ', 1).format("x")
    assert "范围过大" in read(ods(HEAD + many.format(wide))).problems[0]


@pytest.mark.parametrize(
    ("letters", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"XFD", 16384)]
)
def test_columns_count_as_in_excel(letters: bytes, number: int) -> None:
    assert column_number(letters) == number
