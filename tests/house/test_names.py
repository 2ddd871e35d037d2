"""A name is read by one rule, through whichever door it comes in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django import forms

import sanqiao
from sanqiao.kernel.sheets.columns import Column, Name, Text
from sanqiao.registers.importing import registers
from sanqiao.web.forms import Name as NameField

pytestmark = pytest.mark.no_db

SRC = Path(sanqiao.__file__).parent
NAMES = {
    "name", "official_name", "compound_name", "collector", "donor", "receiver", "signed_by",
}  # fmt: skip
"""Columns and fields that hold the name of a person, an organisation, a place or a thing."""


def columns() -> Iterator[tuple[str, Column]]:
    for name, register in registers().items():
        yield from ((name, column) for column in register.sheet.columns if column.name in NAMES)


def form_fields() -> Iterator[tuple[str, forms.Field]]:
    for path in sorted((SRC / "web").rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        import_module(".".join(("sanqiao", *(part for part in parts if part != "__init__"))))
    for form in ours(forms.Form):
        for name, field in form.base_fields.items():
            if name in NAMES:
                yield f"{form.__module__}.{form.__name__}.{name}", field


def ours(form: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for below in form.__subclasses__():
        if below.__module__.startswith("sanqiao."):
            yield below
        yield from ours(below)


def test_every_column_of_names_reads_names() -> None:
    found = list(columns())
    other = [
        (sheet, column.name)
        for sheet, column in found
        if isinstance(column.of, Text) and not isinstance(column.of, Name)
    ]
    assert len(found) > 15 and other == []


def test_every_field_of_names_reads_names() -> None:
    found = list(form_fields())
    assert len(found) > 15
    assert [where for where, field in found if not isinstance(field, NameField)] == []
