"""A chart or map that is not the one that was printed is named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sanqiao.reports.documents.docx import write_docx
from sanqiao.reports.documents.html import write_html
from sanqiao.reports.documents.model import Report
from sanqiao.reports.documents.verify import verify

from .make import make_long_report


@pytest.fixture
def report(evidence_folder: Path) -> Report:
    return make_long_report(evidence_folder, 12)


def changed(path: Path) -> list[str]:
    return [f.key for f in verify(path) if f.kind == "picture changed"]


def test_pictures_as_they_were_printed_are_proved(report: Report, document: Path) -> None:
    page = document.with_suffix(".html")
    write_docx(report, document)
    write_html(report, page)
    for path in (document, page):
        proved = [f.key for f in verify(path) if f.key.startswith("picture-") and f.kind == "ok"]
        assert len(proved) == len(report.pictures) > 0


@pytest.mark.parametrize("content", [b"another picture", None])
def test_another_picture_in_word_is_named(
    content: bytes | None, report: Report, document: Path
) -> None:
    write_docx(report, document)
    with zipfile.ZipFile(document) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in members if name.startswith("word/media/"))
    members |= {name: content} if content else {}
    kept = {k: v for k, v in members.items() if content or k != name}
    with zipfile.ZipFile(document, "w") as archive:
        for member, data in kept.items():
            archive.writestr(member, data)

    assert changed(document) == ["picture-1"]


def test_a_longer_bar_on_the_page_is_named(report: Report, document: Path) -> None:
    page = document.with_suffix(".html")
    write_html(report, page)
    text = page.read_text("utf-8")
    head, drawn = text.split("<figure>", 1)
    page.write_text(f"{head}<figure>{drawn.replace('width=', 'width =', 1)}", "utf-8")

    assert changed(page) == ["picture-1"]
