"""The manifest: all evidence and every sentence of a document, as deterministic JSON."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from .model import Evidence, Picture, Report, Term
from .pictures import png_of

MANIFEST = "manifest.json"
FORMAT = "sanqiao-evidence-1"


def evidence_folder(document: Path) -> Path:
    """`report.docx` → `report.evidence/`, which holds manifest.json and the Parquet files."""
    return document.with_suffix(".evidence")


def write_manifest(text: str, document: Path) -> None:
    """Lay manifest.json into the evidence folder of `document`."""
    folder = evidence_folder(document)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def manifest_text(report: Report, lines: Sequence[str], *, is_draft: bool = False) -> str:
    """JSON with sorted keys; `lines` are the marked paragraphs, each with its own digest.

    A draft is only looked at: its pictures are not rendered to be digested.
    """
    return _json(
        {
            "format": FORMAT,
            "title": "".join(report.title_lines),
            "number": report.number,
            "date": report.date,
            "language": report.language,
            "chain_head": report.chain_head,
            "evidence": [asdict(e) for e in report.evidence],
            "checks": [asdict(check) for check in report.checks],
            "lines": [{"digest": digest_of_text(line), "text": line} for line in lines],
            "pictures": [] if is_draft else [_picture(p) for p in report.pictures],
        }
    )


def _picture(picture: Picture) -> dict[str, str]:
    """Digests of a picture as the page shows it, and as Word does."""
    return {
        "caption": picture.caption,
        "svg": digest_of_text(picture.svg),
        "png": hashlib.sha256(png_of(picture.svg)).hexdigest(),
    }


def load_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest in an evidence folder, None without one. ValueError when it is not ours."""
    file = folder / MANIFEST
    found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    if found is not None and found.get("format") != FORMAT:
        raise ValueError(f"{folder.name}: no {FORMAT} manifest")
    return found


def digest_of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def evidence_digest(report: Report) -> str:
    """SHA-256 over all evidence of a report; printed in its annex."""
    return digest_of_text(_json([asdict(e) for e in report.evidence]))


@lru_cache(maxsize=512)
def tag_of(evidence: Evidence) -> str:
    """Content control tag: the key and the first 12 digits of the evidence's own digest."""
    return f"{evidence.key}|{digest_of_text(_json(asdict(evidence)))[:12]}"


def evidence_from(given: dict[str, Any]) -> Evidence:
    """One evidence back from the manifest. TypeError or ValueError when it is misshapen."""
    fields = dict(given)
    for name in ("since", "as_of", "start"):
        fields[name] = fields[name] and datetime.date.fromisoformat(fields[name])
    fields["value"] = None if fields["value"] is None else Decimal(fields["value"])
    fields["terms"] = tuple(Term(**term) for term in fields["terms"])
    return Evidence(**fields)


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, default=str)
