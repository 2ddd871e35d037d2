import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sanqiao.reports.documents.docx import write_docx
from sanqiao.reports.documents.html import write_html
from sanqiao.reports.documents.manifest import tag_of, write_manifest
from sanqiao.reports.documents.model import Paragraph
from sanqiao.reports.documents.printing import combined, printed
from sanqiao.reports.documents.rows import freeze, measure
from sanqiao.reports.documents.verify import Finding, evidence_in, verify, verify_manifest

from .edit import rewrite
from .make import bound, make_evidence, make_report, make_rows

Save = Callable[[Path, str], Path]


def wrong(path: Path) -> list[tuple[str, str, str, str]]:
    return [(f.key, f.kind, f.expected, f.found) for f in verify(path) if f.kind != "ok"]


@pytest.fixture
def sealed(document: Path, evidence_folder: Path) -> Path:
    """A document with two numbers, 1,136 and 330, each once in the text and once in the annex."""
    cadres = make_evidence(evidence_folder, "cadres", 330, name="领导干部")
    write_docx(make_report((make_evidence(evidence_folder), cadres)), document)
    return document


def test_an_untouched_document_is_proved_number_by_number(sealed: Path) -> None:
    assert verify(sealed) == [
        Finding(key="members", name="党员总数", kind="ok", expected="1,136", found="1,136"),
        Finding(key="cadres", name="领导干部", kind="ok", expected="330", found="330"),
    ]


def test_a_digit_changed_in_word_is_named(sealed: Path) -> None:
    rewrite(sealed, lambda xml: xml.replace(">1,136<", ">1,186<", 1))

    assert wrong(sealed) == [("members", "text changed", "1,136", "1,186")]


def test_each_place_of_a_number_is_looked_at(sealed: Path) -> None:
    shown = ">330</w:t></w:r></w:hyperlink>"
    rewrite(sealed, lambda xml: xml.replace(shown, shown.replace("330", "380")))

    assert wrong(sealed) == [("cadres", "text changed", "330", "380")] * 2


def test_a_number_that_says_it_is_of_other_evidence_is_named(sealed: Path) -> None:
    """Its text is right; the digest of what it stands for is not."""
    tag = tag_of(next(e for e in evidence_in(sealed.with_suffix(".evidence")) if e.key == "cadres"))
    rewrite(
        sealed, lambda xml: xml.replace(f'<w:tag w:val="{tag}"/>', '<w:tag w:val="cadres|0"/>', 1)
    )

    assert wrong(sealed) == [("cadres", "manifest altered", tag, "cadres|0")]


def test_a_number_split_over_runs_is_still_read(sealed: Path) -> None:
    split = '<w:t xml:space="preserve">1,1</w:t></w:r><w:r><w:t>36</w:t>'
    rewrite(sealed, lambda xml: xml.replace('<w:t xml:space="preserve">1,136</w:t>', split))

    assert wrong(sealed) == []


def test_digits_typed_before_the_link_inside_the_control_count(sealed: Path) -> None:
    typed = "<w:sdtContent><w:r><w:t>9</w:t></w:r>"
    rewrite(sealed, lambda xml: xml.replace("<w:sdtContent>", typed, 1))

    assert wrong(sealed) == [("members", "text changed", "1,136", "91,136")]


def test_a_number_typed_over_its_control_is_missing_and_its_sentence_changed(sealed: Path) -> None:
    plain = "<w:r><w:t>1,136</w:t></w:r>"
    rewrite(sealed, lambda xml: re.sub("<w:sdt>.*?</w:sdt>", plain, xml, count=1))
    rewrite(sealed, lambda xml: re.sub(r"<w:sdt>(?:(?!<w:sdt>).)*1,136.*?</w:sdt>", plain, xml))

    found = wrong(sealed)
    assert found[0] == ("members", "number missing", "1,136", "—")
    assert found[1][1:] == (
        "sentence changed",
        "{members}人，{cadres}人，",
        "1,136人，{cadres}人，",
    )


def test_a_sentence_changed_around_its_numbers_is_named(sealed: Path) -> None:
    rewrite(sealed, lambda xml: xml.replace(">人，<", ">人，其中90人受表彰，<", 1))

    assert [kind for _, kind, *_ in wrong(sealed)] == ["sentence changed"]
    assert wrong(sealed)[0][3] == "{members}人，其中90人受表彰，{cadres}人，"


def test_a_sentence_added_is_named(sealed: Path) -> None:
    added = "<w:p><w:r><w:t>另有500人报名。</w:t></w:r></w:p><w:sectPr>"
    rewrite(sealed, lambda xml: xml.replace("<w:sectPr>", added))

    assert [found[1:] for found in wrong(sealed)] == [("sentence changed", "—", "另有500人报名。")]


def test_a_definition_changed_in_the_annex_is_named(sealed: Path) -> None:
    rewrite(sealed, lambda xml: xml.replace("正式党员与预备党员", "正式党员", 1))

    assert [kind for _, kind, *_ in wrong(sealed)] == ["sentence changed"]


def test_text_deleted_under_tracking_counts_as_deleted(sealed: Path) -> None:
    run = '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">人，</w:t></w:r>'
    deleted = f'<w:del w:id="900">{run.replace("w:t", "w:delText")}</w:del>'
    rewrite(sealed, lambda xml: xml.replace(run, deleted, 1))

    assert wrong(sealed)[0][2:] == ("{members}人，{cadres}人，", "{members}{cadres}人，")


def test_a_row_altered_in_the_parquet_is_named(sealed: Path, evidence_folder: Path) -> None:
    term = make_evidence(evidence_folder).terms[0]
    table = make_rows(1136).to_pydict()
    table["area_id"][7] += 1
    pq.write_table(make_rows(0).from_pydict(table), evidence_folder / term.file)

    key, kind, expected, found = wrong(sealed)[0]
    assert (key, kind, expected) == ("members", "rows altered", term.digest)
    assert found not in {"", term.digest}


def test_a_row_taken_out_of_the_parquet_is_named(sealed: Path, evidence_folder: Path) -> None:
    term = make_evidence(evidence_folder).terms[0]
    pq.write_table(make_rows(1136).slice(1), evidence_folder / term.file)

    assert [kind for _, kind, *_ in wrong(sealed)] == ["rows altered"]


@pytest.mark.parametrize("content", [None, b"PAR1 broken"])
def test_rows_that_cannot_be_read_are_missing(
    sealed: Path, evidence_folder: Path, content: bytes | None
) -> None:
    file = evidence_folder / make_evidence(evidence_folder).terms[0].file
    file.unlink() if content is None else file.write_bytes(content)

    assert wrong(sealed) == [("members", "rows missing", file.name, "—")]


def test_a_manifest_altered_beside_the_document_is_named(sealed: Path) -> None:
    file = sealed.with_suffix(".evidence") / "manifest.json"
    file.write_text(file.read_text().replace("1,136", "1,186"))

    kinds = {(key, kind) for key, kind, *_ in wrong(sealed)}
    assert ("", "manifest altered") in kinds
    assert ("members", "manifest altered") in kinds
    assert [f.kind for f in verify_manifest(sealed)] == ["manifest altered"]


def test_a_forger_who_changes_document_and_manifest_is_caught_by_the_rows(sealed: Path) -> None:
    for member in ("word/document.xml", "customXml/item1.xml"):
        rewrite(sealed, lambda xml: xml.replace("1,136", "1,186"), member)
    file = sealed.with_suffix(".evidence") / "manifest.json"
    file.write_text(file.read_text().replace("1,136", "1,186"))

    assert ("members", "manifest altered", "1,136", "1,186") in wrong(sealed)


def test_a_lost_manifest_is_said_and_the_one_inside_is_used(sealed: Path) -> None:
    (sealed.with_suffix(".evidence") / "manifest.json").unlink()
    rewrite(sealed, lambda xml: xml.replace(">330<", ">380<", 1))

    kinds = [(key, kind) for key, kind, *_ in wrong(sealed)]
    assert kinds == [("", "manifest altered"), ("cadres", "text changed")]


def test_a_strange_control_is_named(sealed: Path) -> None:
    sdt = (
        '<w:sdt><w:sdtPr><w:tag w:val="ghost|123"/></w:sdtPr><w:sdtContent><w:r><w:t>5</w:t></w:r>'
    )
    rewrite(sealed, lambda xml: xml.replace("<w:sdt>", f"{sdt}</w:sdtContent></w:sdt><w:sdt>", 1))

    assert wrong(sealed)[0] == ("ghost", "manifest altered", "—", "5")


def test_ratios_are_recomputed_from_both_terms(document: Path, evidence_folder: Path) -> None:
    terms = tuple(
        freeze(table, folder=evidence_folder, name=name, measure="distinct", selector=name)
        for name, table in (("已办", make_rows(600)), ("应办", make_rows(999)))
    )
    measures = [measure(make_rows(n), "distinct") for n in (600, 999)]
    value = combined(measures, combine="ratio", factor=100, decimals=2)
    rate = make_evidence(
        evidence_folder, "rate", combine="ratio", factor=100, decimals=2, style="percent",
        unit="%", value=value, printed=printed(value, "percent"), terms=terms,
    )  # fmt: skip
    write_docx(make_report((rate,)), document)

    assert [(f.kind, f.found) for f in verify(document)] == [("ok", "60.06%")]


def test_a_web_page_is_proved_the_same_way(document: Path, evidence_folder: Path) -> None:
    page = document.with_suffix(".html")
    write_html(make_report((make_evidence(evidence_folder),)), page)
    assert [f.kind for f in verify(page)] == ["ok"]

    page.write_text(page.read_text().replace(">1,136</a>人", ">1,139</a>个"))

    assert [found[:2] for found in wrong(page)] == [
        ("members", "text changed"),
        ("line-5", "sentence changed"),
    ]
    assert verify_manifest(page) == []


def test_an_office_programme_that_saves_again_breaks_nothing(sealed: Path, save_as: Save) -> None:
    saved = save_as(sealed, "docx")
    sealed.with_suffix(".evidence").rename(saved.with_suffix(".evidence"))
    assert wrong(saved) == []

    rewrite(saved, lambda xml: xml.replace(">1,136<", ">1,186<", 1))

    assert wrong(saved) == [("members", "text changed", "1,136", "1,186")]


@pytest.mark.parametrize("name", ["report.docx", "report.html", "report.pdf"])
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<p>PK</p>")

    with pytest.raises(ValueError, match="report"):
        verify(tmp_path / name)


def test_a_manifest_of_another_kind_is_refused(sealed: Path) -> None:
    write_manifest(json.dumps({"format": "other"}), sealed)

    with pytest.raises(ValueError, match="no sanqiao-evidence-1 manifest"):
        verify(sealed)


def test_the_same_number_twice_in_a_sentence_is_two_places(
    document: Path, evidence_folder: Path
) -> None:
    evidence = make_evidence(evidence_folder)
    text = Paragraph(inlines=(bound(evidence), "人，即", bound(evidence), "名党员"))
    write_docx(replace(make_report((evidence,)), blocks=(text,)), document)
    rewrite(document, lambda xml: xml.replace(">1,136<", ">9<", 2))

    assert [kind for _, kind, *_ in wrong(document)] == ["text changed"] * 2


def test_the_evidence_comes_back_from_the_folder_as_it_was(
    sealed: Path, evidence_folder: Path, tmp_path: Path
) -> None:
    assert evidence_in(evidence_folder)[0] == make_evidence(evidence_folder)

    with pytest.raises(ValueError, match="no manifest"):
        evidence_in(tmp_path)
