"""Proof of a document without the server: its text against its frozen rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from .manifest import digest_of_text, evidence_folder, evidence_from, load_manifest, tag_of
from .model import Evidence, Term
from .printing import combined, printed
from .reading import Document, read_document
from .rows import digest_of, measure

Kind = Literal[
    "ok", "text changed", "sentence changed", "number missing", "rows missing", "rows altered",
    "manifest altered", "picture changed",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One statement on one number (`key`, the figure's `name`), one sentence or one picture."""

    key: str
    name: str
    kind: Kind
    expected: str
    found: str


def verify(path: Path) -> list[Finding]:
    """Findings on a .docx or .html, all "ok" when nothing was touched; reads only files.

    Needs `<stem>.evidence/` beside the document. FileNotFoundError without the document,
    ValueError when it is no document of ours.
    """
    folder = evidence_folder(path)
    beside = load_manifest(folder)
    document = read_document(path, beside)
    manifest = beside or document.manifest
    if manifest is None:
        raise ValueError(f"{path.name}: no manifest in it or beside it")
    evidence = [evidence_from(entry) for entry in manifest["evidence"]]
    findings = [*_manifest(beside, document)]
    for e in evidence:
        findings += _number(e, folder, document)
    findings += _strangers(evidence, document)
    findings += _sentences(manifest["lines"], document.lines)
    return findings + [*_pictures(manifest.get("pictures", []), document)]


def verify_manifest(path: Path) -> list[Finding]:
    """Only whether the manifest in the document is the one beside it: no finding when it is."""
    beside = load_manifest(evidence_folder(path))
    return [*_manifest(beside, read_document(path, beside))]


def evidence_in(folder: Path) -> list[Evidence]:
    """The evidence of a document, from its folder. ValueError without a manifest there."""
    manifest = load_manifest(folder)
    if manifest is None:
        raise ValueError(f"{folder.name}: no manifest")
    return [evidence_from(entry) for entry in manifest["evidence"]]


def _manifest(beside: dict[str, Any] | None, document: Document) -> Iterator[Finding]:
    inside = document.manifest
    if inside is None or inside != beside:
        yield Finding(
            key="",
            name="manifest.json",
            kind="manifest altered",
            expected=_short(beside),
            found=_short(inside),
        )


def _short(manifest: dict[str, Any] | None) -> str:
    """Digest of a manifest, a dash when there is none."""
    return "—" if manifest is None else digest_of_text(repr(sorted(manifest.items())))[:12]


def _number(e: Evidence, folder: Path, document: Document) -> list[Finding]:
    """Every place where the number stands, after its rows; the rows' own findings come first."""
    findings = [finding for term in e.terms if (finding := _rows(e, term, folder))]
    expected = e.printed if findings else _recomputed(e, folder)
    if expected != e.printed:
        findings.append(_finding(e, "manifest altered", expected, e.printed))
    places = [control for control in document.controls if control.key == e.key]
    if not places:
        findings.append(_finding(e, "number missing", expected, "—"))
    for control in places:
        if control.tag and control.tag != tag_of(e):
            findings.append(_finding(e, "manifest altered", tag_of(e), control.tag))
        elif control.text != expected:
            findings.append(_finding(e, "text changed", expected, control.text))
    return findings or [_finding(e, "ok", expected, places[0].text)]


def _rows(e: Evidence, term: Term, folder: Path) -> Finding | None:
    """What is wrong with the frozen rows of a term, if anything."""
    try:
        _, digest = _table(folder / Path(term.file).name)
    except (OSError, pa.ArrowException):
        return _finding(e, "rows missing", term.file, "—")
    return None if digest == term.digest else _finding(e, "rows altered", term.digest, digest)


def _recomputed(e: Evidence, folder: Path) -> str:
    """The printed form of the number, from its rows alone."""
    measures = [measure(_table(folder / Path(term.file).name)[0], term.measure) for term in e.terms]
    value = combined(measures, combine=e.combine, factor=e.factor, decimals=e.decimals)
    return printed(value, e.style)


def _table(path: Path) -> tuple[pa.Table, str]:
    stamp = path.stat()
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int, _size: int) -> tuple[pa.Table, str]:
    table = pq.read_table(path)
    return table, digest_of(table)


def _strangers(evidence: list[Evidence], document: Document) -> list[Finding]:
    """Content controls of ours that name no evidence of the manifest."""
    known = {e.key for e in evidence}
    return [
        Finding(key=c.key, name="—", kind="manifest altered", expected="—", found=c.text)
        for c in document.controls
        if c.key not in known
    ]


def _sentences(expected: list[dict[str, str]], found: list[str]) -> Iterator[Finding]:
    """Paragraphs changed, added or taken away outside their bound numbers."""
    digests = [line["digest"] for line in expected]
    matcher = SequenceMatcher(None, digests, [digest_of_text(line) for line in found], False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for n in range(max(b - a, d - c)):
            old = expected[a + n]["text"] if a + n < b else "—"
            new = found[c + n] if c + n < d else "—"
            name = (old if old != "—" else new)[:20]
            yield Finding(
                key=f"line-{a + n + 1}", name=name, kind="sentence changed", expected=old, found=new
            )


def _pictures(expected: list[dict[str, str]], document: Document) -> Iterator[Finding]:
    """Each picture by its bytes: a programme that saves it anew changes it too."""
    for n, (picture, found) in enumerate(zip_longest(expected, document.pictures), 1):
        given = picture or {"caption": "—", document.picture_kind: "—"}
        digest = given[document.picture_kind]
        yield Finding(
            key=f"picture-{n}",
            name=given["caption"],
            kind="ok" if found == digest else "picture changed",
            expected=digest[:12],
            found=(found or "—")[:12],
        )


def _finding(e: Evidence, kind: Kind, expected: str, found: str) -> Finding:
    return Finding(key=e.key, name=e.name, kind=kind, expected=expected, found=found)
