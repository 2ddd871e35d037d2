"""From a work report to the document model: text, pictures, tables, evidence and checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import get_language

from sanqiao.figures.checks import run_checks

from .documents.charts import bars_svg, map_svg
from .documents.model import (
    Block,
    CheckLine,
    Heading,
    Paragraph,
    Picture,
    Report,
    Table,
)
from .evidence import Bound, Numbers, door, measured
from .models import WorkReport
from .narrative import Binding, NarrativeBlock, ShownBlock, TextBlock, parse


@dataclass(frozen=True, kw_only=True)
class Row:
    area_name: str
    bounds: tuple[Bound, ...]


def compose(report: WorkReport, *, folder: Path | None = None) -> Report:
    """The document of a report as of its day; `folder` freezes the rows into it.

    Raises Refused: reports.bad_binding, reports.unknown_figure, reports.unknown_area.
    """
    numbers = Numbers(area=report.area, start=report.start, as_of=report.as_of)
    prepared = [prepare(block, numbers) for block in parse(report.text)]
    blocks = tuple(block for item in prepared for block in finish(item, numbers))
    return Report(
        title_lines=(report.title,),
        organ=report.organ,
        number=report.number,
        addressee=report.addressee,
        blocks=blocks,
        sign=report.sign,
        date=report.as_of,
        copied_to=report.copied_to,
        printed_by=report.sign,
        printed_on=report.as_of,
        evidence=numbers.evidence(folder=folder),
        checks=tuple(check_lines(report)),
        language=get_language() or "zh-hans",
        seal=None,
        chain_head=None,
    )


Prepared = tuple[NarrativeBlock, list[str | Bound] | list[Row]]


def prepare(block: NarrativeBlock, numbers: Numbers) -> Prepared:
    """Bind first, so that all values come in one go."""
    if isinstance(block, TextBlock):
        parts = [numbers.bind(p) if isinstance(p, Binding) else p for p in block.parts]
        return block, parts
    rows = [
        Row(
            area_name=child.name,
            bounds=tuple(numbers.bind(Binding(code=code, area=child.key)) for code in block.codes),
        )
        for child in numbers.children
    ]
    return block, rows


def finish(prepared: Prepared, numbers: Numbers) -> Iterator[Block]:
    block, content = prepared
    if isinstance(block, ShownBlock):
        yield from shown(block, [row for row in content if isinstance(row, Row)], numbers)
        return
    parts = tuple(
        numbers.number(p) if isinstance(p, Bound) else p for p in content if not isinstance(p, Row)
    )
    if block.level == 0:
        yield Paragraph(inlines=parts)
    else:
        yield Heading(level=block.level, text="".join(str(p) for p in parts))  # type: ignore[arg-type]


def shown(block: ShownBlock, rows: list[Row], numbers: Numbers) -> Iterator[Block]:
    """A picture is followed by its table, so that each drawn value is a bound number too."""
    caption = block.caption
    if block.show != "table":
        yield Picture(kind=block.show, svg=drawing(block, rows, numbers), caption=caption)
        caption = ""
    names = [str(bound.figure.name) for bound in rows[0].bounds] if rows else []
    yield Table(
        head=(numbers.level_below, *names),
        rows=tuple((row.area_name, *map(numbers.number, row.bounds)) for row in rows),
        caption=caption,
    )


def drawing(block: ShownBlock, rows: list[Row], numbers: Numbers) -> str:
    bounds = [row.bounds[0] for row in rows]
    values = measured(numbers.values[bound] for bound in bounds)
    if block.show == "chart":
        items = [
            (bound.area.name, value, door(bound))
            for bound, value in zip(bounds, values, strict=True)
        ]
        return bars_svg(block.caption, items, str(bounds[0].figure.unit))
    features = [
        {"id": area.key, "name": area.name, "geometry": area.boundary, "label_point": None}
        for area in numbers.children
        if area.boundary
    ]
    return map_svg(
        block.caption,
        features,
        {bound.area.key: value for bound, value in zip(bounds, values, strict=True)},
        unit=str(bounds[0].figure.unit),
        hrefs={bound.area.key: door(bound) for bound in bounds},
    )


def check_lines(report: WorkReport) -> Iterator[CheckLine]:
    for result in run_checks(report.area, report.as_of):
        yield CheckLine(
            name=result.check.code,
            kind=result.check.kind,
            statement=str(result.check.statement),
            holds=result.holds,
            note=str(result.note),
        )
