"""Every row behind a figure leads to a page."""

from __future__ import annotations

import pytest
from django.apps import apps

from sanqiao.figures import catalogue
from sanqiao.web.figures.pages import PAGES, READ_ALONG


@pytest.mark.no_db
def test_every_row_behind_a_figure_has_a_page() -> None:
    counted = {f.records.of._meta.label for f in catalogue.declared() if f.records}
    assert not counted - PAGES.keys()


@pytest.mark.no_db
@pytest.mark.parametrize("label", PAGES)
def test_a_page_reads_columns_that_the_record_has(label: str) -> None:
    model = apps.get_model(label)
    names = {field.name for field in model._meta.concrete_fields}
    assert set(READ_ALONG.get(label, ())) <= names
