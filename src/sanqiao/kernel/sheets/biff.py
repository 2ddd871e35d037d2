"""Error values in an .xls file ([MS-CFB], [MS-XLS]), which calamine shows as empty cells."""

import struct
from collections.abc import Callable, Iterator
from itertools import chain, islice

from .archive import Hidden

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
LAST_SECTOR = 0xFFFFFFFA
FORMULA, END, BOUND_SHEET, BOOL_OR_ERROR, BEGIN = 0x06, 0x0A, 0x85, 0x205, 0x809


def hidden_in_xls(content: bytes, place: int) -> list[Hidden]:
    """Error cells of the sheet at `place`; none for a file that calamine will refuse."""
    try:
        book = _workbook_stream(content)
        sheets = [body for kind, body in _records(book, 0) if kind == BOUND_SHEET]
        (start,) = struct.unpack_from("<I", sheets[place])
        return list(_errors(book, start))
    except (struct.error, IndexError, UnicodeDecodeError):
        return []


def _workbook_stream(content: bytes) -> bytes:
    shift, fat_count, first_directory = struct.unpack_from("<30xH12xII", content)
    size = 1 << min(shift, 16)

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    def joined(number: int, fat: list[int]) -> bytes:
        parts: list[bytes] = []
        while number < LAST_SECTOR and len(parts) <= len(fat):
            parts.append(sector(number))
            number = fat[number]
        return b"".join(parts)

    fat = list(_fat(content, sector, fat_count))
    directory = joined(first_directory, fat)
    for at in range(0, len(directory), 128):
        entry = directory[at : at + 128]
        (length,) = struct.unpack_from("<H", entry, 64)
        if entry[: max(length - 2, 0)].decode("utf-16-le") in ("Workbook", "Book"):
            return joined(struct.unpack_from("<I", entry, 116)[0], fat)
    raise IndexError


def _fat(content: bytes, sector: Callable[[int], bytes], count: int) -> Iterator[int]:
    """The allocation table: 109 of its sectors are listed in the header, others in a chain."""
    listed = list(struct.unpack_from("<109I", content, 76))
    (more,) = struct.unpack_from("<68xI", content)
    while more < LAST_SECTOR and len(listed) < count:
        numbers = _integers(sector(more))
        listed += numbers[:-1]
        more = numbers[-1]
    return chain.from_iterable(_integers(sector(number)) for number in islice(listed, count))


def _integers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """(kind, body) up to the end of the substream; those of embedded charts are passed over."""
    at, depth = start, 0
    while at < len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == BEGIN) - (kind == END)
        if depth == 1:
            yield kind, book[at + 4 : at + 4 + length]
        if depth == 0:
            return
        at += 4 + length


def _errors(book: bytes, start: int) -> Iterator[Hidden]:
    for kind, body in _records(book, start):
        if kind == BOOL_OR_ERROR and body[7]:
            code = body[6]
        elif kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            code = body[8]
        else:
            continue
        row, column = struct.unpack_from("<HH", body)
        yield Hidden(row, column, ERRORS.get(code, "#N/A"))
