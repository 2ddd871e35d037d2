"""The few shapes that every format can draw: a line, a grid, a picture."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeGuard

from django.utils.translation import gettext as _

from .model import Inline, Number, Picture, Report


@dataclass(frozen=True, kw_only=True)
class Door:
    """A link out of the document, to the page where the figure lives."""

    text: str
    url: str


Piece = Inline | Door
Cell = tuple[Piece, ...]
LineStyle = Literal[
    "organ", "number", "title", "addressee", "heading1", "heading2", "heading3", "body",
    "attachment", "blank", "sign", "date", "seal", "annex", "annexheading", "note",
    "copied", "issued",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """One paragraph. `right`: characters left free at the right edge."""

    style: LineStyle
    pieces: Cell = ()
    right: float = 0
    points: float = 0


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table. `widths` in millimetres, 156 together; `anchors` one a row, or none."""

    style: Literal["table", "annextable"]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    numeric: frozenset[int]
    caption: str = ""
    anchors: tuple[str, ...] = ()


Item = Line | Grid | Picture


def is_imprint(item: Item) -> TypeGuard[Line]:
    """版记: the lines that stand at the foot of the last page."""
    return isinstance(item, Line) and item.style in ("copied", "issued")


def anchors_of(report: Report) -> dict[str, str]:
    """{evidence key: name of the bookmark of its row in the annex}."""
    return {e.key: f"evidence_{n}" for n, e in enumerate(report.evidence, 1)}


def marked(pieces: Cell) -> str:
    """Text without any white space, bound numbers as {key}: what a reader's programme keeps."""
    texts = (f"{{{p.key}}}" if isinstance(p, Number) else words(p) for p in pieces)
    return re.sub(r"[\s\x00-\x1f]+", "", "".join(texts))


def words(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece.text


def marked_lines(items: tuple[Item, ...]) -> list[str]:
    """Every paragraph of the document in reading order, marked; empty ones left out."""
    return [text for item in items for text in map(marked, cells_of(item)) if text]


def spoken(day: datetime.date) -> str:
    """2020年9月3日, unpadded."""
    parts = {"year": day.year, "month": day.month, "day": day.day}
    return _("%(year)d年%(month)d月%(day)d日") % parts


def cells_of(item: Item) -> Iterator[Cell]:
    if isinstance(item, Line):
        yield item.pieces
    elif isinstance(item, Picture):
        yield (item.caption,)
    else:
        yield (item.caption,)
        yield from ((word,) for word in item.head)
        for row in item.rows:
            yield from row


def ems(text: str) -> float:
    """Width in characters: a half-width letter or digit counts as half."""
    return sum(0.5 if ord(letter) < 256 else 1.0 for letter in text)
