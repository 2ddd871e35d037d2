"""The same report as PDF/A-2b, typeset by typst from `report.typ`."""

import json
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import override

from .flow import flow_of
from .fonts import font_book, font_lists, has_bold, substitutions, used_fonts
from .layout import Cell, Door, Grid, Item, Line, Piece, anchors_of, is_imprint, words
from .model import Number, Picture, Report
from .pictures import for_paper, size_on_paper

TEMPLATE = Path(__file__).with_name("report.typ")


def write_pdf(report: Report, path: Path) -> None:
    """Write the PDF; every number links to its row in the annex. Same report, same bytes."""
    with override(report.language):
        items = flow_of(report)
        note = substitutions()
    content = _content(report, items, note)
    typst.compile(
        TEMPLATE,
        output=path,
        font_paths=font_book(),
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=0,
    )


def _content(report: Report, items: tuple[Item, ...], note: str) -> dict[str, Any]:
    anchors = anchors_of(report)
    language, _, region = report.language.partition("-")
    date = {"year": report.date.year, "month": report.date.month, "day": report.date.day}
    drawn = [_drawn(item, anchors) for item in items if not is_imprint(item)]
    if note:
        drawn.append({"style": "note", "pieces": [{"text": note}]})
    return {
        "title": "".join(report.title_lines),
        "author": report.sign,
        "date": date,
        "lang": language,
        "region": "cn" if region else "us",
        "fonts": font_lists(),
        "thin": not has_bold(used_fonts()["title"]),
        "items": drawn,
        "imprint": ["".join(map(words, item.pieces)) for item in items if is_imprint(item)],
    }


def _drawn(item: Item, anchors: dict[str, str]) -> dict[str, Any]:
    match item:
        case Line():
            pieces = _pieces(item.pieces, anchors)
            return {"style": item.style, "pieces": pieces} | _measures(item)
        case Picture():
            svg, (width, _) = for_paper(item.svg), size_on_paper(item.svg)
            return {"style": "picture", "svg": svg, "width": width, "caption": item.caption}
        case Grid():
            return {
                "style": item.style,
                "head": item.head,
                "rows": [[_pieces(cell, anchors) for cell in row] for row in item.rows],
                "widths": item.widths,
                "numeric": sorted(item.numeric),
                "caption": item.caption,
                "anchors": item.anchors,
            }


def _measures(line: Line) -> dict[str, float]:
    return {"right": line.right, "points": line.points}


def _pieces(cell: Cell, anchors: dict[str, str]) -> list[dict[str, str]]:
    return [_piece(piece, anchors) for piece in cell]


def _piece(piece: Piece, anchors: dict[str, str]) -> dict[str, str]:
    if isinstance(piece, Number):
        return {"text": piece.text, "to": anchors[piece.key]}
    if isinstance(piece, Door):
        return {"text": piece.text, "url": piece.url}
    return {"text": piece}
