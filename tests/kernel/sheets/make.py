"""Files made in the test: xlsx by xlsxwriter, everything else by its bytes."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from sanqiao.kernel.sheets.columns import (
    Choice,
    Column,
    Context,
    Date,
    Flag,
    IdNumber,
    Lookup,
    Money,
    Phone,
    Text,
    Whole,
    lookup_table,
)
from sanqiao.kernel.sheets.reading import Reading, read_rows
from sanqiao.kernel.sheets.sheet import Sheet

WANG, LI, ZHAO = "360426199101010071", "120103198806018241", "11010519491231002X"

MEMBERS = Sheet(
    name="members",
    title="党员",
    key=("id_number",),
    columns=(
        Column("name", "姓名", Text(max_length=20, squeeze=True), required=True, example="张三"),
        Column("id_number", "身份证号", IdNumber, required=True, secret=True, help="18 位"),
        Column("phone", "手机号", Phone, unique=True, secret=True, aliases=("联系电话",)),
        Column("sex", "性别", Choice, choices=(("m", "男"), ("f", "女"))),
        Column("joined_on", "入党日期", Date),
        Column("area", "所在网格", Lookup("areas")),
        Column("fee", "党费", Money),
        Column("age", "年龄", Whole(0, 150)),
        Column("away", "是否流动", Flag),
    ),
    notes=("每人一行。",),
)
AREAS: Context = {
    "areas": lookup_table(
        [
            (1, "三桥社区第一网格", ("一网格", "420302001")),
            (2, "五堰社区第一网格", ("一网格",)),
        ]
    )
}


def xlsx(*rows: Sequence[object], sheet: str = "党员", more: Sequence[str] = ()) -> bytes:
    """Strings stay strings; `more` are further, empty sheets."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            write = page.write_string if isinstance(cell, str) else page.write
            write(number, place, cell)
    for name in more:
        book.add_worksheet(name)
    book.close()
    return buffer.getvalue()


def read(content: bytes, **given: Any) -> Reading:
    context = given.pop("context", AREAS)
    return read_rows(content, "", given.pop("sheet", MEMBERS), lambda: context)


def read_cells(**cells: object) -> Reading:
    """One row of an xlsx, 王伟 with the given cells by column name."""
    row = {"name": "王伟", "id_number": WANG} | cells
    return read(xlsx([MEMBERS.column(name).title for name in row], list(row.values())))


def value(reading: Reading, name: str) -> object:
    """Of the only row."""
    (row,) = reading.rows
    return row.values[MEMBERS.places[name]]


def error(reading: Reading, name: str) -> str:
    """Of the only refused row."""
    (row,) = reading.refused
    return row.errors[name]


def rezipped(content: bytes, **members: bytes) -> bytes:
    """The archive with members replaced; `__` stands for /, `_xml` for .xml."""
    named = {name.replace("__", "/").replace("_xml", ".xml"): x for name, x in members.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        whole = {name: old.read(name) for name in old.namelist()} | named
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in whole.items():
            new.writestr(name, data)
    return buffer.getvalue()


def ods(rows: str) -> bytes:
    """A sheet T of OpenDocument with the given `table:table-row`s."""
    spaces = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    body = (
        f'<office:spreadsheet><table:table table:name="T">{rows}</table:table></office:spreadsheet>'
    )
    content = f"<office:document-content {declared}><office:body>{body}</office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return buffer.getvalue()
