"""Rows of a preview as words: names for codes; identifying data stays masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Model

from sanqiao.kernel.importing import Preview
from sanqiao.kernel.sheets.columns import Choice, Column, Lookup
from sanqiao.kernel.sheets.exporting import shown
from sanqiao.kernel.sheets.reading import Row
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.models import Post
from sanqiao.work.squads.models import Squad

Names = Mapping[tuple[str, object], str]
LOOK_UPS: dict[str, tuple[type[Model], str]] = {
    "areas": (Area, "key"),
    "organisations": (Organisation, "code"),
    "units": (Unit, "credit_code"),
    "posts": (Post, "code"),
    "squads": (Squad, "number"),
}
"""Where the name of a code stands, by the source of the column."""
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


def names_of(preview: Preview) -> Names:
    """{(source, code): name} of the rows on the page; one query for each source."""
    columns = preview.register.sheet.columns
    codes: dict[str, set[object]] = {}
    for values in _values_on_page(preview):
        for column, value in zip(columns, values, strict=True):
            if value and (source := _source(column)):
                codes.setdefault(source, set()).add(value)
    return {
        (source, code): name for source in codes for code, name in _named(source, codes[source])
    }


def _values_on_page(preview: Preview) -> Iterable[Sequence[object]]:
    """Of new rows, of changed ones, and what stands there before."""
    names = [column.name for column in preview.register.sheet.columns]
    for row in preview.create[:MOST]:
        yield row.values
    for row, changes in preview.change[:MOST]:
        yield row.values
        yield [changes.get(name, (None, None))[0] for name in names]


def _source(column: Column) -> str:
    """The look-up table of a column, where we know its names."""
    kind = column.of
    source = (kind.source or column.name) if isinstance(kind, Lookup) else ""
    return source if source in LOOK_UPS else ""


def _named(source: str, codes: set[object]) -> Iterable[tuple[Any, ...]]:
    model, code = LOOK_UPS[source]
    return model._default_manager.filter(**{f"{code}__in": codes}).values_list(code, "name")


def created_lines(preview: Preview, names: Names) -> list[Line]:
    columns = preview.register.sheet.columns
    return [
        Line(row.number, [
            Cell(_words(column, value, names))
            for column, value in zip(columns, row.values, strict=True)
        ])
        for row in preview.create[:MOST]
    ]  # fmt: skip


def changed_lines(preview: Preview, names: Names) -> list[Line]:
    return [_changed_line(preview, row, changes, names) for row, changes in preview.change[:MOST]]


def _changed_line(
    preview: Preview, row: Row, changes: Mapping[str, tuple[object, object]], names: Names
) -> Line:
    cells = []
    for column, value in zip(preview.register.sheet.columns, row.values, strict=True):
        change = changes.get(column.name)
        before = _words(column, change[0], names) or "—" if change else ""
        cells.append(Cell(_words(column, value, names), before=before))
    return Line(row.number, cells)


def _words(column: Column, value: object, names: Names) -> str:
    choices = column.choices() if callable(column.choices) else column.choices
    if isinstance(column.of, Choice):
        value = dict(choices).get(value, value)
    value = names.get((_source(column), value), value)
    return _masked(column, str(shown(value)))


def _masked(column: Column, text: str) -> str:
    return f"{text[:3]}****{text[-4:]}" if column.secret and len(text) > 8 else text
