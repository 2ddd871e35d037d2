"""Reading a file: rows that hold, rows refused with a reason in each wrong cell."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from .archive import Unreadable
from .cells import BLANK, Cell, CellError, folded, raw, wordings
from .columns import Column, Context, Memo
from .headers import Headers, Layout, problems
from .sheet import Sheet
from .words import EXAMPLE, NOTES, OPTIONS
from .workbook import Page, pages

Errors = dict[int, dict[str, str]]
Chosen = tuple[list[list[Cell]], Layout, list[str]]


class Row(NamedTuple):
    """`number` as the spreadsheet shows it; `values` in the order of the sheet's columns."""

    number: int
    values: tuple[object, ...]


class RefusedRow(NamedTuple):
    """`cells` as typed, in the order of the sheet's columns; `errors` by column name."""

    number: int
    cells: tuple[str, ...]
    errors: dict[str, str]


@dataclass
class Reading:
    """What a file holds. `problems` concern the whole file and leave no rows; `warnings` don't.
    `given` are the columns that the file has, in its order: others must not be changed."""

    rows: list[Row] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    given: tuple[str, ...] = ()


@contextmanager
def collector_paused() -> Iterator[None]:
    """The garbage collector would walk the growing rows again and again, a sixth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@collector_paused()
def read_rows(
    source: bytes | str | Path, filename: str, sheet: Sheet, context: Callable[[], Context] = dict
) -> Reading:
    """Reads xlsx, xls, ods or csv, whatever `filename` says. `context` makes the look-up tables,
    while the file is opened: most of that is not Python."""
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        with ThreadPoolExecutor(1) as pool:
            chosen = pool.submit(_chosen_in, translation.get_language(), content, sheet)
            tables = context()
        rows, layout, others = chosen.result()
    except Unreadable as problem:
        return Reading(problems=[f"{filename}：{problem}" if filename else str(problem)])
    reading = Reading(ignored_columns=layout.ignored, problems=problems(sheet, layout))
    if not reading.problems:
        reading.given = tuple(layout.places)
        _fill(reading, sheet, tables, layout, rows)
    reading.warnings += _warnings(layout, others)
    return reading


def _warnings(layout: Layout, others: list[str]) -> list[str]:
    found = []
    if layout.ignored:
        columns = "、".join(layout.ignored)
        found.append(_("未识别的列没有读取：%(columns)s") % {"columns": columns})
    if others:
        found.append(_("其他工作表没有读取：%(sheets)s") % {"sheets": "、".join(others)})
    return found


def _chosen_in(language: str | None, content: bytes, sheet: Sheet) -> Chosen:
    """A thread has a language of its own."""
    with translation.override(language):
        return _chosen(content, sheet)


def _chosen(content: bytes, sheet: Sheet) -> Chosen:
    """The sheet that bears our title, or else the first that has every required column, or the
    best; and the names of the others. Raises Unreadable."""
    ours = {folded(text) for words in (NOTES, OPTIONS) for text in wordings(words)}
    titles = {folded(text) for text in wordings(sheet.title)}
    candidates = [page for page in pages(content) if folded(page.name) not in ours]
    candidates.sort(key=lambda page: folded(page.name) not in titles)
    headers = Headers(sheet)
    best: tuple[Page, list[list[Cell]], Layout] | None = None
    for page in candidates:
        rows = page.rows()
        layout = headers.layout(rows)
        if best is None or len(layout.places) > len(best[2].places):
            best = page, rows, layout
        if layout.places and not layout.missing(sheet):
            break
    if best is None:
        raise Unreadable(_("文件里没有可读的工作表"))
    page, rows, layout = best
    return rows, layout, [other.name for other in candidates if other is not page]


class _Kept(NamedTuple):
    """The rows that hold something, as one tuple of cells for each column of the file."""

    numbers: list[int]
    rows: list[list[Cell]]
    columns: list[tuple[Cell, ...]]


def _fill(
    reading: Reading, sheet: Sheet, context: Context, layout: Layout, rows: list[list[Cell]]
) -> None:
    """Column by column, which is several times as fast as row by row."""
    kept = _kept(rows, layout.first)
    errors: Errors = defaultdict(dict)
    values = [_values(column, layout, kept, context, errors) for column in sheet.columns]
    _refuse_duplicates(sheet, kept.numbers, values, errors)
    rows_read: Iterable[Row] = map(Row, kept.numbers, zip(*values, strict=True))
    if errors:
        rows_read = compress(rows_read, [at not in errors for at in range(len(kept.numbers))])
        reading.refused = list(_refused(sheet, layout, kept, errors))
    reading.rows = list(rows_read)


def _kept(rows: list[list[Cell]], first: int) -> _Kept:
    """Without empty rows and the template's example; short rows are filled up."""
    width = max(map(len, rows), default=0)
    body = rows[first:]
    if min(map(len, body), default=width) < width:
        body = [row + [""] * (width - len(row)) for row in body]
    empty: list[Cell] = [""] * width
    filled = [at for at, row in enumerate(body) if row != empty]
    if filled and _is_example(body[filled[0]]):
        filled = filled[1:]
    kept = [body[at] for at in filled]
    columns = list(zip(*kept, strict=True)) or [()] * width
    return _Kept([first + 1 + at for at in filled], kept, columns)


def _is_example(row: list[Cell]) -> bool:
    """The example's first cell reads 示例:…, in either language."""
    start = folded(raw(row[0]))
    return any(start.startswith(f"{folded(word)}:") for word in wordings(EXAMPLE))


def _values(
    column: Column, layout: Layout, kept: _Kept, context: Context, errors: Errors
) -> Sequence[object]:
    """The column's values, one a kept row; CellErrors are noted in `errors` and stay in place."""
    place = layout.places.get(column.name)
    if place is None:
        return [column.of.empty] * len(kept.numbers)
    cells: Iterable[Cell] = kept.columns[place]
    if bool in set(map(type, cells)):  # else True and 1.0 would be one entry of the memo
        cells = [raw(cell) if isinstance(cell, bool) else cell for cell in cells]
    memo = Memo(column.reader(context))
    values = list(map(memo.__getitem__, cells))
    if memo.refuses:
        for at, value in enumerate(values):
            if type(value) is CellError:
                errors[at][column.name] = value.message
    return values


def _refuse_duplicates(
    sheet: Sheet, numbers: list[int], values: list[Sequence[object]], errors: Errors
) -> None:
    """Both rows are refused, each naming the other: we cannot know which one is meant."""
    unique = [(column.name,) for column in sheet.columns if column.unique]
    for names in dict.fromkeys([sheet.key, *unique]):
        keys = list(zip(*(values[sheet.places[name]] for name in names), strict=True))
        if names and len(set(keys)) < len(keys):
            _refuse_repeated(names[0], keys, numbers, errors)


def _refuse_repeated(
    name: str, keys: list[tuple[object, ...]], numbers: list[int], errors: Errors
) -> None:
    places: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        places[key].append(at)
    for key, repeated in places.items():
        if len(repeated) == 1 or not _comparable(key):
            continue
        for at in repeated:
            others = [str(numbers[other]) for other in repeated[:6] if other != at][:5]
            message = _("与第 %(rows)s 行重复") % {"rows": "、".join(others)}
            errors[at].setdefault(name, message)


def _comparable(key: tuple[object, ...]) -> bool:
    """Not empty, and every part could be read."""
    return any(part not in (None, "") for part in key) and CellError not in map(type, key)


def _refused(sheet: Sheet, layout: Layout, kept: _Kept, errors: Errors) -> Iterator[RefusedRow]:
    """In file order; rows that hold only spaces are passed over."""
    for at in sorted(errors):
        cells = {name: raw(kept.rows[at][place]) for name, place in layout.places.items()}
        if any(cell.strip(BLANK) for cell in cells.values()):
            whole = tuple(cells.get(column.name, "") for column in sheet.columns)
            yield RefusedRow(kept.numbers[at], whole, errors[at])
