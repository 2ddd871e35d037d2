"""Files we give out: the template, and the refused rows to be mended."""

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .cells import Words
from .columns import Column, Context
from .exporting import export_csv, export_xlsx, tab
from .kinds import Choice, Date, Flag, Kind, Money, Whole
from .reading import Reading, RefusedRow
from .sheet import Sheet
from .words import EXAMPLE, NOTES, OPTIONS, REASON

__all__ = ["export_csv", "export_xlsx", "refused_file", "template"]

LAST_ROW = 1_048_575
INLINE = 255
COMMENTS = 3_000
RED = "#C8102E"
HEAD = {"bold": True, "bg_color": "#F2F2F2", "border": 1, "text_wrap": True, "valign": "vcenter"}


class _Book:
    """A workbook being made in memory, with its formats and the hidden sheet of long lists."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self.book = Workbook(self.buffer, {"in_memory": True})
        self.options: Worksheet | None = None
        self.lists = 0

    def format(self, **properties: object) -> Format:
        return self.book.add_format(properties)

    def long_list(self, options: Sequence[str]) -> str:
        """Writes the options to the hidden sheet; their range as a formula."""
        if self.options is None:
            self.options = self.book.add_worksheet(tab(OPTIONS))
            self.options.hide()
        for row, option in enumerate(options):
            self.options.write_string(row, self.lists, option)
        column = _letters(self.lists)
        self.lists += 1
        return f"='{self.options.get_name()}'!${column}$1:${column}${len(options)}"

    def bytes(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def template(sheet: Sheet, context: Context | None = None) -> bytes:
    """An empty xlsx with drop-downs, input messages, an example and notes. `context` gives the
    names that look-up columns offer."""
    book = _Book()
    page = book.book.add_worksheet(tab(sheet.title))
    notes = book.book.add_worksheet(tab(NOTES))
    _head(book, page, sheet.columns, context or {})
    grey = book.format(italic=True, font_color="#808080", num_format="@")
    for place, text in enumerate(_example(sheet, context or {})):
        page.write_string(1, place, text, grey)
    _notes(book, notes, sheet, context or {})
    return book.bytes()


def refused_file(sheet: Sheet, reading: Reading) -> bytes:
    """The refused rows as typed, wrong cells red with a comment, reasons in a last column. Mended,
    it can be read like any other file; columns that were not given stay away."""
    book = _Book()
    page = book.book.add_worksheet(tab(sheet.title))
    columns = [column for column in sheet.columns if column.name in reading.given]
    _head(book, page, columns, {})
    red = book.format(font_color=RED, text_wrap=True)
    page.set_column(len(columns), len(columns), 50, red)
    page.write_string(0, len(columns), str(REASON), book.format(**HEAD, font_color=RED))
    wrong = book.format(bg_color="#FFC7CE", font_color=RED, num_format="@")
    plain = book.format(num_format="@")
    for at, row in enumerate(reading.refused, 1):
        _refused(page, at, row, sheet, columns, (plain, wrong))
        reasons = (f"{sheet.column(name).title}：{text}" for name, text in row.errors.items())
        page.write_string(at, len(columns), "；".join(reasons), red)
    return book.bytes()


def _refused(
    page: Worksheet,
    at: int,
    row: RefusedRow,
    sheet: Sheet,
    columns: Sequence[Column],
    formats: tuple[Format, Format],
) -> None:
    for place, column in enumerate(columns):
        text = row.cells[sheet.places[column.name]]
        message = row.errors.get(column.name)
        write = page.write_string if text else page.write_blank
        write(at, place, text, formats[message is not None])
        if message and at <= COMMENTS:
            page.write_comment(at, place, message)


def _head(book: _Book, page: Worksheet, columns: Sequence[Column], context: Context) -> None:
    """Headers with comments; the format, the drop-down and the input message of each column."""
    page.freeze_panes(1, 0)
    page.set_row(0, 24)
    head, needed = book.format(**HEAD), book.format(**HEAD, font_color=RED)
    text, day, number = (book.format(num_format=code) for code in ("@", "yyyy-mm-dd", "General"))
    for place, column in enumerate(columns):
        kind = column.of
        form = text if kind.is_text else day if isinstance(kind, Date) else number
        page.set_column(place, place, column.width or kind.width, form)
        title = f"{column.title} *" if column.required else str(column.title)
        page.write_string(0, place, title, needed if column.required else head)
        if about := _about(column):
            page.write_comment(0, place, about)
        page.data_validation(1, place, LAST_ROW, place, _validation(book, column, context))


def _about(column: Column) -> str:
    """What the column wants, in a line or two."""
    needed = _("必填") if column.required else ""
    return "。".join(part for part in (needed, str(column.help)) if part)


def _validation(book: _Book, column: Column, context: Context) -> dict[str, object]:
    """For xlsxwriter. Only lists without other names stop the user: we read more than we show."""
    rule = _listed(book, column, context) or _ranged(column.of) or {"validate": "any"}
    stops = isinstance(column.of, Choice | Flag)
    return rule | {
        "ignore_blank": True,
        "input_title": str(column.title)[:32],
        "input_message": _about(column)[:255],
        "error_title": str(column.title)[:32],
        "error_message": _("与本列的填写要求不符，请核对"),
        "error_type": "stop" if stops else "warning",
    }


def _listed(book: _Book, column: Column, context: Context) -> dict[str, object]:
    options = column.options(context)
    if not options:
        return {}
    inline = len(",".join(options)) <= INLINE and not any("," in option for option in options)
    return {"validate": "list", "source": options if inline else book.long_list(options)}


def _ranged(kind: Kind) -> dict[str, object]:
    if isinstance(kind, Date):
        limits: tuple[object, object] = kind.first, kind.last
        return {"validate": "date", "criteria": "between"} | _limits(*limits)
    if isinstance(kind, Whole | Money):
        name = "integer" if isinstance(kind, Whole) else "decimal"
        return {"validate": name, "criteria": "between"} | _limits(kind.minimum, kind.maximum)
    return {}


def _limits(first: object, last: object) -> dict[str, object]:
    return {"minimum": first, "maximum": last}


def _example(sheet: Sheet, context: Context) -> list[str]:
    """One row; the first cell is marked, so that reading passes it over."""
    texts = [_sample(column, context) for column in sheet.columns]
    return [f"{EXAMPLE}：{texts[0]}", *texts[1:]]


def _sample(column: Column, context: Context) -> str:
    return column.example or column.of.example or next(iter(column.options(context)), "")


def _notes(book: _Book, page: Worksheet, sheet: Sheet, context: Context) -> None:
    """What each column means, what may stand in it, and an example."""
    bold, wrap = book.format(**HEAD), book.format(text_wrap=True, valign="top")
    page.set_column(0, 4, 24, wrap)
    own: list[Words] = [_("带 * 的列必填。以“示例”开头的一行不会导入。"), *sheet.notes]
    for row, note in enumerate(own):
        page.write_string(row, 0, str(note), book.format())
    top = len(own) + 1
    for place, title in enumerate((_("列"), _("必填"), _("填写要求"), _("可选项"), EXAMPLE)):
        page.write_string(top, place, str(title), bold)
    for row, column in enumerate(sheet.columns, top + 1):
        options = column.options(context)
        shown = "、".join(options[:20]) + ("…" if len(options) > 20 else "")
        needed = _("是") if column.required else ""
        texts = (column.title, needed, column.help, shown, _sample(column, context))
        for place, text in enumerate(texts):
            page.write_string(row, place, str(text), wrap)


def _letters(column: int) -> str:
    """0 → A, 26 → AA."""
    return (_letters(column // 26 - 1) if column > 25 else "") + chr(65 + column % 26)
