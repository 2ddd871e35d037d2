"""The zip that an xlsx or ods file is: refused when it would burst, and searched for what the
reader hides. calamine shows error values and formulas without results as empty cells, and one
cell at XFD1048576 makes it ask for 500 GB and abort the process."""

import copy
import html
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

MAX_BYTES = 1 << 30
MAX_RATIO = 200
RATIO_FROM = 10 << 20
CHECK_FROM = 64 << 10
MAX_AREA = 20_000_000
CHUNK = 1 << 18
OVERLAP = 64

# Caught, never raised: what zipfile raises for damaged and encrypted members, and for a way of
# packing that it does not know.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)

_ERROR = re.compile(rb't="e"')
_FORMULA_END = re.compile(rb"/f>")
_FAR = re.compile(rb' r=["\'](?:[A-Z]{2,}\d|[A-Z]\d{6})')
_ADDRESS = re.compile(rb' r=["\']([A-Z]{1,3})(\d{1,7})["\']')
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>(.*?)</)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(.*?)</", re.DOTALL)
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*\bid="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ODS_TAG = re.compile(
    rb"<table:table[ >]|<table:table-row\b([^>]*)>|<table:(?:covered-)?table-cell\b([^>]*?)(/?)>"
)
_ODS_COLUMNS = re.compile(rb'number-columns-repeated="(\d+)"')
_ODS_ROWS = re.compile(rb'number-rows-repeated="(\d+)"')


class Unreadable(Exception):
    """The file as a whole cannot be read; the argument is a sentence for the user."""


class Hidden(NamedTuple):
    """A cell that calamine shows as empty though it is not. Row and column from 0."""

    row: int
    column: int
    text: str


def check_size(archive: zipfile.ZipFile) -> None:
    """Raises Unreadable for a zip bomb, also where the directory lies about sizes."""
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total > MAX_BYTES or any(_bursts(member) for member in members):
        raise Unreadable(_("文件解压后过大，未读取。请删去多余内容后另存再上传"))
    for member in members:
        if member.compress_size > CHECK_FROM and not _is_sheet(member.filename):
            for _chunk in chunks(archive, member):
                pass


def _bursts(member: zipfile.ZipInfo) -> bool:
    size = member.file_size
    return size > RATIO_FROM and size > MAX_RATIO * max(member.compress_size, 1)


def _is_sheet(name: str) -> bool:
    """Sheets are checked when they are searched."""
    return name.startswith(("xl/worksheets/", "xl/media/"))


def chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the member really holds. Raises Unreadable past its declared size, or damaged."""
    complete = copy.copy(member)
    complete.file_size = MAX_BYTES + CHUNK
    done = 0
    try:
        with archive.open(complete) as stream:
            while chunk := stream.read(CHUNK):
                done += len(chunk)
                if done > member.file_size:
                    raise Unreadable(_("文件解压后过大，未读取。请删去多余内容后另存再上传"))
                yield chunk
    except BROKEN as error:
        raise Unreadable(_("文件已损坏，请在 Excel 中打开后另存再上传")) from error


def whole(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member; empty when it is missing. Raises Unreadable."""
    try:
        return b"".join(chunks(archive, archive.getinfo(name)))
    except KeyError:
        return b""


def sheet_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The XML of each sheet, in the order of the workbook. Raises KeyError when one is missing."""
    targets: dict[bytes, str] = {}
    for relation in _RELATION.findall(whole(archive, "xl/_rels/workbook.xml.rels")):
        found = dict(re.findall(rb'\b(Id|Target)="([^"]*)"', relation))
        targets[found[b"Id"]] = html.unescape(found[b"Target"].decode("utf-8", "replace"))
    names = [targets[key] for key in _SHEET.findall(whole(archive, "xl/workbook.xml"))]
    return [archive.getinfo(n[1:] if n.startswith("/") else f"xl/{n}") for n in names]


def hidden_cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> list[Hidden]:
    """Error values and formulas without results of one sheet. Raises Unreadable when its used
    area is larger than memory should hold. One quick pass; a slow one only on suspicion."""
    faulty = far = False
    tail = b""
    for chunk in chunks(archive, member):
        window = tail + chunk
        faulty = faulty or bool(_ERROR.search(window) or _FORMULA_END.search(window))
        far = far or _FAR.search(window) is not None
        tail = chunk[-OVERLAP:]
    if not (faulty or far):
        return []
    content = b"".join(chunks(archive, member))
    if far:
        _check_area(content)
    return list(_hidden(content)) if faulty else []


def _check_area(content: bytes) -> None:
    columns: set[bytes] = set()
    height = 0
    for match in _ADDRESS.finditer(content):
        columns.add(match[1])
        height = max(height, int(match[2]))
    check_area(height, max(map(column_number, columns), default=0))


def check_area(height: int, width: int) -> None:
    """Raises Unreadable."""
    if height * width > MAX_AREA:
        message = _("表格用到了第 %(row)s 行、第 %(column)s 列，范围过大；请删去数据以外的行和列")
        raise Unreadable(message % {"row": height, "column": width})


def column_number(letters: bytes) -> int:
    """A → 1, XFD → 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _hidden(content: bytes) -> Iterator[Hidden]:
    for attributes, inner in _CELL.findall(content):
        text = _fault(attributes, inner)
        address = text and _ADDRESS.search(attributes)
        if address:
            yield Hidden(int(address[2]) - 1, column_number(address[1]) - 1, text)


def _fault(attributes: bytes, inner: bytes) -> str:
    """The error value, or the formula that has no result; empty when the cell is sound."""
    value = _VALUE.search(inner)
    if b't="e"' in attributes:
        return value[1].decode() if value else "#N/A"
    formula = _FORMULA.search(inner)
    if formula is None or b't="str"' in attributes or (value and value[1]):
        return ""
    return "=" + html.unescape((formula[1] or b"").decode("utf-8", "replace"))


def check_ods(content: bytes) -> None:
    """Raises Unreadable for error values, whose place repeated cells hide, and for huge areas."""
    if b'value-type="error"' in content:
        raise Unreadable(_("表中有公式出错的单元格（如 #N/A），请改正，或另存为 xlsx 后上传"))
    height = last = width = column = repeat = 0
    for tag in _ODS_TAG.finditer(content):
        if tag[1] is None and tag[2] is None:
            height = last = 0
        elif tag[1] is not None:
            repeat, column = _times(_ODS_ROWS, tag[1]), 0
            height += repeat
        else:
            column += _times(_ODS_COLUMNS, tag[2])
            if not tag[3]:
                width, last = max(width, column), height
                check_area(last, width)


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
