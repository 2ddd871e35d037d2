import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import docx
import pytest

from sanqiao.reports.documents import fonts
from sanqiao.reports.documents.docx import write_docx
from sanqiao.reports.documents.html import write_html
from sanqiao.reports.documents.model import Paragraph, Picture, Report
from sanqiao.reports.documents.pdf import write_pdf

from .edit import pages
from .make import make_evidence, make_long_report, make_report

Save = Callable[[Path, str], Path]
Write = Callable[[Report, Path], None]
PLAIN = Paragraph(inlines=("核查任务是否按规定时限逐级分解到人接收对象是否明确" * 60,))


def whole_lines(path: Path) -> list[str]:
    """The lines of the second page, which holds nothing but running text."""
    return pages(path)[1]


@pytest.mark.parametrize(
    ("write", "name", "goal"),
    [(write_docx, "r.docx", 3.0), (write_pdf, "r.pdf", 5.0), (write_html, "r.html", 1.0)],
)
def test_a_report_of_a_hundred_numbers_is_quick_and_the_same_each_time(
    tmp_path: Path, write: Write, name: str, goal: float
) -> None:
    """In seconds of the processor, whatever else the machine does."""
    report = make_long_report(tmp_path / "r.evidence")
    started = process_time()
    write(report, tmp_path / name)
    assert process_time() - started < goal
    first = (tmp_path / name).read_bytes()

    write(report, tmp_path / name)

    assert (tmp_path / name).read_bytes() == first


def test_the_pdf_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    write_pdf(make_report((), (PLAIN,)), tmp_path / "r.pdf")

    assert [len(line) for line in whole_lines(tmp_path / "r.pdf")] == [28] * 22


def test_the_docx_has_22_lines_of_28_characters(document: Path, save_as: Save) -> None:
    write_docx(make_report((), (PLAIN,)), document)

    lines = [re.sub(r"\s", "", line) for line in whole_lines(save_as(document, "pdf"))]

    assert [len(line) for line in lines] == [28] * 22


def test_the_docx_opens_with_its_fonts_page_and_controls(document: Path) -> None:
    write_docx(make_report((make_evidence(document.with_suffix(".evidence")),)), document)

    opened = docx.Document(str(document))
    section = opened.sections[0]
    measures = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(length.mm) for length in measures if length] == [210, 297, 37, 28]
    assert opened.settings.odd_and_even_pages_header_footer
    with zipfile.ZipFile(document) as archive:
        body = archive.read("word/document.xml").decode()
        table = archive.read("word/fontTable.xml").decode()
        assert archive.read("customXml/item1.xml").count(b"sanqiao-evidence-1") == 1
    assert re.search(r'<w:alias w:val="党员总数"/><w:tag w:val="members\|[0-9a-f]{12}"/>', body)
    assert '<w:hyperlink w:anchor="evidence_1">' in body
    assert 'w:name="evidence_1"' in body
    for face in fonts.FACES.values():
        assert f'<w:font w:name="{face.office}"><w:altName' in table


def test_the_pdf_is_pdf_a_and_every_number_is_a_link(tmp_path: Path) -> None:
    evidence = make_evidence(tmp_path)
    write_pdf(make_report((evidence,)), tmp_path / "r.pdf")

    content = (tmp_path / "r.pdf").read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert content.count(b"/Link") >= 3
    assert evidence.url.encode() in content


def test_the_pdf_has_no_font_that_was_not_asked_for(tmp_path: Path) -> None:
    write_pdf(make_long_report(tmp_path, 12), tmp_path / "r.pdf")

    listed = subprocess.run(["pdffonts", tmp_path / "r.pdf"], check=True, capture_output=True)
    names = {row.split()[0].split("+")[1] for row in listed.stdout.decode().splitlines()[2:]}
    plain = {re.sub(r"[- ]|(CJK)?(sc|SC)|(Regular|Bold).*", "", name) for name in names}
    assert plain <= {re.sub(r"[- ]|(CJK)? ?SC", "", name) for name in fonts.used_fonts().values()}


def test_a_typeface_that_stands_in_for_another_is_said(tmp_path: Path) -> None:
    write_pdf(make_report(()), tmp_path / "r.pdf")

    text = "".join(line for page in pages(tmp_path / "r.pdf") for line in page)
    assert fonts.used_fonts()["kai"] not in fonts.FACES["kai"].own
    assert "代替楷体_GB2312" in text.replace(" ", "")


def test_an_office_font_is_used_when_the_folder_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Book:
        def families(self) -> list[str]:
            return ["KaiTi", "FangSong", "SimHei", "SimSun", "FZXiaoBiaoSong-B05S"]

    monkeypatch.setattr(fonts, "font_book", Book)

    assert fonts.used_fonts()["body"] == "FangSong"
    assert fonts.substitutions() == ""


def test_the_folder_of_office_fonts_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANQIAO_FONTS", str(tmp_path))

    assert fonts.font_folders()[0] == tmp_path


def test_pages_are_numbered_right_on_odd_and_left_on_even(document: Path, save_as: Save) -> None:
    write_docx(make_report((), (PLAIN,)), document)
    write_pdf(make_report((), (PLAIN,)), document.with_suffix(".pdf"))

    for path in (save_as(document, "pdf"), document.with_suffix(".pdf")):
        text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True)
        odd, even = text.stdout.decode().split("\f")[:2]
        assert re.search(r"^\s{20,}— ?1 ?—", odd, re.MULTILINE)
        assert re.search(r"^\s{0,10}— ?2 ?—", even, re.MULTILINE)


def test_the_web_page_stands_alone_and_runs_nothing(tmp_path: Path) -> None:
    evidence = make_evidence(tmp_path, name="<b>党员</b>", url="javascript:alert(1)")
    write_html(make_report((evidence,)), tmp_path / "r.html")

    page = (tmp_path / "r.html").read_text()
    assert '<a href="#evidence_1" data-number="members|' in page
    assert '<tr id="evidence_1">' in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert 'href="javascript' not in page
    assert not re.search(r'<script(?! type="application/json")|<link|src=', page)


def test_control_characters_do_not_break_a_document(document: Path) -> None:
    folder = document.with_suffix(".evidence")
    write_docx(make_report((make_evidence(folder, name="党员\x01总\x0b数"),)), document)

    assert docx.Document(str(document)).paragraphs


def test_a_report_without_head_seal_or_imprint_is_written(document: Path) -> None:
    bare = replace(
        make_report(()),
        organ="",
        seal=None,
        copied_to="",
        printed_by="",
        checks=(),
        chain_head=None,
    )

    for write, suffix in ((write_docx, ".docx"), (write_pdf, ".pdf"), (write_html, ".html")):
        write(bare, document.with_suffix(suffix))
        assert document.with_suffix(suffix).stat().st_size > 3000


def test_a_picture_without_measures_is_refused(document: Path) -> None:
    picture = Picture(kind="chart", svg="<svg/>", caption="图1")

    with pytest.raises(ValueError, match="viewBox"):
        write_docx(make_report((), (picture,)), document)
