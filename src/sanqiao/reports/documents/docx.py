"""The document of record: WordprocessingML to GB/T 9704-2012, every number a content control."""

import re
import zipfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import override

from .flow import flow_of
from .layout import Cell, Door, Grid, Item, Line, Piece, anchors_of, is_imprint, marked_lines, words
from .manifest import manifest_text, tag_of, write_manifest
from .model import Number, Picture, Report
from .pictures import png_of, size_on_paper

PARTS = Path(__file__).parent / "ooxml"
EXTERNAL = ' TargetMode="External"'
STAMP = (1980, 1, 1, 0, 0, 0)
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org"
RELATIONS = f"{OFFICE}/officeDocument/2006/relationships"
SPACES = " ".join(
    f'xmlns:{prefix}="{OFFICE}/{path}"'
    for prefix, path in {
        "w": "wordprocessingml/2006/main",
        "r": "officeDocument/2006/relationships",
        "wp": "drawingml/2006/wordprocessingDrawing",
        "a": "drawingml/2006/main",
        "pic": "drawingml/2006/picture",
    }.items()
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
MANIFEST_SPACE = "urn:sanqiao:evidence:1"
IMPRINT = (
    '<w:tblpPr w:vertAnchor="margin" w:horzAnchor="page" w:tblpX="1588" w:tblpYSpec="bottom"/>'
    '<w:tblW w:w="8845" w:type="dxa"/><w:tblBorders><w:top w:val="single" w:sz="8" w:space="0"/>'
    '<w:bottom w:val="single" w:sz="8" w:space="0"/>'
    '<w:insideH w:val="single" w:sz="6" w:space="0"/></w:tblBorders><w:tblLayout w:type="fixed"/>'
    '<w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
    '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
)
TWIPS_PER_MM = 1440 / 25.4
EMU_PER_MM = 36_000
CHARACTER_TWIPS = 315
SECTION = (
    "<w:sectPr>"
    '<w:footerReference w:type="default" r:id="odd"/><w:footerReference w:type="even" r:id="even"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851"'
    ' w:footer="1290" w:gutter="0"/>'
    '<w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr>'
)


def write_docx(report: Report, path: Path) -> None:
    """Write the document, and manifest.json into `<stem>.evidence/`. Same report, same bytes."""
    with override(report.language):
        items = flow_of(report)
    manifest = manifest_text(report, marked_lines(items))
    write_manifest(manifest, path)
    body = _Body(report)
    document = body.document(items)
    members = _fixed_parts() | {
        "docProps/core.xml": _core(report),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _relations(body.relations),
        "customXml/item1.xml": f'{HEADER}<manifest xmlns="{MANIFEST_SPACE}">'
        f"{escape(manifest)}</manifest>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members | body.media).items():
            clean = CONTROL.sub("", content) if isinstance(content, str) else content
            archive.writestr(zipfile.ZipInfo(name, STAMP), clean, zipfile.ZIP_DEFLATED)


class _Body:
    """Turns items into XML and gathers the relations and pictures that they need."""

    def __init__(self, report: Report) -> None:
        self.evidence = {e.key: e for e in report.evidence}
        self.anchors = anchors_of(report)
        self.media: dict[str, bytes] = {}
        self.relations: list[tuple[str, str, str]] = [
            ("styles", f"{RELATIONS}/styles", "styles.xml"),
            ("settings", f"{RELATIONS}/settings", "settings.xml"),
            ("fonts", f"{RELATIONS}/fontTable", "fontTable.xml"),
            ("odd", f"{RELATIONS}/footer", "footer-odd.xml"),
            ("even", f"{RELATIONS}/footer", "footer-even.xml"),
            ("manifest", f"{RELATIONS}/customXml", "../customXml/item1.xml"),
        ]
        self._ids = count(1)

    def document(self, items: tuple[Item, ...]) -> str:
        content = "".join(self._item(item) for item in items if not is_imprint(item))
        content += self._imprint(filter(is_imprint, items)) + _paragraph("end", "")
        return f"{HEADER}<w:document {SPACES}><w:body>{content}{SECTION}</w:body></w:document>"

    def _imprint(self, lines: Iterable[Line]) -> str:
        """版记: a table that floats to the foot of the last page, with rules across the block."""
        rows = "".join(f"<w:tr>{_cell(self._line(line), 8845)}</w:tr>" for line in lines)
        grid = '<w:tblGrid><w:gridCol w:w="8845"/></w:tblGrid>'
        return f"<w:tbl><w:tblPr>{IMPRINT}{grid}{rows}</w:tbl>" if rows else ""

    def _item(self, item: Item) -> str:
        match item:
            case Line():
                return self._line(item)
            case Grid():
                return self._grid(item)
            case Picture():
                return self._picture(item)

    def _line(self, line: Line) -> str:
        """One paragraph; its style carries the format, only the right indent is its own."""
        indent = round(line.right * CHARACTER_TWIPS)
        extra = f'<w:ind w:right="{indent}"/>' if line.right else ""
        size = f'<w:sz w:val="{round(line.points * 2)}"/>' if line.points else ""
        return _paragraph(line.style, self._pieces(line.pieces, size), extra)

    def _pieces(self, pieces: Cell, size: str = "") -> str:
        return "".join(self._piece(piece, size) for piece in pieces)

    def _piece(self, piece: Piece, size: str) -> str:
        run = _run(words(piece), size)
        if isinstance(piece, Number):
            return self._number(piece, run)
        if isinstance(piece, Door):
            return f'<w:hyperlink r:id="{self._relation(piece.url)}">{run}</w:hyperlink>'
        return run

    def _number(self, number: Number, run: str) -> str:
        evidence = self.evidence[number.key]
        return (
            f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr(evidence.name)}/>"
            f'<w:tag w:val={quoteattr(tag_of(evidence))}/><w:id w:val="{next(self._ids)}"/>'
            f'</w:sdtPr><w:sdtContent><w:hyperlink w:anchor="{self.anchors[number.key]}">{run}'
            "</w:hyperlink></w:sdtContent></w:sdt>"
        )

    def _relation(self, url: str) -> str:
        name = f"door{next(self._ids)}"
        self.relations.append((name, f"{RELATIONS}/hyperlink", url))
        return name

    def _grid(self, grid: Grid) -> str:
        caption = _paragraph("tablecaption", _run(grid.caption)) if grid.caption else ""
        widths = [round(width * TWIPS_PER_MM) for width in grid.widths]
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        head = "".join(
            _cell(_paragraph(f"{grid.style}head", _run(word)), width)
            for word, width in zip(grid.head, widths, strict=True)
        )
        rows = "".join(self._row(grid, n, widths) for n in range(len(grid.rows)))
        return (
            f"{caption}<w:tbl><w:tblPr>"
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{_borders()}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
            f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
        )

    def _row(self, grid: Grid, n: int, widths: list[int]) -> str:
        mark = self._bookmark(grid.anchors[n]) if grid.anchors else ""
        cells = []
        for column, (pieces, width) in enumerate(zip(grid.rows[n], widths, strict=True)):
            style = f"{grid.style}{'number' if column in grid.numeric else 'cell'}"
            content = ("" if column else mark) + self._pieces(pieces)
            cells.append(_cell(_paragraph(style, content), width))
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"

    def _bookmark(self, name: str) -> str:
        n = next(self._ids)
        return f'<w:bookmarkStart w:id="{n}" w:name="{name}"/><w:bookmarkEnd w:id="{n}"/>'

    def _picture(self, picture: Picture) -> str:
        n = next(self._ids)
        self.relations.append((f"picture{n}", f"{RELATIONS}/image", f"media/picture{n}.png"))
        width, height = (round(mm * EMU_PER_MM) for mm in size_on_paper(picture.svg))
        self.media[f"word/media/picture{n}.png"] = png_of(picture.svg)
        drawing = _drawing(n, width, height, picture.caption)
        return _paragraph("picture", drawing) + _paragraph("caption", _run(picture.caption))


def _paragraph(style: str, content: str, extra: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{content}</w:p>'


def _run(text: str, size: str = "") -> str:
    """Runs hint at East Asia, so that Chinese quotation marks take the Chinese font."""
    inner = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    for sign, element in (("\n", "<w:br/>"), ("\t", "<w:tab/>")):
        inner = inner.replace(sign, f'</w:t>{element}<w:t xml:space="preserve">')
    return f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/>{size}</w:rPr>{inner}</w:r>'


def _cell(content: str, width: int) -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{content}</w:tc>"
    )


def _borders() -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0"/>' for side in sides)


def _drawing(n: int, width: int, height: int, caption: str) -> str:
    size = f'cx="{width}" cy="{height}"'
    name = f'id="{n}" name="picture{n}" descr={quoteattr(caption)}'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr {name}/><a:graphic><a:graphicData uri="{OFFICE}/drawingml/2006/picture">'
        f"<pic:pic><pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
        f'<a:blip r:embed="picture{n}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect">'
        "<a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>"
        "</w:drawing></w:r>"
    )


def _relations(relations: list[tuple[str, str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target={quoteattr(target)}'
        f"{EXTERNAL if kind.endswith('/hyperlink') else ''}/>"
        for name, kind, target in relations
    )
    space = f"{OFFICE}/package/2006/relationships"
    return f'{HEADER}<Relationships xmlns="{space}">{rows}</Relationships>'


def _fixed_parts() -> dict[str, str | bytes]:
    """Members that are the same in every document."""
    places = {
        "[Content_Types].xml": "content-types.xml",
        "_rels/.rels": "package-rels.xml",
        "word/styles.xml": "styles.xml",
        "word/settings.xml": "settings.xml",
        "word/fontTable.xml": "fontTable.xml",
        "word/footer-odd.xml": "footer-odd.xml",
        "word/footer-even.xml": "footer-even.xml",
        "customXml/itemProps1.xml": "item-props.xml",
        "customXml/_rels/item1.xml.rels": "item-rels.xml",
    }
    return {name: (PARTS / file).read_bytes() for name, file in places.items()}


def _core(report: Report) -> str:
    space = f"{OFFICE}/package/2006/metadata/core-properties"
    stamp = f'<dcterms:%s xsi:type="dcterms:W3CDTF">{report.date}T00:00:00Z</dcterms:%s>'
    return (
        f'{HEADER}<cp:coreProperties xmlns:cp="{space}"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(''.join(report.title_lines))}</dc:title>"
        f"<dc:creator>{escape(report.sign)}</dc:creator>"
        f"{stamp % ('created', 'created')}{stamp % ('modified', 'modified')}</cp:coreProperties>"
    )
