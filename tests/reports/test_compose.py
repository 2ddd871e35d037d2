"""A document is written in the language of its own words."""

from __future__ import annotations

import datetime

import pytest
from django.utils.translation import override

from sanqiao.reports.compose import compose
from sanqiao.reports.documents.flow import flow_of
from sanqiao.reports.models import WorkReport
from tests.make import Town

DAY = datetime.date(2020, 6, 30)
CHINESE, ENGLISH = "# 底数清\n\n党员{{people.members}}名。", "# Base\n\n{{people.members}} members."


@pytest.mark.parametrize("screen", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("title", "text", "language", "heading", "unit"),
    [
        ("综述", CHINESE, "zh-hans", "一、底数清", "人"),
        ("Report", ENGLISH, "en", "Base", "persons"),
    ],
)
def test_whatever_the_screen_speaks_a_document_speaks_its_own_language(
    screen: str, title: str, text: str, language: str, heading: str, unit: str, town: Town
) -> None:
    report = WorkReport(
        title=title, text=text, start=DAY, as_of=DAY, area=town.county, area_path=town.county.path
    )
    with override(screen):
        document = compose(report)
    with override(document.language):
        lines = ["".join(map(str, getattr(item, "pieces", ()))) for item in flow_of(document)]

    assert document.language == language
    assert heading in lines
    assert document.evidence[0].unit == unit
