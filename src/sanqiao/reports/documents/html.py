"""The same report as one self-contained page, for reading and printing."""

import re
from html import escape
from pathlib import Path

from django.utils.translation import override

from .flow import flow_of
from .layout import Cell, Door, Grid, Item, Line, Piece, anchors_of, marked_lines
from .manifest import manifest_text, tag_of, write_manifest
from .model import Evidence, Number, Picture, Report

SHEET = Path(__file__).with_name("report.css")
TAGS = {"title": "h1", "heading1": "h2", "heading2": "h3", "heading3": "h4"}
NUMERIC = ' class="number"'
SAFE_URL = re.compile(r"https?://|/")


def write_html(report: Report, path: Path, *, is_draft: bool = False) -> None:
    """Write the page, and manifest.json into `<stem>.evidence/`. Same report, same bytes."""
    with override(report.language):
        items = flow_of(report)
    manifest = manifest_text(report, marked_lines(items), is_draft=is_draft)
    write_manifest(manifest, path)
    body = _Body(report)
    title = escape("".join(report.title_lines))
    path.write_text(
        f'<!doctype html>\n<html lang="{escape(report.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{SHEET.read_text(encoding='utf-8')}</style></head>"
        f"<body><main>{''.join(map(body.item, items))}</main>"
        f'<script type="application/json" id="manifest">{manifest.replace("<", chr(92) + "u003c")}'
        "</script></body></html>\n",
        encoding="utf-8",
    )


class _Body:
    """Turns items into HTML; each paragraph, head and cell carries `data-line` for `verify`."""

    def __init__(self, report: Report) -> None:
        self.evidence: dict[str, Evidence] = {e.key: e for e in report.evidence}
        self.anchors = anchors_of(report)

    def item(self, item: Item) -> str:
        match item:
            case Line():
                return self._line(item)
            case Grid():
                return self._grid(item)
            case Picture():
                caption = f"<figcaption data-line>{escape(item.caption)}</figcaption>"
                return f"<figure>{item.svg}{caption}</figure>"

    def _line(self, line: Line) -> str:
        tag = TAGS.get(line.style, "p")
        parts = [f"padding-right:{line.right:g}em" if line.right else ""]
        parts.append(f"font-size:{line.points:g}pt" if line.points else "")
        style = ";".join(filter(None, parts))
        content = self._pieces(line.pieces).replace("\t", "</span><span>")
        attributes = f' style="{style}"' if style else ""
        return (
            f'<{tag} class="line-{line.style}" data-line{attributes}><span>{content}</span></{tag}>'
        )

    def _pieces(self, pieces: Cell) -> str:
        return "".join(map(self._piece, pieces))

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, Number):
            tag = escape(tag_of(self.evidence[piece.key]))
            name = escape(self.evidence[piece.key].name)
            target = f'href="#{self.anchors[piece.key]}"'
            return f'<a {target} data-number="{tag}" title="{name}">{escape(piece.text)}</a>'
        if isinstance(piece, Door):
            safe = SAFE_URL.match(piece.url)
            return (
                f'<a href="{escape(piece.url)}">{escape(piece.text)}</a>'
                if safe
                else escape(piece.text)
            )
        return escape(piece)

    def _grid(self, grid: Grid) -> str:
        caption = f"<caption data-line>{escape(grid.caption)}</caption>" if grid.caption else ""
        columns = "".join(f'<col style="width:{width / 1.56:.1f}%">' for width in grid.widths)
        head = "".join(f"<th data-line>{escape(word)}</th>" for word in grid.head)
        rows = "".join(self._row(grid, n) for n in range(len(grid.rows)))
        return (
            f'<div class="wide"><table class="{grid.style}">{caption}<colgroup>{columns}</colgroup>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _row(self, grid: Grid, n: int) -> str:
        anchor = f' id="{grid.anchors[n]}"' if grid.anchors else ""
        cells = "".join(
            f"<td data-line{NUMERIC if column in grid.numeric else ''}>{self._pieces(pieces)}</td>"
            for column, pieces in enumerate(grid.rows[n])
        )
        return f"<tr{anchor}>{cells}</tr>"
