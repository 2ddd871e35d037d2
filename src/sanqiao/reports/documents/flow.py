"""A report as one sequence of lines, tables and pictures, the same for every format."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .annex import checks_grid, evidence_grid, proof_lines
from .layout import Grid, Item, Line, LineStyle, ems, spoken
from .model import Heading, Inline, Number, Paragraph, Picture, Report, Table

LEVELS: tuple[tuple[re.Pattern[str], LineStyle], ...] = (
    (re.compile("[一二三四五六七八九十]+、"), "heading1"),
    (re.compile("（[一二三四五六七八九十]+）"), "heading2"),
    (re.compile(r"\d+[.．]"), "heading3"),
)
DIGITS = "〇一二三四五六七八九"


def flow_of(report: Report) -> tuple[Item, ...]:
    """Head, body, signature, annex 数字依据 and 版记, in the language that is active."""
    parts = (_head, _body, _signature, _annex, _imprint)
    return tuple(item for part in parts for item in part(report))


def _head(report: Report) -> Iterator[Item]:
    if report.organ:
        yield Line(style="organ", pieces=(report.organ,), points=min(48, 430 // ems(report.organ)))
        yield Line(style="number", pieces=(report.number,))
    yield Line(style="title", pieces=("\n".join(report.title_lines),))
    if report.addressee:
        addressee = _("%(names)s：") % {"names": report.addressee.rstrip("：:")}
        yield Line(style="addressee", pieces=(addressee,))


def _body(report: Report) -> Iterator[Item]:
    counts = [0, 0, 0]
    for block in report.blocks:
        if isinstance(block, Heading):
            counts[block.level - 1] += 1
            counts[block.level :] = [0] * (3 - block.level)
            yield _heading(block, counts[block.level - 1], report.language)
        else:
            yield _block(block)
    yield Line(style="blank")
    yield Line(style="attachment", pieces=(_("附件：数字依据"),))


def _heading(heading: Heading, count: int, language: str) -> Line:
    pattern, style = LEVELS[heading.level - 1]
    written = pattern.match(heading.text) or not language.startswith("zh")
    number = (f"{_chinese(count)}、", f"（{_chinese(count)}）", f"{count}.")[heading.level - 1]
    return Line(style=style, pieces=("" if written else number, heading.text))


def _chinese(count: int) -> str:
    """1 to 99 in characters: 一, 十, 十二, 二十."""
    tens, ones = divmod(count, 10)
    head = DIGITS[tens] if tens > 1 else ""
    return head + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def _block(block: Paragraph | Picture | Table) -> Item:
    match block:
        case Paragraph():
            return Line(style="body", pieces=block.inlines)
        case Table():
            return _table(block)
        case Picture():
            return block


def _table(table: Table) -> Grid:
    """First column twice as wide; a column of nothing but numbers is set to the right."""
    share = 156 / (len(table.head) + 1)
    columns = tuple(zip(*table.rows, strict=True))
    return Grid(
        style="table",
        head=table.head,
        rows=tuple(tuple((cell,) for cell in row) for row in table.rows),
        widths=(2 * share, *[share] * (len(table.head) - 1)),
        numeric=frozenset(n for n, column in enumerate(columns) if all(map(_is_number, column))),
        caption=table.caption,
    )


def _is_number(cell: Inline) -> bool:
    return isinstance(cell, Number) or re.fullmatch(r"[—\d,.%万亿]*", cell) is not None


def _signature(report: Report) -> Iterator[Item]:
    """Two free lines for the stamp; the signer centred over a date 4 characters from the edge."""
    yield from (Line(style="blank"), Line(style="blank"))
    date = spoken(report.date)
    right = max(0.0, 4 + (ems(date) - ems(report.sign)) / 2)
    yield Line(style="sign", pieces=(report.sign,), right=right)
    yield Line(style="date", pieces=(date,), right=4)
    if report.seal:
        yield Line(style="seal", pieces=(report.seal,))


def _annex(report: Report) -> Iterator[Item]:
    yield Line(style="annex", pieces=(_("附件"),))
    yield Line(style="title", pieces=(_("数字依据"),))
    yield evidence_grid(report)
    if report.checks:
        yield Line(style="annexheading", pieces=(_("核对"),))
        yield checks_grid(report)
    yield from (Line(style="note", pieces=(text,)) for text in proof_lines(report))


def _imprint(report: Report) -> Iterator[Item]:
    if report.copied_to:
        copied = _("抄送：%(names)s") % {"names": report.copied_to}
        yield Line(style="copied", pieces=(copied,))
    if report.printed_by:
        day = report.printed_on or report.date
        issued = _("%(date)s印发") % {"date": spoken(day)}
        yield Line(style="issued", pieces=(f"{report.printed_by}\t{issued}",))
