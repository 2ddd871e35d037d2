"""Opening a file by what is in it, not by its name."""

import io
import zipfile
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from .archive import (
    BROKEN,
    Hidden,
    Unreadable,
    check_ods,
    check_size,
    hidden_cells,
    sheet_members,
    whole,
)
from .biff import hidden_in_xls
from .cells import Cell
from .delimited import text_rows

MAX_FILE = 100 << 20
Rows = list[list[Cell]]


class Page(NamedTuple):
    """A visible sheet of the file; `rows` loads it, from row 1 and column A on."""

    name: str
    rows: Callable[[], Rows]


def pages(content: bytes) -> list[Page]:
    """Raises Unreadable, saying what the file is instead."""
    if len(content) > MAX_FILE:
        raise Unreadable(_("文件超过 100 MB，请分几次上传"))
    if not content.strip(b"\0 \r\n\t"):
        raise Unreadable(_("文件是空的"))
    if content.startswith(b"PK"):
        return _zipped(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _pages(content, lambda place: hidden_in_xls(content, place))
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")):
        raise Unreadable(_("这不是表格文件，请上传 xlsx 或 csv"))
    return [Page("", lambda: text_rows(content))]


def _zipped(content: bytes) -> list[Page]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN:
        raise Unreadable(_("文件已损坏，请在 Excel 中打开后另存再上传")) from None
    names = set(archive.namelist())
    check_size(archive)
    if "xl/workbook.xml" in names:
        return _xlsx(content, archive)
    if "content.xml" in names and b"spreadsheet" in whole(archive, "mimetype"):
        check_ods(whole(archive, "content.xml"))
        return _pages(content, lambda place: [])
    raise Unreadable(_("这不是表格文件，请上传 xlsx 或 csv"))


def _xlsx(content: bytes, archive: zipfile.ZipFile) -> list[Page]:
    try:
        members = sheet_members(archive)
    except KeyError:
        raise Unreadable(_("文件已损坏，请在 Excel 中打开后另存再上传")) from None
    return _pages(content, lambda place: hidden_cells(archive, members[place]))


def _pages(content: bytes, hidden: Callable[[int], list[Hidden]]) -> list[Page]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError as error:
        raise Unreadable(
            _("打不开这个文件：可能有密码或已损坏，请另存为没有密码的 xlsx")
        ) from error

    def load(place: int) -> Rows:
        faults = hidden(place)
        try:
            rows = workbook.get_sheet_by_index(place).to_python(skip_empty_area=False)
        except CalamineError as error:
            raise Unreadable(_("文件已损坏，请在 Excel 中打开后另存再上传")) from error
        return _with_hidden(rows, faults)

    return [
        Page(sheet.name, partial(load, place))
        for place, sheet in enumerate(workbook.sheets_metadata)
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]


def _with_hidden(rows: Rows, faults: list[Hidden]) -> Rows:
    """Puts the text of hidden cells in their place, where reading will refuse it."""
    for row, column, text in faults:
        while len(rows) <= row:
            rows.append([])
        cells = rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = text
    return rows
