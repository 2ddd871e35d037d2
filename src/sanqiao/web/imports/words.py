"""Rows of a preview as words; identifying data stays masked."""

from __future__ import annotations

from typing import NamedTuple

from sanqiao.kernel.importing import Preview
from sanqiao.kernel.sheets.columns import Choice, Column
from sanqiao.kernel.sheets.exporting import shown

MOST = 100
"""Rows of each sort on the page; the file of refused rows has all of those."""


class Cell(NamedTuple):
    """`why` is the reason of a refusal; `before` what stands there now."""

    text: str
    why: str = ""
    before: str = ""


class Line(NamedTuple):
    """`number` is the row of the sheet."""

    number: int
    cells: list[Cell]


def refused_lines(preview: Preview) -> list[Line]:
    columns = preview.register.sheet.columns
    return [
        Line(row.number, [
            Cell(_masked(column, text), row.errors.get(column.name, ""))
            for column, text in zip(columns, row.cells, strict=False)
        ])
        for row in preview.refused[:MOST]
    ]  # fmt: skip


def created_lines(preview: Preview) -> list[Line]:
    columns = preview.register.sheet.columns
    return [
        Line(row.number, [
            Cell(_words(column, value)) for column, value in zip(columns, row.values, strict=True)
        ])
        for row in preview.create[:MOST]
    ]  # fmt: skip


def changed_lines(preview: Preview) -> list[Line]:
    return [
        Line(row.number, [
            _changed(column, value, changes.get(column.name))
            for column, value in zip(preview.register.sheet.columns, row.values, strict=True)
        ])
        for row, changes in preview.change[:MOST]
    ]  # fmt: skip


def _changed(column: Column, value: object, change: tuple[object, object] | None) -> Cell:
    before = _words(column, change[0]) or "—" if change else ""
    return Cell(_words(column, value), before=before)


def _words(column: Column, value: object) -> str:
    choices = column.choices() if callable(column.choices) else column.choices
    if isinstance(column.of, Choice):
        value = dict(choices).get(value, value)
    return _masked(column, str(shown(value)))


def _masked(column: Column, text: str) -> str:
    return f"{text[:3]}****{text[-4:]}" if column.secret and len(text) > 8 else text
