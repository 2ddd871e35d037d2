from dataclasses import replace
from pathlib import Path

import pytest

from sanqiao.reports.documents.model import Number, Paragraph

from .make import make_evidence, make_report


def test_a_number_prints_what_its_evidence_says(tmp_path: Path) -> None:
    text = Paragraph(inlines=(Number(key="members", text="1,137"),))

    with pytest.raises(ValueError, match="does not print its evidence"):
        make_report((make_evidence(tmp_path),), (text,))


def test_every_number_has_evidence(tmp_path: Path) -> None:
    text = Paragraph(inlines=(Number(key="branches", text="9"),))

    with pytest.raises(ValueError, match="does not print its evidence"):
        make_report((make_evidence(tmp_path),), (text,))


def test_one_key_has_one_evidence(tmp_path: Path) -> None:
    evidence = make_evidence(tmp_path)

    with pytest.raises(ValueError, match="evidence given twice"):
        make_report((evidence, replace(evidence, name="党员数")))
