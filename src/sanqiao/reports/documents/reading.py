"""What a document says now: its bound numbers, its paragraphs and the manifest inside it."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from lxml import etree, html

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
DRAWN = re.compile(r"<figure>(<svg.*?</svg>)", re.DOTALL)
MANIFEST = "{urn:sanqiao:evidence:1}manifest"
LARGEST = 200_000_000


@dataclass(frozen=True, kw_only=True)
class Control:
    """A bound number as it stands in the document; `tag` is empty when a programme dropped it."""

    key: str
    tag: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """`lines`: marked paragraphs, as `layout.marked` makes them; no manifest is None.

    `pictures`: the SHA-256 of each, in their order, of the kind that such a document holds.
    """

    controls: list[Control]
    lines: list[str]
    manifest: dict[str, Any] | None
    pictures: list[str]
    picture_kind: Literal["svg", "png"]


def read_document(path: Path, beside: dict[str, Any] | None) -> Document:
    """Read a .docx or .html. ValueError when it cannot be read as one.

    LibreOffice 7.4 drops alias and tag of a content control, but keeps the link to the annex;
    then the place of the evidence in the manifest (inside, else `beside`) tells the key.
    """
    kind = path.suffix.lower()
    if kind not in (".docx", ".html"):
        raise ValueError(f"{path.name}: only .docx and .html carry their evidence")
    try:
        return _read_docx(path, beside) if kind == ".docx" else _read_html(path)
    except (zipfile.BadZipFile, KeyError, etree.LxmlError, json.JSONDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _read_docx(path: Path, beside: dict[str, Any] | None) -> Document:
    with zipfile.ZipFile(path) as archive:
        body = _xml(archive, "word/document.xml")
        items = [name for name in archive.namelist() if name.startswith("customXml/item")]
        roots = [_xml(archive, name) for name in items if name.endswith(".xml")]
        pictures = _docx_pictures(archive, body)
    texts = [root.text or "" for root in roots if root.tag == MANIFEST]
    manifest = json.loads(texts[0]) if texts else None
    entries = (manifest or beside or {}).get("evidence", [])
    keys = {f"evidence_{n}": entry["key"] for n, entry in enumerate(entries, 1)}
    bound = partial(_key_of, keys=keys)
    controls = [
        Control(key=key, tag=_tag(element), text=_squeezed(element.iter(f"{W}t")))
        for element in body.iter(f"{W}sdt", f"{W}hyperlink")
        if (key := bound(element)) and not any(map(bound, element.iterancestors(f"{W}sdt")))
    ]
    paragraphs = (p for p in body.iter(f"{W}p") if not any(p.iterancestors(FALLBACK)))
    lines = [line for p in paragraphs if (line := _marked(p, partial(_docx_mark, keys=keys)))]
    return Document(
        controls=controls, lines=lines, manifest=manifest, pictures=pictures, picture_kind="png"
    )


def _docx_pictures(archive: zipfile.ZipFile, body: Any) -> list[str]:
    """Digests of what the drawings show; an empty one where a picture is gone."""
    relations = _xml(archive, "word/_rels/document.xml.rels")
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    files = set(archive.namelist())
    found = []
    for blip in body.iter(BLIP):
        name = f"word/{targets.get(blip.get(EMBED), '')}"
        small = name in files and archive.getinfo(name).file_size <= LARGEST
        found.append(hashlib.sha256(archive.read(name)).hexdigest() if small else "")
    return found


def _key_of(element: Any, keys: dict[str, str]) -> str | None:
    """The evidence that a control or link stands for; None for all others."""
    if element.tag == f"{W}hyperlink":
        return keys.get(element.get(f"{W}anchor", ""))
    if "|" in (tag := _tag(element)):
        return tag.rpartition("|")[0]
    link = None if element.find(f".//{W}p") is not None else element.find(f".//{W}hyperlink")
    return None if link is None else _key_of(link, keys)


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    """Parsed without entities or network; a member that unpacks too large is refused."""
    if archive.getinfo(name).file_size > LARGEST:
        raise ValueError(f"{name} is too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(archive.read(name), parser)


def _tag(element: Any) -> str:
    tag = element.find(f"{W}sdtPr/{W}tag")
    return "" if tag is None else str(tag.get(f"{W}val"))


def _read_html(path: Path) -> Document:
    text = path.read_text(encoding="utf-8")
    root = html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    scripts = root.xpath("//script[@id='manifest']")
    controls = [
        Control(key=tag.rpartition("|")[0], tag=tag, text=_squeezed([a]))
        for a in root.xpath("//a[@data-number]")
        for tag in [a.get("data-number")]
    ]
    lines = [line for p in root.xpath("//*[@data-line]") if (line := _marked(p, _html_mark))]
    manifest = json.loads(scripts[0].text) if scripts else None
    pictures = [hashlib.sha256(svg.encode()).hexdigest() for svg in DRAWN.findall(text)]
    return Document(
        controls=controls, lines=lines, manifest=manifest, pictures=pictures, picture_kind="svg"
    )


def _marked(element: Any, mark: Callable[[Any], str | None]) -> str:
    """Text of an element without white space, bound numbers as {key}."""
    own = mark(element)
    if own is not None:
        return own
    parts = (_marked(child, mark) + _bare(child.tail) for child in element)
    return _bare(element.text) + "".join(parts)


def _docx_mark(element: Any, keys: dict[str, str]) -> str | None:
    """{key} for a bound number; nothing for nested paragraphs, deletions and properties."""
    if element.tag in (f"{W}sdt", f"{W}hyperlink") and (key := _key_of(element, keys)):
        return f"{{{key}}}"
    return None if element.tag in KEPT else ""


def _html_mark(element: Any) -> str | None:
    tag = element.get("data-number")
    return None if tag is None else f"{{{tag.rpartition('|')[0]}}}"


def _squeezed(elements: Iterable[Any]) -> str:
    return "".join(_bare("".join(element.itertext())) for element in elements)


def _bare(text: str | None) -> str:
    return re.sub(r"[\s\x00-\x1f]+", "", text or "")


KEPT = {
    f"{W}{name}"
    for name in ("p", "r", "t", "hyperlink", "sdt", "sdtContent", "ins", "smartTag", "moveTo")
}
