"""Lists given out, of any length: xlsx in constant memory, csv as a stream."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .cells import EXACT_BELOW, Words
from .words import ABOUT

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROWS_A_SHEET = 1_048_575
CELL = 32_767
BATCH = 500
# What a spreadsheet program would take for a formula when it opens a csv.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_xlsx(
    path: str | Path,
    sheet_title: Words,
    head: Sequence[Words],
    rows: Iterable[Sequence[object]],
    facts: Sequence[tuple[Words, object]] = (),
) -> None:
    """Writes the rows, on further sheets past a million, and a sheet 说明 with `facts`: filter,
    as-of, definitions. Texts are never formulas."""
    book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(Path(path).parent)})
    write = _writer(book)
    left = iter(rows)
    for number in range(1, 1000):
        first = list(islice(left, 1))
        if number > 1 and not first:
            break
        page = book.add_worksheet(tab(sheet_title, number))
        page.freeze_panes(1, 0)
        page.set_column(0, max(len(head) - 1, 0), 16)
        for at, row in enumerate(chain([head], first, islice(left, ROWS_A_SHEET - 1))):
            write(page, at, row)
    about = book.add_worksheet(tab(ABOUT))
    about.set_column(0, 1, 40)
    for at, fact in enumerate(facts):
        write(about, at, fact)
    book.close()


def _writer(book: Workbook) -> Callable[[Worksheet, int, Sequence[object]], None]:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})

    def write(page: Worksheet, at: int, row: Sequence[object]) -> None:
        for place, value in enumerate(row):
            _write(page, at, place, shown(value), (day, moment))

    return write


def _write(
    page: Worksheet, at: int, place: int, value: object, formats: tuple[Format, Format]
) -> None:
    if isinstance(value, str):
        if value:
            page.write_string(at, place, value[:CELL])
    elif isinstance(value, date):
        page.write_datetime(at, place, value, formats[isinstance(value, datetime)])
    elif isinstance(value, int | float | Decimal):
        page.write_number(at, place, value)


def shown(value: object) -> str | date | int | float | Decimal:
    """As a spreadsheet holds it: yes and no as words, moments in Shanghai time, numbers that Excel
    would cut as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    if isinstance(value, int | float | Decimal) and -EXACT_BELOW < value < EXACT_BELOW:
        return value
    return value if isinstance(value, date) else str(value)


def export_csv(head: Sequence[Words], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """UTF-8 with BOM, some hundred rows at a time; texts that look like formulas get a '."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    left = chain([head], rows)
    while batch := list(islice(left, BATCH)):
        writer.writerows([guarded(value) for value in row] for row in batch)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def guarded(value: object) -> object:
    """The cell as csv may safely hold it; reading drops the ' again."""
    cell = shown(value)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def tab(title: Words, number: int = 1) -> str:
    """A name that Excel allows for a sheet: 31 characters, without []:*?/\\ and outer quotes."""
    mark = f" ({number})" if number > 1 else ""
    name = re.sub(r"[\[\]:*?/\\]", " ", str(title)).strip("' ")
    return name[: 31 - len(mark)] + mark
